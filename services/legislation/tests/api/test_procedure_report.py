"""The report as a page and as a PDF of the same page, and the analysis with what was observed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.legislation.tests.api.conftest import INSTRUMENT_ID, PROCEDURE_ID, Send, Stage
from services.legislation.tests.api.procedure_body import procedure_body
from services.legislation.tests.conftest import Cases

from imdi_common.problems import Problem
from imdi_legislation.api.paper import THERE, as_pdf
from imdi_legislation.storage.observed_items import observe

HAS_PANGO = (
    subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, check=False).returncode == 0
)
"""Whether the system has the library that WeasyPrint lays text out with."""


class Outline(HTMLParser):
    """What of a page a reader of screens goes by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.lang: str | None = None
        self.unscoped = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.lang = dict(attrs).get("lang", self.lang)
        self.unscoped += tag == "th" and "scope" not in dict(attrs)


@pytest.fixture
async def path(stage: Stage) -> str:
    await stage.procedure()
    return f"/v1/procedures/{stage.ids[PROCEDURE_ID]}"


async def test_the_page_can_be_read_aloud_and_tells_findings_first(send: Send, path: str) -> None:
    answer = await send("GET", f"{path}/report", "anybody")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    outline = Outline(answer.text)
    assert (outline.lang, outline.tags.count("h1"), outline.tags.count("title"), outline.unscoped) == ("en", 1, 1, 0)
    assert outline.tags.count("table") == outline.tags.count("caption") == 3
    assert "script" not in outline.tags
    assert answer.text.index("Ask once: “passport” is asked 3 times") < answer.text.index("The procedure in figures")
    assert answer.text.count("Basis:") >= 5
    assert "fewer than ten cases" in answer.text


async def test_what_was_written_into_a_procedure_stays_text(send: Send, stage: Stage, path: str) -> None:
    steps = [{"code": "a", "title": "<script>alert(1)</script>", "actor": "worker", "note": "<img src=x>"}]
    body = procedure_body(stage.ids[INSTRUMENT_ID], steps=steps, title="<b>bold</b>")
    made = await send("POST", "/v1/procedures", "government", body)
    page = (await send("GET", f"/v1/procedures/{made.json()['id']}/report", "anybody")).text
    assert {"script", "img", "b"}.isdisjoint(Outline(page).tags)


@pytest.mark.parametrize(
    ("query", "accept", "pdf"),
    [
        ("?format=pdf", "text/html", True),
        ("", "application/pdf", True),
        ("", "text/html, application/pdf", False),
        ("?format=html", "application/pdf", False),
    ],
)
async def test_a_pdf_is_told_by_its_format_or_by_what_is_accepted(
    send: Send, path: str, query: str, accept: str, pdf: bool
) -> None:
    answer = await send("GET", f"{path}/report{query}", "anybody", Accept=accept)
    if not pdf:
        assert answer.headers["content-type"].startswith("text/html")
    elif HAS_PANGO:
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-disposition"] == 'inline; filename="ph-sa-domestic-1.pdf"'
    else:
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:imdi:problem:pdf-unavailable")


async def test_another_format_is_refused(send: Send, path: str) -> None:
    assert (await send("GET", f"{path}/report?format=doc", "anybody")).status_code == 422


async def test_who_takes_too_long_is_stopped_and_nobody_waits_for_it() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(tick())
    with pytest.raises(Problem) as refused:
        await as_pdf("<p>x", seconds=0.05)
    beside.cancel()
    assert refused.value.status == 503
    assert ticks > 10


async def test_where_too_many_ask_at_once_the_last_is_told_to_come_again() -> None:
    asked = [as_pdf("<p>x", seconds=0.05) for _ in range(THERE + 1)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    told = [answer.detail for answer in answers if isinstance(answer, Problem)]
    assert len(told) == THERE + 1
    assert sum("Too many" in detail for detail in told) == 1
    assert "Too many" in told[-1]


@pytest.mark.skipif(not HAS_PANGO, reason="no Pango: nothing is written")
async def test_the_writer_fetches_nothing() -> None:
    came: list[str] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append("somebody")
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = f"http://127.0.0.1:{port}/x"
    pdf = await as_pdf(f"<link rel=stylesheet href='{address}'><img src='{address}'><img src='file:///etc/hostname'>x")
    server.close()
    await server.wait_closed()
    assert pdf.startswith(b"%PDF-")
    assert came == []


async def test_the_analysis_tells_what_was_observed_of_ten_cases(send: Send, stage: Stage, path: str) -> None:
    async with stage.database.transaction() as session:
        for number in range(10):
            cases = Cases(session)
            await cases.open()
            row: dict[str, Any] = {
                "preparation_id": UUID(cases.preparation_id), "worker_id": UUID(cases.worker_id), "failed": False,
                "required_on": None, "sequence": 1,
            }  # fmt: skip
            days = {"booked_on": date(2026, 11, 1), "cleared_on": date(2026, 11, 1 + number)}
            await observe(session, [row | {"item": "medical_examination"} | days])
    body = (await send("GET", f"{path}/analysis", "anybody")).json()
    told = {one["step"]: one for one in body["observed"]}
    assert told["clearance"]["suppressed"] is True
    assert told["medical"] == {
        "step": "medical", "item": "medical_examination", "limit_days": 2, "suppressed": False, "cases": 10,
        "p50_days": 4, "p90_days": 8, "median_over_limit": True, "p90_over_limit": True, "failed_share": None,
    }  # fmt: skip
    assert body["observed_time"]["longest_path_days"] == 4
    assert "over_limit" in {finding["kind"] for finding in body["findings"]}


@pytest.mark.parametrize("deed", ["", "/analysis", "/report", "/difference?with=01936000-0000-7000-8000-00000000dead"])
async def test_of_no_procedure_there_is_nothing_to_read(send: Send, deed: str) -> None:
    assert (await send("GET", f"/v1/procedures/{uuid4()}{deed}", "anybody")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([{"change": "paint", "step": "a"}], "changes.0"),
        ([{"change": "remove"}], "changes.0.remove.step"),
        ([{"change": "remove", "step": "contract", "x": 1}], "changes.0.remove.x"),
        ([{"change": "merge", "steps": ["contract"]}], "changes.0.merge.steps"),
        ([{"change": "reorder", "step": "contract", "add": ["clearance"]}], "changes.0"),
        ("all", "changes"),
    ],
)
async def test_a_change_that_cannot_be_made_is_named(send: Send, path: str, changes: Any, field: str) -> None:
    answer = await send("POST", f"{path}/what-if", "anybody", {"changes": changes})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
