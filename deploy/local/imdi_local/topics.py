"""The topics of the contracts, made on a broker as the design keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from imdi_contracts import catalogue
from imdi_contracts.event import KEEPING, PARTITIONS, Topic

SETTINGS = {kept: {name: str(value) for name, value in settings.items()} for kept, settings in KEEPING.items()}
"""Of topics, by how they are kept, as the broker takes them."""


async def provide(bootstrap: str, topics: Iterable[Topic] | None = None, copies: int = 1) -> list[str]:
    """Makes the topics that are missing, in so many copies, and sets the settings of all; the names of those made."""
    wanted = list(catalogue.topics() if topics is None else topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in there]
        made = await _make(admin, missing, copies) if missing else set()
        kept = [_settings(topic) for topic in wanted if topic.name not in made]
        for answer in await admin.alter_configs(kept) if kept else ():
            for code, _, _, name in answer.resources:
                _demand_success(name, code)
        await _listed(admin, {topic.name for topic in wanted})
        return [topic.name for topic in missing if topic.name in made]
    finally:
        await admin.close()


async def _make(admin: AIOKafkaAdminClient, topics: Iterable[Topic], copies: int) -> set[str]:
    """Names of those made: a broker lists a topic a moment later than it has it, so some may be there already."""
    new = [NewTopic(topic.name, PARTITIONS, copies, topic_configs=SETTINGS[topic.kept]) for topic in topics]
    outcomes = {name: code for name, code, *_ in (await admin.create_topics(new)).topic_errors}
    made = {name for name, code in outcomes.items() if code != TopicAlreadyExistsError.errno}
    for name in made:
        _demand_success(name, outcomes[name])
    return made


async def _listed(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """Returns when the broker lists them all; a consumer that came earlier would look again after minutes."""
    while True:
        if names <= set(await admin.list_topics()):
            return
        await asyncio.sleep(0.02)


def _settings(topic: Topic) -> ConfigResource:
    return ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=SETTINGS[topic.kept])


def _demand_success(name: str, code: int) -> None:
    if code:
        raise RuntimeError(f"Kafka refused topic {name}: {for_code(code).__name__}")
