"""CloudEvents 1.0 in Kafka's binary mode: attributes as ``ce_*`` headers, the event's data as JSON value.

Source: CloudEvents Kafka Protocol Binding 1.0.2 §3.2; extensions ``sequence`` and ``traceparent``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.exceptions import CloudEventValidationError
from pydantic_core import from_json

SEQUENCE_DIGITS = 20
DEMANDED = {f"ce_{name}" for name in ("specversion", "id", "type", "source", "subject", "time", "sequence")}
USUAL = DEMANDED | {"ce_dataschema", "ce_traceparent", "content-type"}
JSON = b"application/json"
HIGHEST_SEQUENCE = 2**63 - 1
Headers = list[tuple[str, bytes]]


class MalformedEvent(ValueError):
    """A record that is no CloudEvent of ours."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with its attributes; ``data`` is its JSON value."""

    event_id: UUID
    type: str
    source: str
    subject: str
    at: datetime
    sequence: int
    traceparent: str | None
    data: Any


def to_record(envelope: Envelope) -> tuple[Headers, bytes]:
    """The headers and the value of a Kafka record; ``envelope.data`` is JSON already, as bytes.

    Written by hand, as ``cloudevents`` writes them (a test compares): it makes and checks an event first, which took
    more than sending it.
    """
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(envelope.event_id).encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_subject", envelope.subject.encode()),
        ("ce_time", envelope.at.isoformat().replace("+00:00", "Z").encode()),
        ("content-type", JSON),
        ("ce_dataschema", f"urn:imdi:schema:{envelope.type}".encode()),
        ("ce_sequence", b"%020d" % envelope.sequence),
    ]
    if envelope.traceparent:
        headers.append(("ce_traceparent", envelope.traceparent.encode()))
    return headers, envelope.data


def from_record(headers: Sequence[tuple[str, bytes | None]], value: bytes | None) -> Envelope:
    """The event of a Kafka record; ``MalformedEvent`` where an attribute is missing or the value is no JSON.

    What is written as we write it is read here; anything else, whatever it is, by ``cloudevents``.
    """
    try:
        given = {name: content for name, content in headers if content is not None}
        if not given.keys() >= DEMANDED:
            raise MalformedEvent("missing attribute")
        usual = given.keys() <= USUAL and given["ce_specversion"] == b"1.0" and given.get("content-type") == JSON
        return _usual(given, value or b"") if usual and all(given.values()) else _unusual(given, value or b"")
    except (CloudEventValidationError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise MalformedEvent(type(error).__name__) from error


def _usual(given: dict[str, bytes], value: bytes) -> Envelope:
    at = datetime.fromisoformat(given["ce_time"].decode())
    if at.tzinfo is None:
        raise MalformedEvent("time without a zone")
    traceparent = given.get("ce_traceparent")
    return Envelope(
        event_id=UUID(given["ce_id"].decode()),
        type=given["ce_type"].decode(),
        source=given["ce_source"].decode(),
        subject=given["ce_subject"].decode(),
        at=at,
        sequence=_sequence(given["ce_sequence"].decode()),
        traceparent=traceparent.decode() if traceparent else None,
        data=from_json(value),
    )


def _unusual(given: dict[str, bytes], value: bytes) -> Envelope:
    event = from_binary_event(KafkaMessage(given, None, value))
    return Envelope(
        event_id=UUID(event.get_id()),
        type=event.get_type(),
        source=event.get_source(),
        subject=event.get_subject() or "",
        at=_required(event.get_time()),
        sequence=_sequence(event.get_extension("sequence")),
        traceparent=event.get_extension("traceparent"),
        data=event.get_data(),
    )


def _sequence(value: Any) -> int:
    """1 or more, as a database holds it; only ASCII digits, though ``int`` would read others."""
    digits = str(_required(value))
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= SEQUENCE_DIGITS else 0
    if not 1 <= number <= HIGHEST_SEQUENCE:
        raise MalformedEvent("no sequence")
    return number


def _required(value: Any) -> Any:
    if value is None:
        raise MalformedEvent("missing attribute")
    return value
