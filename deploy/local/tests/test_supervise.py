"""Processes that are started, kept and stopped: small programs of this test's own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from imdi_local import supervise
from imdi_local.processes import started
from imdi_local.program import Program
from imdi_local.running import ExitedError, Running
from imdi_local.supervise import Plan, Supervisor
from imdi_local.trouble import Trouble

FOR_EVER = "import time; time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {FOR_EVER}"


def program(name: str, code: str) -> Program:
    return Program(name=name, command=(sys.executable, "-c", code), environment=os.environ)


async def at_once(_: int = 0) -> None:
    """Ready."""


async def never(_: int = 0) -> None:
    await asyncio.Event().wait()


def plan(name: str, code: str, **changes: object) -> Plan:
    given: dict[str, object] = {
        "name": name,
        "program": lambda: program(name, code),
        "ready": at_once,
        "explain": lambda log: Trouble(f"{name} could not start", "try", log),
    }
    return Plan(**(given | changes))  # type: ignore[arg-type]


def unless(spoiled: Path) -> str:
    """Looks whether it is spoiled, and if it is not, says so and lives on."""
    looks = f"import os, time\nif os.path.exists({str(spoiled)!r}): raise SystemExit(3)\n"
    return f"{looks}print(1, flush=True)\ntime.sleep(600)"


class Watch:
    """A supervisor, what it showed, and a bell at each new process."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bell = asyncio.Event()
        self.said = asyncio.Event()
        self.supervisor = Supervisor(self.show, self.bell.set)

    def show(self, name: str, line: str) -> None:
        self.lines.append(f"{name}: {line}")
        self.said.set()

    async def until_said(self, count: int) -> None:
        while len(self.lines) < count:
            self.said.clear()
            await asyncio.wait_for(self.said.wait(), 20)

    def pid(self, name: str) -> int:
        return self.supervisor.processes()[name][0]


@pytest.fixture
async def watch() -> Watch:
    return Watch()


async def test_groups_stop_in_reverse_and_nothing_is_left(watch: Watch, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        f"def end(*_): open({str(order)!r}, 'a').write(sys.argv[0] and NAME + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(600)"
    )
    for name in ("first", "second", "third"):
        await watch.supervisor.start(plan(name, f"NAME = {name!r}\n{code}"))
    await watch.until_said(3)
    pids = [pid for pid, _ in watch.supervisor.processes().values()]
    await watch.supervisor.stop()
    assert order.read_text() == "third second first "
    assert not any(started(pid) for pid in pids)


async def test_what_dies_is_prepared_and_started_again(watch: Watch) -> None:
    prepared: list[int] = []
    await watch.supervisor.start(plan("it", FOR_EVER, prepare=lambda: prepared.append(1)))
    before = watch.pid("it")
    watch.bell.clear()
    os.kill(before, signal.SIGKILL)
    await asyncio.wait_for(watch.bell.wait(), 10)
    assert watch.pid("it") != before
    assert prepared == [1, 1]
    assert "imdi: it ended with status -9; starting it again" in watch.lines
    await watch.supervisor.stop()


async def test_what_lives_but_works_no_more_is_ended_and_started_again(watch: Watch) -> None:
    wedged = asyncio.Event()

    async def told() -> None:
        await wedged.wait()
        wedged.clear()

    await watch.supervisor.start(plan("it", FOR_EVER, wedged=told))
    before = watch.pid("it")
    watch.bell.clear()
    wedged.set()
    await asyncio.wait_for(watch.bell.wait(), 10)
    assert watch.pid("it") != before
    assert started(before) is None
    assert watch.lines[0] == "imdi: it lives, but does its work no more; ending it"
    await watch.supervisor.stop()


async def test_one_that_ends_before_it_is_ready_is_explained_with_its_words(watch: Watch) -> None:
    with pytest.raises(Trouble, match="it could not start") as caught:
        await watch.supervisor.start(plan("it", "print('no colour'); raise SystemExit(3)", ready=never))
    assert caught.value.log == "no colour"
    await watch.supervisor.stop()


@pytest.mark.parametrize("sign", supervise.SIGNS)
async def test_what_the_system_says_is_not_blamed_on_the_data(watch: Watch, sign: str) -> None:
    wrong, remedy = supervise.SIGNS[sign]
    with pytest.raises(Trouble, match=f"it could not start: {wrong}") as caught:
        await watch.supervisor.start(plan("it", f"print('FATAL: {sign}'); raise SystemExit(1)", ready=never))
    assert caught.value.remedy == remedy
    await watch.supervisor.stop()


async def test_the_others_of_a_failing_group_are_stopped_too(watch: Watch) -> None:
    good, bad = plan("good", FOR_EVER, ready=never), plan("bad", "raise SystemExit(3)", ready=never)
    with pytest.raises(Trouble, match="bad could not start"):
        await watch.supervisor.start(good, bad)
    pids = [pid for pid, _ in watch.supervisor.processes().values()]
    await watch.supervisor.stop()
    assert not any(started(pid) for pid in pids)


