"""Client credentials become an access token (RFC 6749 §4.4, RFC 8707, RFC 9068)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Tenant
from imdi_registry.storage.clients import digest
from imdi_registry.storage.members import tenant_of
from imdi_registry.storage.signing_keys import ALGORITHM, Ring
from imdi_registry.storage.tables import Client, Member

LIFETIME_S = 600
AUDIENCES = tuple(f"urn:imdi:{service}" for service in ("registry", "matching", "legislation", "worker-prep"))
_NOBODY = bytes(32)


class TokenRefusedError(Exception):
    """An error of the token endpoint, as RFC 6749 §5.2 names it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True)
class TokenRequest:
    client_id: str
    client_secret: str
    scope: str | None
    resources: Sequence[str]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: the registry's public address, and its keys."""

    name: str
    ring: Ring


async def issue_token(session: AsyncSession, asked: TokenRequest, issuer: Issuer, now: datetime) -> dict[str, Any]:
    """The token answer of RFC 6749 §5.1. A suspended member's client gets one too: it says so, and opens nothing."""
    client = await session.get(Client, asked.client_id)
    right = hmac.compare_digest(digest(asked.client_secret), client.secret_digest if client else _NOBODY)
    if client is None or not right:
        raise TokenRefusedError("invalid_client", "The client is unknown, or its secret is wrong.", 401)
    scope = _scope(asked.scope, client.scopes)
    if not set(asked.resources) <= set(AUDIENCES):
        raise TokenRefusedError("invalid_target", "A resource is one of the platform's four services.")
    member = await session.get(Member, client.member_id) if client.member_id else None
    claims = {
        "iss": issuer.name,
        "sub": client.id,
        "client_id": client.id,
        "aud": list(dict.fromkeys(asked.resources)) or list(AUDIENCES),
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + LIFETIME_S,
        "jti": secrets.token_urlsafe(16),
        "scope": scope,
        "member": _claim(tenant_of(member)) if member else None,
    }
    key = issuer.ring.signing(now)
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": str(key.kid)}
    token = jwt.encode(header, claims, key, algorithms=[ALGORITHM])
    return {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S, "scope": scope}


def _scope(asked: str | None, allowed: Sequence[str]) -> str:
    wanted = list(dict.fromkeys((asked or "").split())) or list(allowed)
    if not set(wanted) <= set(allowed):
        raise TokenRefusedError("invalid_scope", "The client has not all of these scopes.")
    return " ".join(wanted)


def _claim(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": str(tenant.id),
        "kind": tenant.kind,
        "country": tenant.country,
        "status": tenant.status,
        "licensed_until": tenant.licensed_until.isoformat() if tenant.licensed_until else None,
        "sequence": tenant.sequence,
    }
