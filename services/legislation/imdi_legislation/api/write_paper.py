"""``python -m imdi_legislation.api.write_paper``: HTML in, PDF out, nothing fetched, within bounds."""

from __future__ import annotations

import resource
import sys

NO_LIBRARY = 3
"""The exit where WeasyPrint finds no Pango on the system."""
CPU_SECONDS = 25
MEMORY = 1024**3


def write() -> int:
    """Exit code of the process."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    page = sys.stdin.buffer.read().decode()
    try:
        from weasyprint import HTML  # noqa: PLC0415 - it looks for Pango when it is imported, which may be missing
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 - the same
    except OSError:
        return NO_LIBRARY
    nothing = URLFetcher(allowed_protocols=[])
    pdf = HTML(string=page, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1")
    sys.stdout.buffer.write(pdf or b"")
    return 0


if __name__ == "__main__":
    sys.exit(write())
