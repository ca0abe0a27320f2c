"""Records of any bytes: each is set aside whole, and those of other keys neither stop nor wait."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import held
from imdi_common.database import Database
from imdi_common.mechanics import decision, held_record
from imdi_common.policing import Policing
from imdi_common.projecting import Projector
from imdi_common.reactions import Policy, Projection, Received
from imdi_common.retrying import as_record
from imdi_contracts.event import Topic
from imdi_local.testing.plugin import FixedClock

TOPIC = Topic("imdi.sample.things", key="thing")
MEGABYTE = 1_000_000
CHANCE = random.Random(20261125)
Token = Callable[..., dict[str, str]]


def replaced(name: str, value: bytes | None) -> Callable[[Any], dict[str, Any]]:
    return lambda record: {"headers": [(one, value if one == name else old) for one, old in record.headers]}


def without(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda record: {"headers": [(one, old) for one, old in record.headers if one != name]}


def said(data: bytes) -> Callable[[Any], dict[str, Any]]:
    return lambda _: {"value": data}


POISON = {
    "undecodable": said(b"\xff\xfe\x00"),
    "wrong schema": said(b'{"thing_id": 1}'),
    "no JSON": said(b"{"),
    "null": lambda _: {"value": None},
    "a JSON null": said(b"null"),
    "NaN": said(b"NaN"),
    "empty": said(b""),
    "deep": said(b"[" * 500_000),
    "a megabyte of noise": said(bytes(CHANCE.randbytes(MEGABYTE))),
    "a megabyte of JSON": said(b'{"thing_id": "a", "label": [' + b"0," * (MEGABYTE // 2) + b"0]}"),
    "NUL in a text": said(b'{"thing_id": "a", "label": "a\\u0000b"}'),
    "a lone surrogate": said(b'{"thing_id": "a", "label": "\\ud800"}'),
    "another's subject": said(b'{"thing_id": "b", "label": "x"}'),
    "unknown major version": replaced("ce_type", b"org.imdi.thing.changed.v2"),
    "no type": without("ce_type"),
    "no id": without("ce_id"),
    "no headers": lambda _: {"headers": []},
    "a garbled id": replaced("ce_id", b"\xff\x00"),
    "a null header": replaced("ce_source", None),
    "a null type": replaced("ce_type", None),
    "a header's name with NUL": lambda record: {"headers": [*record.headers[1:], ("ce\x00", b"\x00")]},
    "no sequence": without("ce_sequence"),
    "sequence zero": replaced("ce_sequence", b"0"),
    "a negative sequence": replaced("ce_sequence", b"-1"),
    "a sequence past any number": replaced("ce_sequence", b"9" * 20),
    "a sequence with a gap": replaced("ce_sequence", b"1_0"),
    "a sequence in other digits": replaced("ce_sequence", "١".encode()),
    "another time": replaced("ce_time", b"yesterday"),
}
KEYS = {
    "no key": None,
    "an empty key": b"",
    "a garbled key": b"\xff\xfe",
    "NUL in the key": b"a\x00b",
    "a long key": b"k" * MEGABYTE,
}


async def act(session: AsyncSession, received: Received[Any], _: Any) -> None:
    """Refuses the labels that a database would refuse, as our own copies do."""
    label, key = received.state.label, received.key
    await session.execute(text("insert into thing (id, label) values (gen_random_uuid(), :l)"), {"l": f"{key} {label}"})


async def keep_things(session: AsyncSession, received: list[Received[Any]]) -> None:
    for one in received:
        await act(session, one, None)


@pytest.fixture
def policing(database: Database, clock: FixedClock, things: Any) -> Policing:
    return Policing([Policy("act", TOPIC, things.State, act)], database, clock)


@pytest.fixture
def projector(database: Database, clock: FixedClock, things: Any) -> Projector:
    return Projector([Projection(TOPIC, things.State, keep_things)], database, clock)


async def labels(database: Database) -> list[str]:
    async with database.transaction() as session:
        return list(await session.scalars(text("select label from thing order by label")))


async def rows(database: Database) -> list[Any]:
    async with database.transaction() as session:
        return list((await session.execute(select(held_record).order_by(held_record.c.id))).mappings())


def changed(feed: Any, name: str) -> Any:
    return feed.record("a", 1, **POISON[name](feed.record("a", 1)))


@pytest.mark.parametrize("name", POISON)
async def test_a_policy_parks_the_key_alone(name: str, policing: Policing, feed: Any, database: Database) -> None:
    await policing.handle(TOPIC.name, [changed(feed, name), feed.record("a", 2), feed.record("b", 1)])
    assert await labels(database) == ["b x"]
    assert [(row["key"], row["status"]) for row in await rows(database)] == [("a", "parked"), ("a", "waiting")]


@pytest.mark.parametrize("name", POISON)
async def test_a_projection_sets_it_aside_and_goes_on(
    name: str, projector: Projector, feed: Any, database: Database
) -> None:
    await projector.handle(TOPIC.name, [changed(feed, name), feed.record("b", 1)])
    await projector.handle(TOPIC.name, [feed.record("a", 2)])
    assert await labels(database) == ["a x", "b x"]
    assert [(row["key"], row["status"]) for row in await rows(database)] == [("a", "quarantined")]


@pytest.mark.parametrize("name", KEYS)
async def test_a_key_of_any_bytes_is_held_apart_from_the_others(
    name: str, policing: Policing, projector: Projector, feed: Any, database: Database
) -> None:
    odd = [feed.record("a", 1, key=KEYS[name]), feed.record("a", 1, key=b"\xfe\xff"), feed.record("b", 1)]
    await policing.handle(TOPIC.name, odd)
    await projector.handle(TOPIC.name, odd)
    assert await labels(database) == ["b x", "b x"]
    found = await rows(database)
    assert [row["status"] for row in found] == ["parked", "parked", "quarantined", "quarantined"]
    assert len({row["key"] for row in found}) == 2


async def test_what_is_held_comes_back_as_it_was(policing: Policing, feed: Any, database: Database) -> None:
    headers = [("ce_id", b"\xff"), ("ce_type", None), ("x", "é".encode()), ("x", b""), ("y", b"a\x00b")]
    record = feed.record("a", 1, headers=headers, value=b"\x00\xff" * 10)
    await policing.handle(TOPIC.name, [record])
    [row] = await rows(database)
    again = as_record(row)
    assert (again.key, again.value, again.headers) == (b"a", record.value, headers)


def mutated(record: Any) -> Any:
    """The record with some of it cut, doubled, garbled or gone."""
    value = bytearray(record.value)
    for _ in range(CHANCE.randrange(4)):
        at = CHANCE.randrange(len(value) or 1)
        value[at : at + CHANCE.randrange(9)] = CHANCE.randbytes(CHANCE.randrange(9))
    record.value = bytes(value)
    headers = [(name, CHANCE.choice([old, old, old, None, CHANCE.randbytes(8)])) for name, old in record.headers]
    record.headers = CHANCE.sample(headers, CHANCE.randrange(len(headers) + 1)) if CHANCE.random() < 0.3 else headers
    if CHANCE.random() < 0.3:
        record.key = CHANCE.choice([None, CHANCE.randbytes(CHANCE.randrange(40))])
    return record


async def test_a_thousand_mutated_records_harm_no_other_key(
    policing: Policing, projector: Projector, feed: Any, database: Database
) -> None:
    for batch in range(20):
        records = [mutated(feed.record(f"poison-{CHANCE.randrange(50)}", 1)) for _ in range(50)]
        good = [feed.record(f"good-{batch}-{number}", 1, "fine") for number in range(5)]
        mixed = records + good
        CHANCE.shuffle(mixed)
        await policing.handle(TOPIC.name, mixed)
        await projector.handle(TOPIC.name, mixed)
    applied = [label for label in await labels(database) if label.startswith("good-")]
    assert sorted(applied) == sorted([f"good-{batch}-{n} fine" for batch in range(20) for n in range(5)] * 2)
    assert {row["key"] for row in await rows(database) if row["key"].startswith("good-")} == set()


async def test_one_that_breaks_a_rule_costs_a_batch_few_transactions(
    feed: Any, database: Database, clock: FixedClock, things: Any
) -> None:
    """By halves, not one by one: 2 of 512 fail, and far fewer than 512 transactions are needed."""
    begun = 0

    async def keep_counted(session: AsyncSession, received: list[Received[Any]]) -> None:
        nonlocal begun
        begun += 1
        await keep_things(session, received)

    projector = Projector([Projection(TOPIC, things.State, keep_counted)], database, clock)
    bad = {"7", "400"}
    batch = [feed.record(str(n), 1, "a\x00b" if str(n) in bad else "x") for n in range(512)]
    await projector.handle(TOPIC.name, batch)
    assert {row["key"] for row in await rows(database)} == bad
    assert len(await labels(database)) == 510
    assert begun < 50


async def test_after_a_discard_the_later_records_apply_in_order_and_what_was_discarded_stays_out(
    policing: Policing, feed: Any, database: Database, clock: FixedClock, client: AsyncClient, token: Token
) -> None:
    records = [changed(feed, "wrong schema"), *[feed.record("a", number, str(number)) for number in (2, 3, 4)]]
    await policing.handle(TOPIC.name, records)
    head = (await rows(database))[0]
    told = (await client.get("/ops/held?status=parked", headers=token("ops"))).json()["items"]
    assert "value" not in told[0]
    assert {name: told[0][name] for name in ("topic", "partition", "offset", "key", "error_class", "attempts")} == {
        "topic": TOPIC.name,
        "partition": 0,
        "offset": head["offset"],
        "key": "a",
        "error_class": "MalformedEvent",
        "attempts": 1,
    }
    headers = token("ops") | {"Idempotency-Key": "k"}
    answer = await client.post(f"/ops/held/{head['id']}/discard", json={"reason": "garbage of a test"}, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "discarded")
    for _ in range(3):
        clock.advance(held.LONGEST_PAUSE)
        await policing.retry_waiting()
    async with database.transaction() as session:
        done = list(await session.scalars(text("select label from thing order by ctid")))
        decided = [
            tuple(row)
            for row in await session.execute(select(decision.c.deed, decision.c.decided_by, decision.c.reason))
        ]
    assert done == ["a 2", "a 3", "a 4"]
    assert decided == [("discard", "client-ops", "garbage of a test")]
    await policing.handle(TOPIC.name, records)
    assert [row["status"] for row in await rows(database)] == ["discarded"]


async def test_a_discarded_record_is_not_acted_on_when_it_comes_again_though_it_has_become_good(
    feed: Any, database: Database, clock: FixedClock, things: Any, client: AsyncClient, token: Token
) -> None:
    fails = True

    async def moody(session: AsyncSession, received: Received[Any], now: Any) -> None:
        if fails:
            raise RuntimeError
        await act(session, received, now)

    policing = Policing([Policy("act", TOPIC, things.State, moody)], database, clock)
    record = feed.record("a", 1)
    await policing.handle(TOPIC.name, [record])
    [row] = await rows(database)
    headers = token("ops") | {"Idempotency-Key": "k"}
    await client.post(f"/ops/held/{row['id']}/discard", json={"reason": "not wanted"}, headers=headers)
    fails = False
    await policing.handle(TOPIC.name, [record])
    assert await labels(database) == []
    record.value = record.value.replace(b'"x"', b'"y"')  # the topic was made anew: another record at the same place
    await policing.handle(TOPIC.name, [record])
    assert await labels(database) == ["a y"]


async def test_a_quarantined_record_that_is_released_is_applied_or_set_aside_again(
    feed: Any, database: Database, clock: FixedClock, things: Any, client: AsyncClient, token: Token
) -> None:
    fails = True

    async def keep_moody(session: AsyncSession, received: list[Received[Any]]) -> None:
        if fails:
            raise RuntimeError
        await keep_things(session, received)

    projector = Projector([Projection(TOPIC, things.State, keep_moody)], database, clock)
    await projector.handle(TOPIC.name, [feed.record("a", 1)])
    [row] = await rows(database)
    for number, status in enumerate(("quarantined", "replayed")):
        headers = token("ops") | {"Idempotency-Key": str(number)}
        answer = await client.post(f"/ops/held/{row['id']}/retry", json={"reason": "fixed"}, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "waiting")
        await projector.retry_waiting()
        assert [one["status"] for one in await rows(database)] == [status]
        fails = False
    assert await labels(database) == ["a x"]
    shown = (await client.get("/ops/decisions", headers=token("ops"))).json()["items"]
    assert [(one["deed"], one["subject"], one["reason"]) for one in shown] == [("retry", str(row["id"]), "fixed")] * 2


async def test_a_reaction_that_holds_all_it_may_pauses_until_there_is_room(
    feed: Any,
    database: Database,
    clock: FixedClock,
    policing: Policing,
    client: AsyncClient,
    token: Token,
    eventually: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held, "AT_MOST", 2)
    records = [feed.record(key, 1, value=b"") for key in ("a", "b", "c")] + [feed.record("d", 1)]
    work = asyncio.create_task(policing.handle(TOPIC.name, records))

    async def full() -> bool:
        return len(await rows(database)) == 2

    await eventually(full)
    assert not work.done()
    first = (await rows(database))[0]["id"]
    headers = token("ops") | {"Idempotency-Key": "k"}
    await client.post(f"/ops/held/{first}/discard", json={"reason": "room"}, headers=headers)
    await asyncio.wait_for(work, 20)
    assert [(row["key"], row["status"]) for row in await rows(database)] == [
        ("a", "discarded"),
        ("b", "parked"),
        ("c", "parked"),
    ]
    assert await labels(database) == ["d x"]
