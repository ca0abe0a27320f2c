"""Who calls: bearer tokens (RFC 9068 ``at+jwt``) verified offline from the issuer's published keys."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from imdi_common.actor import Actor, Tenant
from imdi_common.clock import Clock
from imdi_common.database import Database
from imdi_common.mechanics import known_keys
from imdi_common.problems import forbidden, unauthorized, unavailable
from imdi_common.telemetry import logger

ALGORITHMS = ["ES256", "Ed25519"]
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type
LEEWAY_S = 60
REFRESH_S = 60.0
CACHED_TOKENS = 2048


class Keys:
    """The issuer's public keys: fetched again each minute, and remembered in the service's own database."""

    def __init__(self, issuer: str, jwks_url: str, database: Database) -> None:
        self._issuer = issuer
        self._url = jwks_url
        self._database = database
        self.current: KeySet | None = None
        self.tried = asyncio.Event()
        """Set once they were looked for: before that a process had better not accept anyone."""

    async def run(self) -> None:
        """Keep the keys fresh for ever."""
        while True:
            fresh = await self._fetch() or (self.current is None and await self._recall())
            self.tried.set()
            await asyncio.sleep(REFRESH_S if fresh else 1.0)

    async def _fetch(self) -> bool:
        try:
            async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
                document = (await client.get(self._url)).raise_for_status().json()
            self.current = KeySet.import_key_set(document)
            async with self._database.transaction() as session:
                row = insert(known_keys).values(issuer=self._issuer, jwks=document)
                await session.execute(
                    row.on_conflict_do_update(index_elements=["issuer"], set_={"jwks": row.excluded.jwks})
                )
        except Exception as error:  # noqa: BLE001 - the issuer may be away in any way; the keys we have stay good
            logger().info("keys_not_fetched", error=type(error).__name__)
            return False
        return True

    async def _recall(self) -> bool:
        try:
            async with self._database.transaction() as session:
                document = await session.scalar(select(known_keys.c.jwks).where(known_keys.c.issuer == self._issuer))
        except Exception:  # noqa: BLE001 - without a database the service is not ready anyway
            return False
        self.current = KeySet.import_key_set(document) if document else None
        return self.current is not None


class Verifier:
    """Turns an ``Authorization`` header into an actor; ``standing`` gives the newer of token and local copy."""

    def __init__(
        self,
        audience: str,
        issuer: str,
        keys: Callable[[], KeySet | None],
        clock: Clock,
        standing: Callable[[Tenant], Awaitable[Tenant]] | None = None,
    ) -> None:
        self._audience = audience
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._standing = standing
        self._verified: dict[bytes, dict[str, Any]] = {}

    def ready(self) -> bool:
        """Whether the issuer's keys are known."""
        return self._keys() is not None

    async def actor(self, authorization: str | None) -> Actor:
        """The caller; 401 without a good token, 403 where its member may not act now."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized()
        claims = self._claims(token.strip())
        tenant = await self._tenant(claims.get("member"))
        scopes = frozenset(str(claims.get("scope", "")).split())
        return Actor(client_id=str(claims["client_id"]), scopes=scopes, tenant=tenant)

    def _claims(self, token: str) -> dict[str, Any]:
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        claims = self._verified.get(digest) or self._verify(token)
        now = self._clock.now().timestamp()
        if not claims["iat"] - LEEWAY_S <= now < claims["exp"] + LEEWAY_S:
            raise unauthorized("The token has expired, or its clock and ours differ.")
        if len(self._verified) >= CACHED_TOKENS:
            self._verified.clear()
        self._verified[digest] = claims
        return claims

    def _verify(self, token: str) -> dict[str, Any]:
        keys = self._keys()
        if keys is None:
            raise unavailable("The issuer's keys are not known yet; try again.")
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, UnicodeError, RecursionError) as error:
            raise unauthorized() from error
        claims, header = decoded.claims, decoded.header
        audience = claims.get("aud")
        times = all(isinstance(claims.get(name), int) for name in ("iat", "exp"))
        good = (
            header.get("typ") == TOKEN_TYPE
            and claims.get("iss") == self._issuer
            and isinstance(claims.get("client_id"), str)
            and self._audience in (audience if isinstance(audience, list) else [audience])
        )
        if not (good and times):
            raise unauthorized()
        return dict(claims)

    async def _tenant(self, claim: dict[str, Any] | None) -> Tenant | None:
        if not claim:
            return None
        until = claim["licensed_until"]
        tenant = Tenant(
            id=UUID(claim["id"]),
            kind=claim["kind"],
            country=claim["country"],
            status=claim["status"],
            licensed_until=date.fromisoformat(until) if until else None,
            sequence=claim["sequence"],
        )
        tenant = await self._standing(tenant) if self._standing else tenant
        if tenant.status != "accredited":
            raise forbidden("The member is not accredited now.")
        return tenant
