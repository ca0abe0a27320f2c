"""A page as PDF, written in a process of its own: it holds up nobody, and ends when it takes too long or too much."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from imdi_common.problems import Problem, unavailable
from imdi_common.telemetry import logger
from imdi_legislation.api.turns import Turns
from imdi_legislation.api.write_paper import NO_LIBRARY

SECONDS = 30.0
AT_ONCE = 2
THERE = 8
LARGEST = 10 * 1024 * 1024
"""Bytes of a PDF."""
KNOWN = {"LANG": "C.UTF-8"}
"""All that the writer is told of where it runs: no secret of the service."""
_TURNS = Turns(AT_ONCE, THERE)


async def as_pdf(page: str, seconds: float = SECONDS) -> bytes:
    """The page as PDF; 503 where too many are asked for, where it takes too long, or where Pango is not installed."""
    async with _TURNS.one("Too many reports are being written; try again, or ask for HTML."):
        return await _write(page, seconds)


async def _write(page: str, seconds: float) -> bytes:
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "imdi_legislation.api.write_paper"), stdin=pipe, stdout=pipe, stderr=nowhere, env=KNOWN
    )
    try:
        async with asyncio.timeout(seconds):
            pdf, _ = await writer.communicate(page.encode())
    except TimeoutError:
        logger().error("report_too_slow", seconds=seconds)
        raise unavailable("The report takes too long to write as PDF; ask for HTML.") from None
    finally:
        if writer.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                writer.kill()
            await writer.wait()
    if writer.returncode == NO_LIBRARY:
        raise Problem("pdf-unavailable", 503, "This installation writes no PDF: it lacks Pango. Ask for HTML.")
    if writer.returncode or not pdf.startswith(b"%PDF") or len(pdf) > LARGEST:
        logger().error("report_not_written", code=writer.returncode, size=len(pdf))
        raise unavailable("The report could not be written as PDF; ask for HTML.")
    return pdf
