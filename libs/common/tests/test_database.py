"""Transactions on real PostgreSQL: victims of deadlocks go again, copies never go back, keys are done once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import ATTEMPTS, Database, is_environment, sqlstate, upsert_newer
from imdi_common.idempotency import Command, checked_key, earlier, fingerprint, remember
from imdi_common.ids import uuid7
from imdi_common.problems import Problem
from imdi_local.testing.plugin import MORNING

RELABEL = text("update thing set label = label || :mark where id = :id")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


async def test_of_two_crossed_transactions_both_are_done(database: Database, things: Any) -> None:
    async with database.transaction() as session:
        ids = [await things.make(session, "") for _ in range(2)]
    met = asyncio.Barrier(2)
    tries = {"a": 0, "b": 0}

    async def crossing(mark: str, first: UUID, second: UUID) -> None:
        async def work(session: AsyncSession) -> None:
            tries[mark] += 1
            await session.execute(RELABEL, {"mark": mark, "id": first})
            if tries[mark] == 1:
                await met.wait()
            await session.execute(RELABEL, {"mark": mark, "id": second})

        await database.run(work)

    await asyncio.gather(crossing("a", *ids), crossing("b", *reversed(ids)))
    assert sorted(tries.values()) == [1, 2]
    async with database.transaction() as session:
        labels = (await session.execute(text("select label from thing"))).scalars().all()
    assert sorted("".join(sorted(label)) for label in labels) == ["ab", "ab"]


async def test_a_snapshot_sees_one_moment_and_leaves_the_connection_as_it_was(database: Database, things: Any) -> None:
    count, level = text("select count(*) from thing"), text("show transaction_isolation")
    async with database.snapshot() as session:
        before = await session.scalar(count)
        async with database.transaction() as other:
            await things.make(other, "meanwhile")
        assert await session.scalar(count) == before
        assert await session.scalar(level) == "repeatable read"
    for _ in range(3):
        async with database.transaction() as session:
            assert await session.scalar(level) == "read committed"
            assert await session.scalar(count) == before + 1


@pytest.mark.parametrize(
    ("state", "tries"), [("40001", ATTEMPTS), ("40P01", ATTEMPTS), ("23505", 1), ("57014", 1), ("22001", 1)]
)
async def test_only_victims_go_again_and_not_for_ever(state: str, tries: int, database: Database) -> None:
    done = 0

    async def work(session: AsyncSession) -> None:
        nonlocal done
        done += 1
        await session.execute(text(f"do $$ begin raise exception using errcode = '{state}'; end $$"))

    with pytest.raises(DBAPIError) as failed:
        await database.run(work)
    assert (sqlstate(failed.value), done) == (state, tries)


async def test_what_a_victim_did_before_is_done_once(database: Database, things: Any) -> None:
    tries = 0

    async def work(session: AsyncSession) -> str:
        nonlocal tries
        tries += 1
        await things.make(session, str(tries))
        if tries < 3:
            await session.execute(text("do $$ begin raise exception using errcode = '40001'; end $$"))
        return "done"

    assert await database.run(work) == "done"
    async with database.transaction() as session:
        assert (await session.execute(text("select label from thing"))).scalars().all() == ["3"]
        assert await session.scalar(text("select count(*) from outbox")) == 1


async def test_a_full_pool_is_the_surroundings_fault(test_database: Any) -> None:
    small = Database(test_database.url, pool_size=1)
    async with small.transaction() as session:
        await session.execute(text("select 1"))
        with pytest.raises(Exception) as refused:  # noqa: PT011 - which one it is, is asked below
            async with small.transaction() as other:
                await other.execute(text("select 1"))
    assert is_environment(refused.value)
    await small.close()


async def test_a_lock_that_is_not_given_is_the_surroundings_fault(database: Database, things: Any) -> None:
    async with database.transaction() as session:
        thing = await things.make(session, "a")
    async with database.transaction() as holder:
        await holder.execute(RELABEL, {"mark": "h", "id": thing})
        async with database.sessions() as session:
            await session.execute(text("set local lock_timeout = 50"))
            with pytest.raises(DBAPIError) as refused:
                await session.execute(RELABEL, {"mark": "w", "id": thing})
    assert (sqlstate(refused.value), is_environment(refused.value)) == ("55P03", True)


class TestCopies:
    """``upsert_newer``: whatever the order, the newest stays."""

    async def keep(self, session: AsyncSession, things: Any, *rows: tuple[int, int, str]) -> None:
        values = [{"id": UUID(int=key), "event_number": sequence, "label": label} for key, sequence, label in rows]
        await session.execute(upsert_newer(things.Thing, values, sequence="event_number"))

    async def kept(self, session: AsyncSession) -> list[tuple[int, int, str]]:
        found = await session.execute(text("select id, event_number, label from thing order by id"))
        return [(row.id.int, row.event_number, row.label) for row in found]

    @pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2), (3, 3, 2)])
    async def test_an_older_copy_changes_nothing(
        self, order: tuple[int, ...], session: AsyncSession, things: Any
    ) -> None:
        for sequence in order:
            await self.keep(session, things, (1, sequence, f"of {sequence}"))
        assert await self.kept(session) == [(1, 3, "of 3")]

    async def test_each_row_of_a_batch_is_judged_alone(self, session: AsyncSession, things: Any) -> None:
        await self.keep(session, things, (1, 5, "old"), (2, 1, "old"))
        await self.keep(session, things, *((key, 3, "new") for key in (1, 2, 3)))
        assert await self.kept(session) == [(1, 5, "old"), (2, 3, "new"), (3, 3, "new")]

    async def test_the_same_sequence_again_changes_nothing(self, session: AsyncSession, things: Any) -> None:
        for label in ("first", "second"):
            await self.keep(session, things, (1, 1, label))
        assert await self.kept(session) == [(1, 1, "first")]


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_the_order_of_members_does_not_matter(body: Any) -> None:
    assert fingerprint("POST", "/x", body) == fingerprint("POST", "/x", reordered(body))


@given(JSON, JSON)
def test_another_body_has_another_fingerprint(one: Any, other: Any) -> None:
    import json  # noqa: PLC0415

    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (fingerprint("POST", "/x", one) == fingerprint("POST", "/x", other)) is same


def test_a_fingerprint_covers_method_path_order_of_lists_and_odd_texts() -> None:
    asked = [("POST", "/a", [1, 2]), ("PUT", "/a", [1, 2]), ("POST", "/b", [1, 2]), ("POST", "/a", [2, 1])]
    assert len({fingerprint(*one) for one in [*asked, ("POST", "/a", "\ud800"), ("POST", "/a", None)]}) == 6


@pytest.mark.parametrize(
    ("header", "key"), [("k", "k"), ('"k"', "k"), (" k ", "k"), ("x" * 255, "x" * 255), ("a b", "a b")]
)
def test_a_key_is_bare_or_quoted(header: str, key: str) -> None:
    assert checked_key(header) == key


@pytest.mark.parametrize("header", [None, "", '""', "   ", "x" * 256, "é", "a\tb", "a\x00"])
def test_what_is_no_key(header: str | None) -> None:
    with pytest.raises(Problem) as refused:
        checked_key(header)
    assert (refused.value.status, refused.value.slug) == (400, "idempotency-key-missing")


COMMAND = Command("client", "post_thing", "k1", b"print")


async def test_a_command_is_remembered_by_client_operation_and_key(session: AsyncSession) -> None:
    await remember(session, COMMAND, 201, "made", MORNING)
    assert await earlier(session, COMMAND) == (201, "made")
    for other in (
        Command("another", "post_thing", "k1", b"print"),
        Command("client", "put_thing", "k1", b"print"),
        Command("client", "post_thing", "k2", b"print"),
    ):
        assert await earlier(session, other) is None


async def test_a_key_used_for_another_request_is_refused(session: AsyncSession) -> None:
    await remember(session, COMMAND, 201, "made", MORNING)
    with pytest.raises(Problem) as refused:
        await earlier(session, Command("client", "post_thing", "k1", b"other"))
    assert (refused.value.status, refused.value.slug) == (422, "idempotency-key-reused")


async def test_a_command_in_flight_is_told_so_and_is_free_after_a_crash(database: Database) -> None:
    async with database.sessions() as crashing:
        await crashing.begin()
        assert await earlier(crashing, COMMAND) is None
        await remember(crashing, COMMAND, 201, "lost", MORNING)
        with pytest.raises(Problem) as refused:
            async with database.transaction() as session:
                await earlier(session, COMMAND)
        assert (refused.value.status, refused.value.slug) == (409, "idempotency-in-flight")
        assert refused.value.headers == {"Retry-After": "1"}
        pid = await crashing.scalar(text("select pg_backend_pid()"))
        async with database.transaction() as session:
            await session.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(DBAPIError):
            await crashing.execute(text("select 1"))
    async with database.transaction() as session:
        assert await earlier(session, COMMAND) is None
        await remember(session, COMMAND, 201, str(uuid7()), MORNING)


async def test_a_glance_sees_what_is_committed_and_leaves_no_transaction_behind(
    database: Database, things: Any
) -> None:
    async with database.transaction() as session:
        thing_id = await things.make(session, "seen")
    gone = "select pg_terminate_backend(pg_backend_pid())"
    for broken in ("select 1 / 0", gone, "select pg_sleep(2)") * 2:
        rows = await asyncio.gather(
            *(database.glance("select label from thing where id = $1", thing_id) for _ in range(20))
        )
        assert [row and row["label"] for row in rows] == ["seen"] * 20
        assert await database.glance(broken) is None
    assert await database.glance("select label from thing where id = $1", UUID(int=0)) is None
    async with database.transaction() as session:
        open_ones = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
        assert await session.scalar(text(open_ones)) == 0
