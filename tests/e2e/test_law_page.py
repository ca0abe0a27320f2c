"""Every request of ``docs/law.md`` is sent to the platform that runs, and its program is run on its home."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.xdist_group("platform")
PAGE = Path(__file__).parents[2] / "docs/law.md"
LOCAL = "http://127.0.0.1:8003"
REQUESTS = 11


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    """Each ``curl -s URL [-H HEADER] [-d BODY]`` as its words."""
    text = "".join(blocks("sh"))
    return [shlex.split(one) for one in re.split(r"^(?=curl )", text, flags=re.MULTILINE) if one]


@pytest.fixture(scope="module")
def answers(run: Any) -> dict[str, str]:
    """What is answered to each request, by its words; each with 200."""
    found: dict[str, str] = {}
    procedure = ""
    with httpx.Client(base_url=run.urls["legislation"], timeout=30, trust_env=False) as client:
        for curl, silent, url, *options in commands():
            assert (curl, silent, url.startswith(LOCAL)) == ("curl", "-s", True)
            said = dict(zip(options[::2], options[1::2], strict=True))
            assert set(said) <= {"-H", "-d"}
            headers = dict([said["-H"].split(": ")]) if "-H" in said else {}
            path = url.removeprefix(LOCAL).replace("ID", procedure)
            answer = client.request("POST" if "-d" in said else "GET", path, headers=headers, content=said.get("-d"))
            assert answer.status_code == 200, (url, answer.text)
            if path.startswith("/v1/procedures?"):
                procedure = answer.json()["items"][0]["id"]
            found[" ".join([url, said.get("-d", "")])] = answer.text
    return found


def answer(answers: dict[str, str], words: str) -> Any:
    [found] = [json.loads(text) for asked, text in answers.items() if words in asked]
    return found


def test_each_request_is_answered_with_something(answers: dict[str, str]) -> None:
    assert len(answers) == REQUESTS
    for asked, text in answers.items():
        told = {} if "/report" in asked else json.loads(text)
        assert text
        assert told.get("items", [asked]), asked


def test_they_tell_what_the_page_says_of_them(answers: dict[str, str]) -> None:
    items = {item["code"]: item["status"] for item in answer(answers, "recognition_nurse")["items"]}
    assert items["compensation_measure"] == "required"
    broken = {breach["term"] for breach in answer(answers, "1200.00")["breaches"]}
    assert {"monthly_wage", "retains_documents"} <= broken
    assert answer(answers, "One counter")["saving"]["steps"] == 2
    assert answer(answers, "model-contract")["clauses"]


def test_the_program_weighs_a_change(run: Any, tmp_path: Path) -> None:
    [program] = blocks("python")
    (tmp_path / "change.py").write_text(program)
    command = [sys.executable, str(tmp_path / "change.py"), str(run.home)]
    weighed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)
    assert weighed["answered_again"] <= weighed["open_preparations"]
    assert {change["code"] for one in weighed["changes"] for change in one["items"]} <= {"medical_examination"}
