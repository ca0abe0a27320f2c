"""How a client's secret is made and stored."""

from __future__ import annotations

import hashlib

SECRET_BYTES = 32


def digest(secret: str) -> bytes:
    """How a secret is stored: random ones of 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
