"""Kafka through kill -9, its jars, its Java, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from structlog.testing import capture_logs

from imdi_common import consumer
from imdi_common.consumer import Consumer
from imdi_contracts.event import Topic
from imdi_local import java, kafka_jars, topics
from imdi_local import kafka as kafka_module
from imdi_local.cache import cache
from imdi_local.kafka import Kafka
from imdi_local.running import Running
from imdi_local.trouble import Trouble

Serving = Callable[[Kafka], AbstractAsyncContextManager[Running]]


async def test_records_and_offsets_outlive_a_kill(kafka: Kafka, serving: Serving) -> None:
    async with serving(kafka) as first:
        await topics.provide(kafka.bootstrap, [Topic("kept", "thing")])
        await _send(kafka, b"before")
        assert await _read(kafka) == b"before"
        first.process.kill()
        await first.exited()
        async with serving(kafka) as second:
            await _send(kafka, b"after")
            assert await _read(kafka) == b"after"
            listening = {c.laddr.ip for c in psutil.Process(second.pid).net_connections() if c.status == "LISTEN"}
            assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"}
            assert any("Kafka Server started" in line for line in second.tail.splitlines())


async def _send(kafka: Kafka, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait("kept", value, partition=0)


async def _read(kafka: Kafka) -> bytes | None:
    """The next record of a group that commits what it has read."""
    reader = AIOKafkaConsumer(
        "kept", bootstrap_servers=kafka.bootstrap, group_id="reader", auto_offset_reset="earliest"
    )
    async with reader:
        record = await reader.getone()
        await reader.commit()
        value: bytes | None = record.value
        return value


async def test_an_id_that_begins_with_a_hyphen_is_no_option(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=0xF8 << 120))
    await kafka.create()
    assert "cluster.id=-AAAA" in (kafka.data / "meta.properties").read_text()


async def at_once() -> None:
    """Applied."""


async def test_one_that_coordinates_no_groups_is_wedged(
    kafka: Kafka, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_module, "LOOK_S", 0.05)
    monkeypatch.setattr(kafka_module, "WEDGED_S", 2.0)
    # One node cannot have two copies of the offsets, so it never has a coordinator.
    monkeypatch.setitem(kafka_module.SETTINGS, "offsets.topic.replication.factor", "2")
    monkeypatch.setattr(consumer, "LATE_S", 0.5)
    async with serving(kafka):
        await topics.provide(kafka.bootstrap, [Topic("kept", "thing")])
        reading = Consumer("reader", ["kept"], kafka.bootstrap, "0", lambda *_: at_once())
        with capture_logs() as logs, suppress(TimeoutError):
            consuming = asyncio.create_task(reading.run())
            await asyncio.wait_for(kafka.wedged(), 30)
            await asyncio.wait_for(consuming, 1)
        assert {"event": "consumer_in_no_group", "group": "reader", "log_level": "error"} in logs
    monkeypatch.setitem(kafka_module.SETTINGS, "offsets.topic.replication.factor", "1")
    async with serving(kafka):
        await _send(kafka, b"it works")
        assert await _read(kafka) == b"it works"
        assert not await kafka._says_it_coordinates_not()
    assert not await kafka._says_it_coordinates_not()


async def test_a_directory_that_is_not_kafkas_is_named(kafka: Kafka) -> None:
    kafka.data.mkdir()
    with pytest.raises(Trouble, match="damaged"):
        await kafka.create()


def fetch(cache: Path, **environment: str) -> subprocess.Popen[str]:
    script = (
        "from imdi_local import kafka_jars as k, trouble\n"
        "build = k._resolve\n"
        "def counted(*a, **b): print('offline' if b['offline'] else 'built'); return build(*a, **b)\n"
        "k._resolve = counted\n"
        "try: print(len(k.kafka_jars()))\n"
        "except trouble.Trouble as error: print(error)\n"
    )
    settings = os.environ | {"XDG_CACHE_HOME": str(cache)} | environment
    command = [sys.executable, "-c", script]
    return subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def fetched_before(tmp_path: Path) -> Path:
    """A cache that holds what was downloaded, but has nothing built or checked yet."""
    kafka_jars.kafka_jars()
    shutil.copytree(cache() / "maven", tmp_path / "imdi" / "maven", copy_function=os.link)
    return tmp_path


def test_two_first_starts_at_once_fetch_once(fetched_before: Path) -> None:
    both = [fetch(fetched_before) for _ in range(2)]
    said = sorted(each.communicate(timeout=100)[0].split() for each in both)
    assert [lines[-2:] for lines in said] == [["built", "46"], ["offline", "46"]]


def test_a_warm_cache_needs_no_network(fetched_before: Path) -> None:
    fetch(fetched_before).communicate(timeout=100)
    said, _ = fetch(fetched_before, HTTPS_PROXY="http://127.0.0.1:9").communicate(timeout=100)
    assert said.split()[-2:] == ["offline", "46"]


def test_another_jar_is_refused(fetched_before: Path) -> None:
    [jar] = (fetched_before / "imdi" / "maven").rglob("jose4j-*.jar")
    content = jar.read_bytes()
    jar.unlink()
    jar.write_bytes(content + b"more")
    said, _ = fetch(fetched_before, HTTPS_PROXY="http://127.0.0.1:9").communicate(timeout=100)
    assert "not the ones IMDI was tested with" in said
    assert jar.name in said


def test_a_registry_out_of_reach_is_named(tmp_path: Path) -> None:
    said, _ = fetch(tmp_path, HTTPS_PROXY="http://127.0.0.1:9").communicate(timeout=100)
    assert "could not be fetched from the Maven registry" in said
    assert "HTTPS_PROXY" in said


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "imdi").write_text("no folder")
    said, _ = fetch(tmp_path).communicate(timeout=100)
    assert f"jars cannot be kept in {tmp_path / 'imdi'}" in said
    assert "XDG_CACHE_HOME" in said


def test_a_java_that_is_here_is_preferred(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'openjdk version \"21.0.1\" 2023-10-17' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java.find_java() == program
    program.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    assert java.find_java() != program


def test_no_java_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "_places", lambda: iter([Path("/nowhere/java")]))
    with pytest.raises(Trouble, match="JAVA_HOME"):
        java.find_java()
