"""Ports, logs, ports of services, words of trouble."""

from __future__ import annotations

import errno
import io
import os
import socket
from pathlib import Path

import pytest
from rich.console import Console

from imdi_local import ports, surroundings
from imdi_local.logs import Journal, LogFile, Terminal
from imdi_local.surroundings import ServiceCode
from imdi_local.trouble import Trouble


def test_free_ports_are_free_and_differ() -> None:
    found = ports.free(5)
    assert len(set(found)) == 5
    assert all(ports.is_free(port) for port in found)


def test_who_holds_a_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"process {os.getpid()}" in ports.holder(port)
        with pytest.raises(Trouble, match=rf"{port} \(for portal\)") as caught:
            ports.demand_free({"portal": port, "registry": ports.free(1)[0]}, 8000)
    assert "--port-base 9000" in caught.value.remedy
    ports.demand_free({"portal": port}, 8000)


def test_a_full_log_is_kept_once_more(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "it.log", cap=100)
    for number in range(30):
        log.write(f"line {number:02}")
    log.close()
    sizes = [path.stat().st_size for path in sorted(tmp_path.iterdir())]
    assert len(sizes) == 2
    assert max(sizes) <= 108
    assert (tmp_path / "it.log").read_text().splitlines()[-1:] in ([], ["line 29"])


@pytest.mark.parametrize("terminal", [False, True])
def test_a_journal_names_each_line_and_times_each_step(tmp_path: Path, terminal: bool) -> None:
    written = io.StringIO()
    journal = Journal(Console(file=written, force_terminal=terminal, color_system=None, width=200))
    with journal.step("Kafka"):
        journal.detail("a.jar (1.0 MB)")
        journal.line(tmp_path, "matching", "[bold] is no markup here")
    journal.close()
    assert "matching     [bold] is no markup here" in written.getvalue()
    assert "✓ Kafka 0.0 s" in written.getvalue()
    assert (tmp_path / "matching.log").read_text() == "[bold] is no markup here\n"


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_terminal_that_is_gone_or_full_stops_nobody(tmp_path: Path, error: OSError) -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise error

    journal = Journal(Terminal(file=Gone()))
    journal.line(tmp_path, "matching", "goes on")
    journal.close()
    assert (tmp_path / "matching.log").read_text() == "goes on\n"


def test_a_full_disk_loses_lines_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "matching.log").symlink_to("/dev/full")
    written = io.StringIO()
    journal = Journal(Console(file=written, color_system=None, width=200))
    for line in ("is not kept", "is shown"):
        journal.line(tmp_path, "matching", line)
    journal.close()
    assert "matching     is shown" in written.getvalue()


def test_services_are_found_by_their_entry_points() -> None:
    found = {service.name: service for service in surroundings.installed()}
    assert set(found) == {"registry", "matching", "legislation", "worker-prep", "portal"}
    assert found["worker-prep"].command[1:] == ("-m", "imdi_worker_prep")
    assert found["worker-prep"].prefix == "IMDI_WORKER_PREP_"
    assert found["worker-prep"].database == "imdi_worker_prep"
    assert [name for name, service in found.items() if not service.has_database] == ["portal"]


def test_ports_follow_the_base_and_a_new_service_follows_on() -> None:
    known = [ServiceCode(name, ()) for name in ("portal", "registry", "matching", "legislation", "worker-prep")]
    assert surroundings.ports_of(known, 8000) == {
        "portal": 8000, "registry": 8001, "matching": 8002, "legislation": 8003, "worker-prep": 8004,
    }  # fmt: skip
    assert surroundings.ports_of([*known, ServiceCode("statistics", ())], 9000)["statistics"] == 9005


def test_trouble_says_what_is_wrong_what_was_said_and_what_to_do() -> None:
    told = str(Trouble("it is broken", "mend it", "crack\ncrack"))
    assert told == "it is broken\n  it said:\n    crack\n    crack\n  what to do: mend it"
    assert "it said" not in str(Trouble("it is broken", "mend it"))
