"""A small disk keeps what lay there, can be full to the last byte, and has room again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.storm.disks import Disks


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[Disks]:
    data = tmp_path / "kafka"
    data.mkdir(mode=0o700)
    (data / "kept").write_text("kept")
    small = Disks(tmp_path, size="1m")
    small.put_under("kafka")
    yield small
    small.release()


def test_a_full_disk_takes_nothing_until_it_is_emptied(disks: Disks, tmp_path: Path) -> None:
    if disks.why_not:
        pytest.skip(f"no small disk: {disks.why_not}")
    data = tmp_path / "kafka"
    assert (data / "kept").read_text() == "kept"
    disks.fill("kafka")
    with (data / "more").open("wb", buffering=0) as more, pytest.raises(OSError, match="No space left"):
        more.write(b"x")
    disks.empty("kafka")
    (data / "more").write_bytes(b"x" * 100_000)


def test_the_folder_is_as_it_was_when_released(disks: Disks, tmp_path: Path) -> None:
    disks.release()
    assert not os.path.ismount(tmp_path / "kafka")


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone could mount")
def test_who_is_not_root_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    without = Disks(tmp_path)
    without.put_under("kafka")
    assert not without.there
    assert without.why_not == "only root may mount a tmpfs"
