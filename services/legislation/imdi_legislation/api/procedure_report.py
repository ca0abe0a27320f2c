"""``/v1/procedures/{id}/report``: what a government can act on, as a page and as a PDF of the same page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from imdi_common.door import OWN, PUBLIC, Caller, door_router
from imdi_common.rate_limit import RateLimit
from imdi_legislation.api.analysis_shapes import figures, observed
from imdi_legislation.api.paper import as_pdf
from imdi_legislation.domain.findings import find, in_words
from imdi_legislation.queries.procedures import Analysed, analyse_procedure

router = door_router(prefix="/v1/procedures", tags=["procedures"])

HTML, PDF = "text/html", "application/pdf"
_LOCKED = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)
_PAGES.filters["words"] = in_words


@router.get(
    "/{procedure_id}/report",
    summary="Read a report to act on, as HTML or PDF (?format=pdf, or Accept: application/pdf)",
    response_class=Response,
    responses={200: {"content": {HTML: {"schema": {"type": "string"}}, PDF: {"schema": {"type": "string"}}}}},
    openapi_extra=PUBLIC | OWN,
)
async def report_procedure(
    procedure_id: UUID, door: Caller, wanted: Annotated[Literal["html", "pdf"] | None, Query(alias="format")] = None
) -> Response:
    limit: RateLimit = door.runtime.resources
    limit.demand(door.request, door.now)
    async with door.reading() as session:
        found = await analyse_procedure(session, procedure_id)
    page = _page(found, door.now.date())
    headers = {"Cache-Control": "no-store", "Vary": "Accept", "Content-Security-Policy": _LOCKED}
    if wanted == "html" or (wanted is None and not _asks_for_pdf(door.request)):
        return Response(page, headers=headers, media_type=HTML)
    shown = found.found.shown
    headers["Content-Disposition"] = f'inline; filename="{shown["code"]}-{shown["version"]}.pdf"'
    return Response(await as_pdf(page), headers=headers, media_type=PDF)


def _asks_for_pdf(request: Request) -> bool:
    """Whether a PDF is accepted and a page is not, or comes after it."""
    accepted = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")]
    return PDF in accepted and (HTML not in accepted or accepted.index(PDF) < accepted.index(HTML))


def _page(found: Analysed, made_on: date) -> str:
    shown = found.found.shown
    steps = [step | {"bases": _bases(step)} for step in shown["steps"]]
    return _PAGES.get_template("procedure_report.html").render(
        shown
        | {
            "steps": steps,
            "made_on": made_on,
            "findings": find(found.found.steps, found.analysis, found.observed),
            "figures": figures(found.analysis).model_dump(mode="json"),
            "observed": [observed(one).model_dump(mode="json") for one in found.observed],
        }
    )


def _bases(step: dict[str, Any]) -> list[dict[str, Any]]:
    limit = step["time_limit"]
    bases = [*([limit["basis"]] if limit else []), *step["basis"]]
    return [basis for number, basis in enumerate(bases) if basis not in bases[:number]]
