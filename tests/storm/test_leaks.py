"""Canaries are found in each form in which they may travel, and nothing else is taken for one."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.storm import bodies
from tests.storm.leaks import found_in, in_logs

NAME = f"{bodies.MARK}faqwertzxcvb"
PERSONAL = (NAME, f"{bodies.PASSPORT_MARK}123456", f"{bodies.PHONE_MARK}12345", f"{bodies.MARK.lower()}-x@example.org")


@pytest.mark.parametrize("said", PERSONAL)
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_every_form_is_found(said: str, before: str) -> None:
    text = (before + said + " and more").encode()
    for form in (text, text.hex().encode(), text.hex().upper().encode(), base64.b64encode(text), quote(text).encode()):
        [verdict] = found_in("a topic", [b'{"x": "' + form + b'"}'])
        assert (verdict.kind, verdict.subject) == ("leaked", "a topic")


@pytest.mark.parametrize(
    "innocent", ["Karin", "979841", "01936000-0000-7000-8000-979841012345", "Canary", "S2FuYXJp"[:6]]
)
def test_what_only_looks_alike_is_not(innocent: str) -> None:
    assert found_in("a topic", [innocent.encode()]) == []


def test_logs_are_read_line_by_line_and_those_turned_over_too(tmp_path: Path) -> None:
    (tmp_path / "registry.log").write_text("good\n")
    (tmp_path / "registry.log.1").write_text(f"good\nname={NAME}\ngood\n")
    [verdict] = in_logs(tmp_path)
    assert verdict.subject == "log registry.log.1"
