"""docs/events.md: every topic, what is announced on it, and who reads it."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec

from imdi_contracts import catalogue
from imdi_contracts.asyncapi import on
from imdi_contracts.event import Topic

HEAD = """<!-- Made by `make contracts` from the contracts and the services' reactions: do not edit. -->
# Events

CloudEvents 1.0 on Kafka: attributes as `ce_*` headers, the state as JSON value. The record's key is the subject's id,
so the events of one subject keep their order. An event holds its subject's whole shareable state: the newest is always
enough.

A *projection* keeps a local copy, a *policy* causes an action. Schemas and examples: `libs/contracts/published/`.
"""
REACTIONS = {"projections": "projection", "policies": "policy"}
Readers = dict[str, list[str]]
"""Topic's name → ``service: reaction``."""


def page() -> str:
    """The page's text."""
    reading = readers()
    return HEAD + "".join(_topic(topic, reading.get(topic.name, [])) for topic in catalogue.topics())


def readers() -> Readers:
    """Who reads which topic, by the reactions of the services installed here.

    Services are found by their entry point, as the contracts know none of them by name.
    """
    found: Readers = defaultdict(list)
    for entry in sorted(entry_points(group="imdi.services"), key=lambda entry: entry.name):
        # A service without a table of contents listens to nobody.
        if find_spec(f"{entry.value}.app") is None:
            continue
        service = getattr(import_module(f"{entry.value}.app"), "SERVICE", None)
        for kind, one in REACTIONS.items():
            for reaction in getattr(service, kind, ()):
                found[reaction.topic.name].append(f"{entry.name}: {one} `{reaction.name}`")
    return found


def _topic(topic: Topic, reading: list[str]) -> str:
    kept = "for ever" if topic.kept == "for_ever" else "compacted"
    lines = [
        f"\n## {topic.name}\n",
        f"Announced by **{topic.service}** · keyed by {topic.key} · kept {kept} · for {topic.readers}\n",
        "| event | schema |",
        "|---|---|",
        *(
            f"| `{event.happened}` | [{event.type()}](../libs/contracts/published/schemas/{event.type()}.json) |"
            for event in on(topic)
        ),
        "",
        "Read by",
        *(f"- {line}" for line in reading or ["nobody within the platform"]),
        "",
    ]
    return "\n".join(lines)
