"""``python -m imdi_portal serve``."""

from __future__ import annotations

import argparse

import uvicorn

from imdi_portal.app import create_app
from imdi_portal.settings import Settings

GRACE_S = 5


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="portal", description="The one-stop shop over the four services.")
    parser.add_argument("role", choices=["serve"])
    parser.parse_args()
    settings = Settings()  # type: ignore[call-arg]  # the environment gives them
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
    )


if __name__ == "__main__":
    main()
