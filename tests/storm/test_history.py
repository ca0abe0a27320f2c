"""What is written is read again: outcomes, subjects, and that a doubt alone is no failure."""

from __future__ import annotations

from pathlib import Path

from tests.storm.history import History, commands


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    history = History(path)
    created = history.invoke("vacancy.submit", None, "k1", {"title": "a"})
    paused = history.invoke("vacancy.pause", "v", "k2", {})
    lost = history.invoke("vacancy.close", "v", "k3", {})
    history.note("fault", kind="kill", target="kafka")
    history.unknown(created, "ReadTimeout")
    history.ok(created, "v", {"replayed": True})
    history.fail(paused, {"status": 409, "slug": "wrong-state"})
    history.unknown(lost, "503")
    history.close()

    first, second, third = commands(path.read_text().splitlines())
    assert (first.outcome, first.subject, first.said) == ("ok", "v", {"title": "a"})
    assert first.ended is not None
    assert (second.outcome, second.told["slug"], second.possible) == ("fail", "wrong-state", False)
    assert (third.outcome, third.possible, third.ok) == ("unknown", True, False)
    assert history.acknowledged == 1
