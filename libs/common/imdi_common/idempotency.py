"""Idempotency-Key: a command sent twice is done once, and answered the same.

The record is written in the command's own transaction. It keeps the status and what was made, never the body:
the answer is rendered again, so no copy of personal data lies about and rights stay current.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.election import lock_number
from imdi_common.mechanics import idempotency
from imdi_common.problems import Problem, conflict

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Command:
    """One command as its client named it; ``fingerprint`` covers method, path and body."""

    client_id: str
    operation: str
    key: str
    fingerprint: bytes


def checked_key(header: str | None) -> str:
    """The key of a request: 1 to 255 visible ASCII characters, quoted or bare; 400 without one."""
    key = (header or "").strip().removeprefix('"').removesuffix('"')
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        detail = "This request needs an Idempotency-Key header of 1 to 255 visible ASCII characters."
        raise Problem("idempotency-key-missing", 400, detail)
    return key


def fingerprint(method: str, path: str, body: Any) -> bytes:
    """A hash of what is asked; the order of a body's members does not matter."""
    canonical = json.dumps([method, path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()


async def earlier(session: AsyncSession, command: Command) -> tuple[int, str] | None:
    """The status and reference of the same command done before, or none.

    409 while the same key is in flight in another transaction; 422 where it was used for another request.
    """
    number = lock_number(f"{command.client_id}\n{command.operation}\n{command.key}")
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        problem = conflict("idempotency-in-flight", "A request with this Idempotency-Key is being done.")
        problem.headers["Retry-After"] = "1"
        raise problem
    found = select(idempotency.c.fingerprint, idempotency.c.status, idempotency.c.reference).where(
        idempotency.c.client_id == command.client_id,
        idempotency.c.operation == command.operation,
        idempotency.c.key == command.key,
    )
    row = (await session.execute(found)).first()
    if row is None:
        return None
    if row.fingerprint != command.fingerprint:
        raise Problem("idempotency-key-reused", 422, "This Idempotency-Key was used for another request.")
    return row.status, row.reference


async def remember(session: AsyncSession, command: Command, status: int, reference: str, now: datetime) -> None:
    """Record that the command is done."""
    await session.execute(
        idempotency.insert().values(
            client_id=command.client_id,
            operation=command.operation,
            key=command.key,
            fingerprint=command.fingerprint,
            status=status,
            reference=reference,
            recorded_at=now,
        )
    )
