"""Topics as the design keeps them, on a real broker."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from imdi_contracts import catalogue
from imdi_contracts.event import Topic
from imdi_local import topics

DAY = 86_400_000
EXPECTED = {
    "for_ever": {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"},
    "compacted": {
        "cleanup.policy": "compact",
        "min.compaction.lag.ms": str(7 * DAY),
        "max.compaction.lag.ms": str(30 * DAY),
        "segment.ms": str(DAY),
    },
}


def renamed() -> list[Topic]:
    """The contracts' topics under names of this test's own: the broker is shared."""
    prefix = uuid.uuid4().hex[:8]
    return [Topic(f"{prefix}.{topic.name}", topic.key, topic.kept) for topic in catalogue.topics()]


async def settings_of(bootstrap: str, topic: str) -> tuple[int, dict[str, str]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        [described] = await admin.describe_topics([topic])
        [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        [(_, _, _, _, configs)] = answer.resources
        return len(described["partitions"]), {config[0]: config[1] for config in configs}
    finally:
        await admin.close()


async def test_every_topic_is_made_once_with_its_settings(kafka_bootstrap: str) -> None:
    wanted = renamed()
    assert await topics.provide(kafka_bootstrap, wanted) == [topic.name for topic in wanted]
    assert await topics.provide(kafka_bootstrap, wanted) == []
    for topic in (wanted[0], next(each for each in wanted if each.kept == "compacted")):
        partitions, settings = await settings_of(kafka_bootstrap, topic.name)
        assert partitions == 12
        assert EXPECTED[topic.kept].items() <= settings.items()


async def test_a_topic_made_otherwise_is_set_right(kafka_bootstrap: str) -> None:
    name = f"{uuid.uuid4().hex[:8]}.once-kept-for-ever"
    await topics.provide(kafka_bootstrap, [Topic(name, "thing", "for_ever")])
    await topics.provide(kafka_bootstrap, [Topic(name, "thing", "compacted")])
    async with asyncio.timeout(10):  # the broker follows its controller
        while not EXPECTED["compacted"].items() <= (await settings_of(kafka_bootstrap, name))[1].items():
            pass


async def test_a_refusal_is_told(kafka_bootstrap: str) -> None:
    with pytest.raises(RuntimeError, match="refused topic"):
        await topics.provide(kafka_bootstrap, [Topic("no such: name", "thing")])


def test_the_design_is_followed_for_every_topic_of_the_contracts() -> None:
    kept = {topic.name: topic.kept for topic in catalogue.topics()}
    assert {name for name, how in kept.items() if how == "compacted"} == {
        "imdi.registry.workers",
        "imdi.matching.profiles",
        "imdi.matching.placements",
        "imdi.legislation.requirements",
        "imdi.legislation.recognitions",
        "imdi.worker-prep.preparations",
    }
    assert topics.SETTINGS == EXPECTED
