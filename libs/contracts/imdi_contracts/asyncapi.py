"""The AsyncAPI 3.0 document: topics as channels, what each service sends, CloudEvents in Kafka's binary mode."""

from __future__ import annotations

from typing import Any

from imdi_contracts import catalogue, matching
from imdi_contracts.event import KEEPING, PARTITIONS, Event, Topic
from imdi_contracts.schemas import schema_id

HEADERS: dict[str, dict[str, str]] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {"type": "string", "format": "uuid", "description": "The same at every delivery."},
    "ce_type": {"type": "string", "description": "As the message's name."},
    "ce_source": {"type": "string", "description": "/imdi/<service>"},
    "ce_subject": {"type": "string", "description": "The aggregate's id, and the record's key."},
    "ce_time": {"type": "string", "format": "date-time"},
    "ce_dataschema": {"type": "string", "description": "The $id of the payload's JSON Schema."},
    "ce_sequence": {
        "type": "string",
        "pattern": "^[0-9]{20}$",
        "description": "The aggregate's own event number: 1, 2, 3 … On the public topic it rises and may skip.",
    },
    "ce_traceparent": {"type": "string", "description": "W3C trace context."},
    "content-type": {"type": "string", "const": "application/json"},
}
OPTIONAL_HEADERS = {"ce_traceparent"}
PUBLIC = {
    matching.VacancyPosted,
    matching.VacancyAmended,
    matching.VacancyPaused,
    matching.VacancyReturned,
    matching.VacancyFilled,
    matching.VacancyClosed,
    matching.VacancyExpired,
    matching.VacancyWithdrawn,
}
"""What is announced on the public topic too: postings, amendments and removals."""


def on(topic: Topic) -> list[type[Event]]:
    """The events announced on a topic, in the producer's order."""
    return [
        event
        for event in catalogue.events(topic.service)
        if event.topic == topic or (topic == matching.PUBLISHED_VACANCIES and event in PUBLIC)
    ]


def document() -> dict[str, Any]:
    """The whole document; payloads are references into ``schemas/``."""
    events = {event.type(): event for event in catalogue.events()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "IMDI",
            "version": "1.0.0",
            "description": "What the services of IMDI announce: CloudEvents 1.0, binary mode, JSON. Each event holds "
            "its subject's whole shareable state, so the newest is always enough. Readers ignore unknown fields.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in catalogue.topics()},
        "operations": {f"announce-{topic.name}": _operation(topic) for topic in catalogue.topics()},
        "components": {
            "messages": {name: _message(event) for name, event in sorted(events.items())},
            "messageTraits": {"cloudevent": {"headers": _headers()}},
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    kept = "for ever" if topic.kept == "for_ever" else "compacted to the newest of each key, after 7 to 30 days"
    return {
        "address": topic.name,
        "description": f"Keyed by {topic.key}; kept {kept}; read by {topic.readers}.",
        "messages": {event.type(): {"$ref": f"#/components/messages/{event.type()}"} for event in on(topic)},
        "bindings": {"kafka": {"topic": topic.name, "partitions": PARTITIONS, "topicConfiguration": _keeping(topic)}},
    }


def _keeping(topic: Topic) -> dict[str, Any]:
    """The topic's settings as AsyncAPI's binding for Kafka has them: policies as a list."""
    settings = KEEPING[topic.kept]
    return settings | {"cleanup.policy": [settings["cleanup.policy"]]}


def _operation(topic: Topic) -> dict[str, Any]:
    # A key of a channel holds dots, not slashes, so it needs no escaping in a reference.
    channel = f"#/channels/{topic.name}"
    return {
        "action": "send",
        "summary": f"{topic.service} announces",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event.type()}"} for event in on(topic)],
    }


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type(),
        "title": event.happened,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": {"$ref": f"./schemas/{event.type()}.json"},
        "x-dataschema": schema_id(event.type()),
    }


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name in HEADERS if name not in OPTIONAL_HEADERS],
        "properties": HEADERS,
    }
