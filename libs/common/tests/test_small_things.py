"""Clocks, identifiers, cursors, envelopes and due dates."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.clock import Clock, latest_today, start_of_day, today_in, zone_of
from imdi_common.database import Database
from imdi_common.due import DueClock, cancel, schedule
from imdi_common.envelope import HIGHEST_SEQUENCE, Envelope, from_record, to_record
from imdi_common.ids import uuid7
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_common.problems import Problem
from imdi_local.testing.databases import TestDatabase
from imdi_local.testing.plugin import MORNING, FixedClock


@pytest.mark.parametrize(
    ("country", "zone"),
    [("NP", "Asia/Kathmandu"), ("PH", "Asia/Manila"), ("SA", "Asia/Riyadh"), ("ID", "Asia/Jakarta"), ("XK", "UTC")],
)
def test_a_country_has_a_main_zone(country: str, zone: str) -> None:
    assert zone_of(country).key == zone


def test_the_date_depends_on_where_one_is() -> None:
    late = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert today_in("NP", late) == date(2026, 11, 24)
    assert today_in("SA", late) == date(2026, 11, 23)
    assert latest_today(datetime(2026, 11, 23, 10, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert start_of_day(date(2026, 11, 24), "NP") == datetime(2026, 11, 23, 18, 15, tzinfo=UTC)


def test_a_clock_can_be_shifted_by_a_file(tmp_path: Path) -> None:
    offset = tmp_path / "offset"
    clock = Clock(offset)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    offset.write_text("86400")
    assert timedelta(hours=23) < clock.now() - datetime.now(UTC) < timedelta(hours=25)


def test_identifiers_are_version_7_and_sort_by_time() -> None:
    made = [uuid7() for _ in range(100)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len(set(made)) == 100
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)


@given(st.integers(), st.uuids(), st.dates())
def test_a_cursor_gives_back_what_it_stands_for(number: int, identifier: UUID, day: date) -> None:
    cursor = encode_cursor(number, identifier, day)
    assert decode_cursor(cursor, int, UUID, date.fromisoformat) == (number, identifier, day)


@given(st.text(max_size=200))
def test_any_other_text_is_no_cursor(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        decode_cursor(cursor, int, UUID, date.fromisoformat, date.fromisoformat)
    assert (refused.value.status, (refused.value.errors or [{}])[0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("values", ["[1]", "[1e999]", "[null]", "[[]]", '"1"', "{}", "1" * 300])
@pytest.mark.parametrize("kind", [int, float, UUID])
def test_other_json_than_texts_is_no_cursor(values: str, kind: Callable[[str], object]) -> None:
    cursor = base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")
    with pytest.raises(Problem) as refused:
        decode_cursor(cursor, kind)
    assert refused.value.status == 422


@given(st.integers(1, HIGHEST_SEQUENCE), st.datetimes(timezones=st.just(UTC)), st.dictionaries(st.text(), st.text()))
def test_an_event_survives_the_wire(sequence: int, at: datetime, data: dict[str, str]) -> None:
    import json  # noqa: PLC0415

    sent = Envelope(
        uuid7(), "org.imdi.a.b.v1", "/imdi/sample", "subject", at, sequence, "00-x", json.dumps(data).encode()
    )
    headers, value = to_record(sent)
    got = from_record(headers, value)
    assert (got.event_id, got.sequence, got.at, got.data, got.traceparent) == (
        sent.event_id,
        sequence,
        at,
        data,
        "00-x",
    )
    assert dict(headers)["ce_sequence"] == f"{sequence:020d}".encode()
    assert dict(headers)["ce_dataschema"] == b"urn:imdi:schema:org.imdi.a.b.v1"


async def test_what_is_due_is_done_once_and_what_fails_is_tried_later(
    database: Database, test_database: TestDatabase, clock: FixedClock
) -> None:
    done: list[str] = []

    async def lapse(session: AsyncSession, subject: str, now: datetime) -> None:
        if subject == "bad" and len(done) < 2:
            raise RuntimeError(subject)
        done.append(subject)

    due_clock = DueClock("sample", database, test_database.url, clock, {"lapse": lapse})
    async with database.transaction() as session:
        await schedule(session, "lapse", "a", MORNING + timedelta(days=1))
        await schedule(session, "lapse", "b", MORNING + timedelta(days=2))
        await schedule(session, "lapse", "bad", MORNING + timedelta(days=1))
        await schedule(session, "lapse", "never", MORNING)
        await cancel(session, "lapse", "never")
        await schedule(session, "unknown", "kept", MORNING)
    assert await due_clock.tick() == 0
    clock.advance(timedelta(days=1))
    await due_clock.tick()
    assert done == ["a"]
    clock.advance(timedelta(days=1))
    await due_clock.tick()
    clock.advance(timedelta(days=1))
    await due_clock.tick()
    assert done == ["a", "b", "bad"]
    async with database.transaction() as session:
        assert (await session.execute(text("select kind, subject from due"))).all() == [("unknown", "kept")]
