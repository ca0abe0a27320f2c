"""What is written and read by hand for speed, against the library that it stands in for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from imdi_common import envelope
from imdi_common.envelope import HIGHEST_SEQUENCE, Envelope, MalformedEvent, from_record, to_record

NAMES = st.text(min_size=1, max_size=20)
BODIES = st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
EVENTS = st.builds(
    Envelope,
    event_id=st.uuids(),
    type=NAMES,
    source=NAMES,
    subject=NAMES,
    at=st.datetimes(timezones=st.just(UTC)),
    sequence=st.integers(1, HIGHEST_SEQUENCE),
    traceparent=st.none() | NAMES,
    data=BODIES.map(lambda body: json.dumps(body).encode()),
)


@given(EVENTS)
def test_an_event_is_written_as_the_library_writes_it(event: Envelope) -> None:
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.event_id),
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": event.at,
        "datacontenttype": "application/json",
        "dataschema": f"urn:imdi:schema:{event.type}",
        "sequence": f"{event.sequence:020d}",
    }
    extension = {"traceparent": event.traceparent} if event.traceparent else {}
    message = to_binary_event(CloudEvent(attributes | extension, event.data))
    assert to_record(event) == (list(message.headers.items()), message.value)


@given(EVENTS)
def test_an_event_is_read_as_the_library_reads_it(event: Envelope) -> None:
    headers, value = to_record(event)
    read, theirs = from_record(headers, value), from_binary_event(KafkaMessage(dict(headers), None, value))
    assert (str(read.event_id), read.type, read.source) == (theirs.get_id(), theirs.get_type(), theirs.get_source())
    assert (read.subject, read.at, read.data) == (theirs.get_subject(), theirs.get_time(), theirs.get_data())
    assert (read.traceparent, read.sequence) == (theirs.get_extension("traceparent"), event.sequence)


WHOLE = Envelope(UUID(int=1), "a.b.v1", "/imdi/a", "s", datetime(2026, 1, 1, tzinfo=UTC), 1, "00-x", b'{"a": 1}')


@pytest.mark.parametrize(
    "changed",
    [
        {"content-type": b"application/json; charset=utf-8"},
        {"content-type": None},
        {"ce_unknown": b"extension"},
        {"CE_Unknown": b"extension"},
        {"other": b"header"},
        {"ce_traceparent": None},
        {"ce_time": b"2026-01-01T01:00:00+01:00"},
    ],
)
def test_what_others_may_write_otherwise_is_the_same_event(changed: dict[str, bytes | None]) -> None:
    headers, value = to_record(WHOLE)
    read = from_record(list((dict(headers) | changed).items()), value)
    assert (read.event_id, read.at, read.data, read.subject) == (WHOLE.event_id, WHOLE.at, {"a": 1}, "s")


@pytest.mark.parametrize(
    "changed",
    [
        {"ce_specversion": b"2.0"},
        {"ce_id": b"x"},
        {"ce_id": b""},
        {"ce_time": b"2026-01-01T00:00:00"},
        {"ce_time": b"yesterday"},
        {"ce_type": b""},
        {"ce_type": b"\xff"},
        {"ce_sequence": b"0"},
        {"ce_subject": b""},
        {"ce_subject": None},
    ],
)
def test_what_is_no_event_of_ours_is_refused(changed: dict[str, bytes | None]) -> None:
    headers, value = to_record(WHOLE)
    with pytest.raises(MalformedEvent):
        from_record(list((dict(headers) | changed).items()), value)


@pytest.mark.parametrize("value", [b"", b"{", b"\xff", '{"a": 1}'.encode("utf-16"), b"[" * 100_000])
def test_a_value_that_is_no_json_in_utf_8_is_refused(value: bytes) -> None:
    with pytest.raises(MalformedEvent):
        from_record(to_record(WHOLE)[0], value)


def test_the_usual_way_is_the_one_that_is_used() -> None:
    headers = dict(to_record(WHOLE)[0])
    assert headers.keys() <= envelope.USUAL
    assert headers["content-type"] == envelope.JSON
