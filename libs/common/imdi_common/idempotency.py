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

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.database import fetched
from imdi_common.election import lock_number
from imdi_common.problems import Problem, conflict

LONGEST_KEY = 255
FREE = "select pg_try_advisory_xact_lock($1)"
EARLIER = "select fingerprint, status, reference from idempotency where client_id = $1 and operation = $2 and key = $3"
"""A statement after the lock, and not the same: it must see what the lock's last holder has committed."""
REMEMBER = """
insert into idempotency (client_id, operation, key, fingerprint, status, reference, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7) returning status
"""


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
    free = await fetched(session, FREE, lock_number(f"{command.client_id}\n{command.operation}\n{command.key}"))
    if not (free and free[0]):
        problem = conflict("idempotency-in-flight", "A request with this Idempotency-Key is being done.")
        problem.headers["Retry-After"] = "1"
        raise problem
    row = await fetched(session, EARLIER, command.client_id, command.operation, command.key)
    if row is None:
        return None
    if row.fingerprint != command.fingerprint:
        raise Problem("idempotency-key-reused", 422, "This Idempotency-Key was used for another request.")
    return row.status, row.reference


async def remember(session: AsyncSession, command: Command, status: int, reference: str, now: datetime) -> None:
    """Record that the command is done."""
    named = (command.client_id, command.operation, command.key, command.fingerprint)
    await fetched(session, REMEMBER, *named, status, reference, now)
