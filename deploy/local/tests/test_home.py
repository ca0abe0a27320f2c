"""A home: one supervisor, its owner's alone, secrets that stay."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from imdi_local import home as module
from imdi_local.home import OURSELVES, Home, write_private
from imdi_local.kept_secrets import kept_secrets
from imdi_local.processes import started
from imdi_local.trouble import Trouble

SERVICES = ["registry", "matching"]


@pytest.fixture
def folder(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_one_supervisor_has_it(folder: Home) -> None:
    with folder.held():
        folder.record({OURSELVES: (4711, 1.0)})
        with pytest.raises(Trouble, match=r"another imdi up .*process 4711"), Home(folder.folder).held():
            pass
    with folder.held():
        pass


def test_what_an_earlier_one_left_is_stopped_and_a_stranger_is_not(folder: Home) -> None:
    command = [sys.executable, "-c", "input()"]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE) as left,
        subprocess.Popen(command, stdin=subprocess.PIPE) as stranger,
    ):
        began = started(left.pid)
        assert began
        folder.folder.mkdir()
        folder.run_file.write_text("{}")
        folder.record(
            {"matching": (left.pid, began), "portal": (stranger.pid, began - 1000), "kafka": (2**22 + 1, 1.0)}
        )
        with folder.held():
            assert not folder.run_file.exists()
            assert started(left.pid) is None
            assert started(stranger.pid) is not None
        stranger.kill()


def test_no_room_is_told(folder: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST_FREE", 1 << 60)
    with pytest.raises(Trouble, match="no room"), folder.held():
        pass


STRANGER = """
import os, pathlib, sys
from imdi_local.home import Home
from imdi_local.trouble import Trouble
os.setresuid(65534, 65534, 65534)
try:
    Home(pathlib.Path(sys.argv[1])).held().__enter__()
except Trouble as trouble:
    print(trouble)
"""


def test_a_home_of_someone_else_is_told(as_root: None) -> None:
    """Tried by a user who may look but not write; root may write everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        command = [sys.executable, "-c", STRANGER, folder]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "cannot be used by this user" in said
    assert "belongs to root" in said


def test_a_file_where_the_home_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Trouble, match="cannot be used"), Home(tmp_path / "home").held():
        pass


def test_private_files_are_their_owners_alone_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "it.json"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, {"new": 1})
    assert json.loads(path.read_text()) == {"new": 1}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_secrets_are_made_once_and_completed_for_new_services(folder: Home) -> None:
    folder.folder.mkdir()
    first = kept_secrets(folder, SERVICES, ["registry"])
    assert folder.secrets_file.stat().st_mode & 0o777 == 0o600
    again = kept_secrets(folder, [*SERVICES, "worker-prep"], ["registry", "worker-prep"])
    assert again.superuser == first.superuser
    assert again.clients == first.clients
    assert set(again.clients) == {"steward", "steward-2"}
    assert {name: again.databases[name] for name in SERVICES} == first.databases
    assert set(again.databases["worker-prep"]) == {"migrator", "app"}
    assert set(again.master_keys) == {"registry", "worker-prep"}
    assert kept_secrets(folder, SERVICES, []) == again
    assert first.superuser not in repr(first)


def test_secrets_that_are_gone_or_damaged_are_told(folder: Home) -> None:
    (folder.folder / "postgres").mkdir(parents=True)
    with pytest.raises(Trouble, match=r"secrets\.json is gone"):
        kept_secrets(folder, SERVICES, [])
    for damaged in ("{", '{"colour": 1}', "[]"):
        folder.secrets_file.write_text(damaged)
        with pytest.raises(Trouble, match="damaged"):
            kept_secrets(folder, SERVICES, [])
