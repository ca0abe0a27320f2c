"""An Apache Kafka broker of one's own: one node, which is its own controller (KRaft), on 127.0.0.1."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
    NotCoordinatorForGroupError,
    for_code,
)

from imdi_local.java import find_java
from imdi_local.kafka_jars import kafka_jars
from imdi_local.program import Program
from imdi_local.trouble import Trouble

JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")
YEAR_IN_MINUTES = 365 * 24 * 60
LOOK_S = 5.0
WEDGED_S = 45.0
"""Seconds without a coordinator; a start under full load takes 20."""
GROUPS = ["0", "1", "2", "3"]
"""One for each partition of the offsets: a group's is the hash of its name, which of one letter is its code."""
NO_COORDINATOR = (GroupLoadInProgressError, GroupCoordinatorNotAvailableError, NotCoordinatorForGroupError)
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "num.partitions": "12",
    # One node has one copy of everything, and few partitions of its own topics to recover after a crash.
    "offsets.topic.num.partitions": str(len(GROUPS)),
    "offsets.topic.replication.factor": "1",
    # What is read at a start; behind it the cleaner keeps each group's last offsets alone.
    "offsets.topic.segment.bytes": str(1 << 20),
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "offsets.retention.minutes": str(YEAR_IN_MINUTES),
    "group.initial.rebalance.delay.ms": "0",
    # After kill -9 the controller waits this long before it lets the same broker in again.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # A small heap: the cleaner would take 128 MiB of it, and each index maps 10 MiB.
    "log.cleaner.dedupe.buffer.size": str(16 << 20),
    "log.index.size.max.bytes": str(2 << 20),
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "num.recovery.threads.per.data.dir": "2",
}


@dataclass(frozen=True)
class Link:
    """A second door: the broker listens on ``port``, and tells who comes there that it is to be reached at ``told``."""

    port: int
    told: int


@dataclass(frozen=True)
class Kafka:
    """Where a broker keeps its data, and its two ports."""

    data: Path
    port: int
    controller_port: int
    link: Link | None = None
    jars: list[Path] = field(default_factory=kafka_jars, repr=False)
    java: Path = field(default_factory=find_java)

    @property
    def bootstrap(self) -> str:
        """Where clients begin."""
        return f"127.0.0.1:{self.port}"

    @property
    def properties(self) -> Path:
        """The file of settings, written anew at each start."""
        return self.data.with_name(self.data.name + ".properties")

    async def create(self) -> None:
        """Formats the data directory if there is none yet; a half-made one is begun anew. Raises Trouble."""
        if self.data.exists():
            if not (self.data / "meta.properties").is_file():
                raise damaged(self.data, "meta.properties is missing")
            return
        fresh = self.data.with_name(self.data.name + ".new")
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        self._write_properties(fresh)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # One id in 64 begins with a hyphen, which the tool takes for an option unless it is joined to its own.
        tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(self.properties))
        status, printed = await self._program("kafka-format", tool).run()
        if status:
            raise Trouble(f"Kafka could not make {self.data}", "see what it said; then start again", printed[-2000:])
        fresh.rename(self.data)

    def program(self) -> Program:
        """The broker's process."""
        self._write_properties(self.data)
        return self._program("kafka", ("kafka.Kafka", str(self.properties)))

    async def ready(self) -> None:
        """Returns when the broker answers."""
        while True:
            await asyncio.sleep(0.05)
            if not await self._listens():
                continue
            admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5000)
            try:
                await admin.start()
                return
            except (KafkaError, OSError):
                continue
            finally:
                await admin.close()

    async def wedged(self) -> None:
        """Returns when the broker has said for WEDGED_S that it coordinates some of the groups no more.

        Kafka 4.3.1 after three kills in a minute: it loaded the offsets twice at once, wrote before it had read them,
        and left that partition's coordinator failed for as long as it lived; consumers wait, and are told no error.
        """
        clock = asyncio.get_running_loop().time
        well = clock()
        while clock() - well < WEDGED_S:
            await asyncio.sleep(LOOK_S)
            if not await self._says_it_coordinates_not():
                well = clock()

    async def _says_it_coordinates_not(self) -> bool:
        """Silence says nothing: one that is paused or cut off may be well."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5000)
        try:
            await admin.start()
            for group in GROUPS:  # one by one: of several, aiokafka 0.14 cannot read the answer
                [told] = await admin.describe_consumer_groups([group])
                if issubclass(for_code(told.to_object()["groups"][0]["error_code"]), NO_COORDINATOR):
                    return True
            return False
        except NO_COORDINATOR:
            return True
        except (KafkaError, OSError):
            return False
        finally:
            await admin.close()

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    def _write_properties(self, data: Path) -> None:
        controller = f"127.0.0.1:{self.controller_port}"
        settings = SETTINGS | {
            "log.dirs": str(data),
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
        }
        if self.link:
            settings["listeners"] += f",LINK://127.0.0.1:{self.link.port}"
            settings["advertised.listeners"] += f",LINK://127.0.0.1:{self.link.told}"
            settings["listener.security.protocol.map"] += ",LINK:PLAINTEXT"
        self.properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    def _program(self, name: str, main: tuple[str, ...]) -> Program:
        log = f"-Dlog4j2.configurationFile={Path(__file__).with_name('kafka-log4j2.properties')}"
        path = os.pathsep.join(map(str, self.jars))
        environment = {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        return Program(name=name, command=(str(self.java), *JVM, log, "-cp", path, *main), environment=environment)


def damaged(data: Path, log: str) -> Trouble:
    """A data directory that Kafka will not start on."""
    remedy = f"restore {data} from a copy, or remove the home's folders postgres and kafka: that loses all data"
    return Trouble(f"the data directory {data} is damaged, or not Kafka's", remedy, log)
