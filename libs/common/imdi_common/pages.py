"""``/docs``: the reference with its script and style from here, so that it works with the network off."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from imdi_common.problems import not_found

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parent / "static"
FILES = {"swagger-ui-bundle.js", "swagger-ui.css", "docs.js"}
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><main id="reference"></main>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/docs.js"></script></body></html>
"""


@router.get("/docs")
async def docs(request: Request) -> Response:
    page = PAGE.format(title=request.app.title)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


@router.get("/docs/{name}")
async def docs_file(name: str) -> Response:
    if name not in FILES:
        raise not_found()
    return FileResponse(STATIC / name, headers={"Cache-Control": "max-age=86400"})