async def test_one_that_is_never_ready_is_told(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "READY", 0.3)
    with pytest.raises(Trouble, match="it was not ready after"):
        await watch.supervisor.start(plan("it", FOR_EVER, ready=never))
    assert started(watch.pid("it")) is None


async def test_one_that_fails_again_and_again_is_told_of_and_comes_back_when_it_can(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervise, "LONGEST_PAUSE", 0.01)
    spoiled = tmp_path / "spoiled"

    async def ready(_: int) -> None:
        await (never() if spoiled.exists() else at_once())

    await watch.supervisor.start(plan("it", unless(spoiled), ready=ready))
    await watch.until_said(1)
    spoiled.touch()
    os.kill(watch.pid("it"), signal.SIGKILL)
    await watch.until_said(26)  # of a dozen failures: that it ended, and why it could not start
    assert any("it could not start: try" in line for line in watch.lines)
    spoiled.unlink()
    while watch.lines[-1] != "it: 1":
        await watch.until_said(len(watch.lines) + 1)
    assert started(watch.pid("it"))
    assert not watch.supervisor.failure.done()
    await watch.supervisor.stop()


async def test_a_successor_is_ready_before_the_old_one_is_told_to_end(watch: Watch) -> None:
    asked: list[int] = []

    async def ready(pid: int) -> None:
        asked.append(pid)
        assert len(asked) == 1 or started(asked[0])

    await watch.supervisor.start(plan("it", FOR_EVER, ready=ready))
    before = watch.pid("it")
    await watch.supervisor.replace({"it"})
    assert asked == [before, watch.pid("it")]
    assert started(before) is None
    assert set(watch.supervisor.processes()) == {"it"}
    os.kill(watch.pid("it"), signal.SIGKILL)
    watch.bell.clear()
    await asyncio.wait_for(watch.bell.wait(), 10)  # the successor is kept running as the first was
    assert started(watch.pid("it"))
    await watch.supervisor.stop()
    assert not any(started(pid) for pid in asked)


async def test_where_the_successor_cannot_start_the_old_one_goes_on(watch: Watch, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled"

    async def ready(_: int) -> None:
        await (never() if spoiled.exists() else at_once())

    await watch.supervisor.start(plan("it", unless(spoiled), ready=ready))
    before = watch.pid("it")
    await watch.until_said(1)  # it has looked, and found nothing spoiled
    spoiled.touch()
    with pytest.raises(Trouble, match="it could not start"):
        await watch.supervisor.replace({"it"})
    assert watch.pid("it") == before
    assert started(before)
    await watch.supervisor.stop()


async def test_a_replacement_called_off_leaves_no_process(watch: Watch) -> None:
    first = True

    async def ready(_: int) -> None:
        await (at_once() if first else never())

    await watch.supervisor.start(plan("it", FOR_EVER, ready=ready))
    first = False
    watch.bell.clear()
    replacing = asyncio.create_task(watch.supervisor.replace({"it"}))
    await asyncio.wait_for(watch.bell.wait(), 10)
    pids = [pid for pid, _ in watch.supervisor.processes().values()]
    assert len(pids) == 2
    replacing.cancel()
    await asyncio.gather(replacing, return_exceptions=True)
    await watch.supervisor.stop()
    assert not any(started(pid) for pid in pids)


async def test_a_stubborn_one_is_killed(watch: Watch) -> None:
    running = await Running.start(program("it", STUBBORN), lambda line: watch.show("it", line))
    await watch.until_said(1)
    await running.stop(0.1)
    assert running.process.returncode == -signal.SIGKILL


async def test_a_start_called_off_leaves_no_process(watch: Watch) -> None:
    starting = asyncio.create_task(watch.supervisor.start(plan("it", FOR_EVER, ready=never)))
    await asyncio.wait_for(watch.bell.wait(), 10)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    pid = watch.pid("it")
    await watch.supervisor.stop()
    assert started(pid) is None


async def test_output_is_read_though_a_grandchild_holds_it_open() -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True); raise SystemExit(4)"
    )
    lines: list[str] = []
    running = await Running.start(program("it", code), lines.append)
    with pytest.raises(ExitedError) as caught:
        await asyncio.wait_for(running.until(never()), 10)
    assert caught.value.status == 4
    os.kill(int(caught.value.tail), signal.SIGKILL)
    running.close()


async def test_a_line_without_end_harms_nobody() -> None:
    lines: list[str] = []
    running = await Running.start(program("it", "print('x' * 3_000_000); print('after')"), lines.append)
    await running.exited()
    assert lines[-1] == "after"
    running.close()


async def test_it_is_given_its_input_and_its_output_is_returned() -> None:
    status, printed = await program("it", "print(input()[::-1]); raise SystemExit(5)").run(b"abc")
    assert (status, printed) == (5, "cba\n")
    assert "PATH" not in repr(program("it", ""))
