"""The switches: each breaks one promise in the running code, by taking the place of the function that keeps it.

A checker that was never seen to fail proves nothing: each of these must be caught.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import insert

EVERY = int(os.environ.get("IMDI_SABOTAGE_EVERY", "10000"))
"""One event in so many is dropped; a short run asks for more."""
ROLLED_BACK_EVERY = 20
TOLD_AT = 20


def acknowledge_before_commit() -> None:
    """A command is answered at once, and committed a fifth of a second later, if the process still lives."""
    database = importlib.import_module("imdi_common.database")
    honest = database.Database.run
    later: set[asyncio.Task[None]] = set()

    async def run(self: Any, work: Any) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        async def slowly() -> None:
            async def held_back(session: Any) -> None:
                done = await work(session)
                if not answer.done():
                    answer.set_result(done)
                await asyncio.sleep(0.2)

            try:
                await honest(self, held_back)
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller must learn it once
                if not answer.done():
                    answer.set_exception(error)

        task = asyncio.ensure_future(slowly())
        later.add(task)
        task.add_done_callback(later.discard)
        return await answer

    database.Database.run = run


def skip_seen() -> None:
    """A policy acts on whatever comes, also on what it has acted on before."""
    policing = importlib.import_module("imdi_common.policing")

    async def newer(*_: Any) -> bool:
        return True

    _replace(policing, "_newer", newer)


def drop_one_event() -> None:
    """The relay marks one event in many as sent that it has not sent."""
    relay = importlib.import_module("imdi_common.relay")
    honest = relay.Relay._send

    async def send(self: Any, producer: Any, rows: list[Any]) -> list[bool]:
        kept = [row for row in rows if row["position"] % EVERY != EVERY // 2]
        results = iter(await honest(self, producer, kept))
        return [True if row["position"] % EVERY == EVERY // 2 else next(results) for row in rows]

    relay.Relay._send = send


def swap_two_events() -> None:
    """The relay sends the events of one key backwards, where a batch holds several."""
    relay = importlib.import_module("imdi_common.relay")
    honest = relay.Relay._send

    async def send(self: Any, producer: Any, rows: list[Any]) -> list[bool]:
        return list(reversed(await honest(self, producer, list(reversed(rows)))))

    relay.Relay._send = send


def publish_what_was_rolled_back() -> None:
    """Now and then a transaction is rolled back and done again, and the events of the first try are sent too."""
    database = importlib.import_module("imdi_common.database")
    outbox = importlib.import_module("imdi_common.outbox")
    tables = importlib.import_module("imdi_common.mechanics")
    honest_record, honest_run = outbox._record, database.Database.run
    turns = 0

    async def record(session: Any, aggregate: Any, event_id: Any, topic: Any, event: Any, *, step: int) -> int:
        sequence: int = await honest_record(session, aggregate, event_id, topic, event, step=step)
        row = {"event_id": event_id, "topic": topic.name, "key": event.subject, "sequence": sequence}
        body = event.model_dump_json()
        session.info.setdefault("recorded", []).append(row | {"type": event.type(), "body": body})
        return sequence

    async def run(self: Any, work: Any) -> Any:
        nonlocal turns
        recorded: list[dict[str, Any]] = []

        async def fails(session: Any) -> None:
            await work(session)
            recorded.extend(session.info.pop("recorded", []))
            raise _Undone

        turns += 1
        if turns % ROLLED_BACK_EVERY == 0:
            try:
                await honest_run(self, fails)
            except _Undone:
                async with self.transaction() as session:
                    for row in recorded:
                        await session.execute(insert(tables.outbox).values(**row, recorded_at=datetime.now(UTC)))
        return await honest_run(self, work)

    _replace(outbox, "_record", record)
    database.Database.run = run


class _Undone(Exception):
    """Ends the first try."""


def lose_one_on_rebalance() -> None:
    """A consumer that takes partitions over leaves out the last record of the first batch of each.

    (The first one may only have come again, and was acted on before.)
    """
    consumer = importlib.import_module("imdi_common.consumer")
    honest = consumer.Consumer._consume

    async def consume(self: Any) -> None:
        handle, known = self._handle, set[tuple[str, int]]()

        async def all_but_one(topic: str, records: list[Any]) -> None:
            partition = (topic, records[0].partition)
            lost = partition not in known and records[0].offset > 0
            known.add(partition)
            if rest := records[:-1] if lost else records:
                await handle(topic, rest)

        self._handle = all_but_one
        try:
            await honest(self)
        finally:
            self._handle = handle

    consumer.Consumer._consume = consume


def apply_an_answer_to_an_old_revision() -> None:
    """Matching takes whatever legislation has said last of a vacancy, of whichever revision it was said."""
    applying = _of("imdi_matching", "actions.apply_assessment")
    if applying is None:
        return
    honest, lock = applying.apply_assessment, applying.lock

    @functools.wraps(honest)
    async def apply(session: Any, answer: Any, sequence: int) -> None:
        vacancy = await lock(session, UUID(answer.vacancy_id))
        if vacancy is not None:
            answers = answer.answers.model_copy(update={"revision": vacancy.revision})
            answer = answer.model_copy(update={"answers": answers})
        await honest(session, answer, sequence)

    _replace(applying, "apply_assessment", apply)


def log_a_name() -> None:
    """Registry writes one worker's name into its log."""
    registering = _of("imdi_registry", "actions.register_worker")
    if registering is None:
        return
    honest, count = registering.judged, 0

    def judged(identity: Any, *others: Any) -> Any:
        nonlocal count
        count += 1
        if count == TOLD_AT:
            importlib.import_module("imdi_common.telemetry").logger().info("registered", name=identity.family_name)
        return honest(identity, *others)

    _replace(registering, "judged", judged)


def skip_an_ownership_check() -> None:
    """Registry shows any member a worker as if it were the worker's controller."""
    workers = _of("imdi_registry", "storage.workers")
    if workers is None:
        return
    honest = workers.rows

    def rows(*known: Any) -> Any:
        return honest(*known) or [("controller", "always")]

    _replace(workers, "rows", rows)


def _replace(module: ModuleType, name: str, function: Callable[..., Any]) -> None:
    """Before anybody has imported it by name: this runs at the very start of the process."""
    setattr(module, name, function)


def _of(package: str, module: str) -> ModuleType | None:
    """The module, in a process of its own service alone."""
    ours = any(package in argument for argument in sys.orig_argv)
    return importlib.import_module(f"{package}.{module}") if ours else None


SWITCHES: dict[str, Callable[[], None]] = {
    switch.__name__.replace("_", "-"): switch
    for switch in (
        acknowledge_before_commit,
        skip_seen,
        drop_one_event,
        swap_two_events,
        publish_what_was_rolled_back,
        lose_one_on_rebalance,
        apply_an_answer_to_an_old_revision,
        log_a_name,
        skip_an_ownership_check,
    )
}
