"""The topics of the contracts, made on a broker as the design keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from imdi_contracts import catalogue
from imdi_contracts.event import Topic

PARTITIONS = 12
DAY = 24 * 60 * 60 * 1000
"""In milliseconds."""
SETTINGS: dict[str, dict[str, str]] = {
    "for_ever": {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"},
    "compacted": {
        "cleanup.policy": "compact",
        "min.compaction.lag.ms": str(7 * DAY),
        "max.compaction.lag.ms": str(30 * DAY),
        "segment.ms": str(DAY),
    },
}


async def provide(bootstrap: str, topics: Iterable[Topic] | None = None) -> list[str]:
    """Makes the topics that are missing and sets the settings of all; returns the names of those made."""
    wanted = list(catalogue.topics() if topics is None else topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in there]
        kept = [topic for topic in wanted if topic.name in there]
        if missing:
            new = [NewTopic(topic.name, PARTITIONS, 1, topic_configs=SETTINGS[topic.kept]) for topic in missing]
            made = await admin.create_topics(new)
            _demand_success((name, code) for name, code, *_ in made.topic_errors)
        if kept:
            for answer in await admin.alter_configs([_settings(topic) for topic in kept]):
                _demand_success((name, code) for code, _, _, name in answer.resources)
        return [topic.name for topic in missing]
    finally:
        await admin.close()


def _settings(topic: Topic) -> ConfigResource:
    return ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=SETTINGS[topic.kept])


def _demand_success(outcomes: Iterable[tuple[str, int]]) -> None:
    for name, code in outcomes:
        if code:
            raise RuntimeError(f"Kafka refused topic {name}: error {code}")
