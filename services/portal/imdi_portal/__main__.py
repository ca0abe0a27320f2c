"""``python -m imdi_portal serve``."""

from __future__ import annotations

import argparse

from imdi_portal.serving import serve
from imdi_portal.settings import Settings


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="portal", description="The one-stop shop over the four services.")
    parser.add_argument("role", choices=["serve"])
    parser.parse_args()
    serve(Settings())  # type: ignore[call-arg]  # the environment gives them


if __name__ == "__main__":
    main()
