"""CloudEvents 1.0 in Kafka's binary mode: attributes as ``ce_*`` headers, the event's data as JSON value.

Source: CloudEvents Kafka Protocol Binding 1.0.2 §3.2; extensions ``sequence`` and ``traceparent``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent

SEQUENCE_DIGITS = 20
DEMANDED = {f"ce_{name}" for name in ("specversion", "id", "type", "source", "subject", "time", "sequence")}
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
    """The headers and the value of a Kafka record; ``envelope.data`` is JSON already, as bytes."""
    attributes = {
        "specversion": "1.0",
        "id": str(envelope.event_id),
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.subject,
        "time": envelope.at,
        "datacontenttype": "application/json",
        "dataschema": f"urn:imdi:schema:{envelope.type}",
        "sequence": f"{envelope.sequence:0{SEQUENCE_DIGITS}d}",
    }
    if envelope.traceparent:
        attributes["traceparent"] = envelope.traceparent
    message = to_binary_event(CloudEvent(attributes, envelope.data))
    return list(message.headers.items()), message.value


def from_record(headers: Sequence[tuple[str, bytes | None]], value: bytes | None) -> Envelope:
    """The event of a Kafka record; ``MalformedEvent`` where an attribute is missing or the value is no JSON."""
    try:
        given = {name: content for name, content in headers if content is not None}
        if not given.keys() >= DEMANDED:
            raise MalformedEvent("missing attribute")
        event = from_binary_event(KafkaMessage(given, None, value or b""))
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
    except (CloudEventValidationError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise MalformedEvent(type(error).__name__) from error


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
