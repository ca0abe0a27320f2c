"""From a Kafka record to what a reaction gets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from imdi_common.envelope import Envelope, MalformedEvent, from_record
from imdi_common.problems import Problem
from imdi_common.reactions import Received
from imdi_contracts.event import Event

KNOWN_VERSION = ".v1"


def receive(record: Any, state: type[Event]) -> tuple[Received[Any], Envelope]:
    """Decode and validate a record; ``MalformedEvent`` where it cannot be read."""
    envelope = from_record(record.headers, record.value)
    if not envelope.type.endswith(KNOWN_VERSION):
        raise MalformedEvent("unknown major version")
    try:
        body = state.model_validate(envelope.data)
    except ValidationError as error:
        raise MalformedEvent("data breaks the schema") from error
    key = _key(record.key)
    if not key == envelope.subject == body.subject:
        raise MalformedEvent("key, subject and data name different subjects")
    return Received(body, envelope.sequence, envelope.at, key), envelope


def _key(key: bytes | None) -> str:
    try:
        return (key or b"").decode()
    except UnicodeDecodeError as error:
        raise MalformedEvent("the key is no text") from error


def newest_of_each(received: Iterable[Received[Any]]) -> list[Received[Any]]:
    """Of each key the event with the highest sequence."""
    newest: dict[str, Received[Any]] = {}
    for one in received:
        if one.key not in newest or newest[one.key].sequence < one.sequence:
            newest[one.key] = one
    return list(newest.values())


def error_class(error: BaseException) -> str:
    """What is told of an error: its class and, for a problem, which one; never its text."""
    return f"Problem:{error.slug}" if isinstance(error, Problem) else type(error).__name__
