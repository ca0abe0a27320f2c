"""The storm's clients: they name each command once, ask again while they do not know, and write down what they saw."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from uuid import UUID

import httpx
from tests.storm.history import History

PATIENCE_S = 6.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.5
RENEW_BEFORE_S = 120.0
CONNECTIONS = 24
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The request never left: nothing happened."""


class Over(Exception):
    """The storm ended before the answer came: the command stays unknown."""


class Refused(Exception):
    """Refused for certain."""

    def __init__(self, status: int, slug: str, *, doubted: bool = False) -> None:
        super().__init__(f"{status} {slug}")
        self.status = status
        self.slug = slug
        self.doubted = doubted
        """An earlier sending of the same command told nothing."""


class Wire:
    """Connections to the services, and everything that came back on them that must hold no personal data."""

    def __init__(self, urls: Mapping[str, str], history: History, chance: Random) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        timeout = httpx.Timeout(PATIENCE_S, pool=60)
        self.http = httpx.AsyncClient(timeout=timeout, limits=limits, trust_env=False)
        self.urls = urls
        self.history = history
        self.chance = chance
        self.over = asyncio.Event()
        self.errors: set[str] = set()
        """Distinct bodies of refusals."""
        self.unexpected: dict[str, int] = {}
        """5xx other than 503 and 504: a defect each, though no loss."""

    def new_key(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    async def attempt(self, method: str, service: str, path: str, **how: Any) -> httpx.Response:
        """One request; what comes back is kept where it is a refusal."""
        response = await self.http.request(method, self.urls[service] + path, **how)
        status = response.status_code
        if status >= 400 and len(self.errors) < 10_000:
            self.errors.add(response.text[:4000])
        if status >= 500 and status not in (503, 504):
            where = f"{status} {method} {service} {path.split('/')[2]}"
            self.unexpected[where] = self.unexpected.get(where, 0) + 1
        return response

    async def rest(self, pause: float) -> float:
        """Wait, and say how long to wait the next time. Raises Over."""
        if self.over.is_set():
            raise Over
        await asyncio.sleep(pause)
        return min(pause * 1.7, LONGEST_PAUSE_S)


class Client:
    """One member's client, or a steward's."""

    def __init__(self, wire: Wire, name: str, credentials: Mapping[str, str | None]) -> None:
        self.wire = wire
        self.name = name
        self.member_id = credentials.get("member_id")
        self._form = {
            "grant_type": "client_credentials",
            "client_id": credentials["client_id"],
            "client_secret": credentials["client_secret"],
        }
        self._token, self._renew_at = "", 0.0
        self._renewing = asyncio.Lock()

    async def post(
        self, kind: str, service: str, path: str, body: Any = None, *, subject: str | None = None, **said: Any
    ) -> dict[str, Any]:
        """A deed, done once however often it is sent. Raises Refused, or Over while it is unknown."""
        key = self.wire.new_key()
        number = self.wire.history.invoke(kind, subject, key, said)
        headers = {"Idempotency-Key": key}
        response = await self._until_known(number, "POST", service, path, body, headers)
        return self._acknowledged(number, subject, response)

    async def put(
        self,
        kind: str,
        service: str,
        path: str,
        body: Any,
        *,
        subject: str,
        etag: str | None,
        done: Callable[[dict[str, Any]], bool],
        read: str | None = None,
        **said: Any,
    ) -> dict[str, Any]:
        """A change by ETag. After a doubt, 412 may mean that it was ours: ``done`` says so of what is ``read`` then."""
        number = self.wire.history.invoke(kind, subject, self.wire.new_key(), said)
        doubted = False
        while True:
            headers = {"If-Match": etag} if etag else {}
            try:
                response = await self._until_known(number, "PUT", service, path, body, headers, settles=False)
                return self._acknowledged(number, subject, response)
            except Refused as refusal:
                doubted = doubted or refusal.doubted
                if refusal.status not in (412, 428):
                    self._refused(number, refusal, doubted=doubted)
            found = await self.get(service, read or path)
            if doubted and done(found):
                self.wire.history.ok(number, subject, {"by": "reading"})
                return found
            etag = found["_etag"]

    async def get(self, service: str, path: str) -> dict[str, Any]:
        """Read, however often it must be asked. Raises Refused, and Over."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                response = await self.wire.attempt("GET", service, path, headers=await self.bearer())
            except httpx.TransportError:
                pause = await self.wire.rest(pause)
                continue
            if response.is_success:
                found: dict[str, Any] = response.json()
                return found | {"_etag": response.headers.get("etag")}
            if not _again(response):
                raise Refused(response.status_code, _slug(response))
            pause = await self.wire.rest(pause)

    async def until(self, service: str, path: str, condition: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Read until it is so; a 404 is not there yet. Raises Over."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                found = await self.get(service, path)
            except Refused as refusal:
                if refusal.status != 404:
                    raise
            else:
                if condition(found):
                    return found
            pause = await self.wire.rest(pause)

    async def bearer(self) -> dict[str, str]:
        """A token that is good for a while yet."""
        async with self._renewing:
            pause = FIRST_PAUSE_S
            while time.monotonic() >= self._renew_at:
                try:
                    response = await self.wire.attempt("POST", "registry", "/oauth/token", data=self._form)
                except httpx.TransportError:
                    pause = await self.wire.rest(pause)
                    continue
                if response.is_success:
                    answer = response.json()
                    self._token = answer["access_token"]
                    self._renew_at = time.monotonic() + answer["expires_in"] - RENEW_BEFORE_S
                else:
                    pause = await self.wire.rest(pause)
        return {"Authorization": f"Bearer {self._token}"}

    async def _until_known(
        self,
        number: int,
        method: str,
        service: str,
        path: str,
        body: Any,
        extra: Mapping[str, str],
        *,
        settles: bool = True,
    ) -> httpx.Response:
        pause, doubted = FIRST_PAUSE_S, False
        while True:
            headers = await self.bearer() | dict(extra)
            try:
                response = await self.wire.attempt(method, service, path, json=body, headers=headers)
            except httpx.TransportError as error:
                doubted = doubted or not isinstance(error, NOT_SENT)
                self.wire.history.unknown(number, type(error).__name__)
                pause = await self.wire.rest(pause)
                continue
            if response.is_success:
                return response
            if _again(response):
                doubted = doubted or response.status_code >= 500
                self.wire.history.unknown(number, str(response.status_code))
                if response.status_code == 401:
                    self._renew_at = 0.0
                pause = await self.wire.rest(pause)
                continue
            refusal = Refused(response.status_code, _slug(response), doubted=doubted)
            if settles:
                self._refused(number, refusal, doubted=doubted)
            raise refusal

    def _refused(self, number: int, refusal: Refused, *, doubted: bool) -> None:
        """After a doubt a refusal proves nothing about the first sending, so the command stays unknown."""
        if not doubted:
            self.wire.history.fail(number, {"status": refusal.status, "slug": refusal.slug})
        raise refusal

    def _acknowledged(self, number: int, subject: str | None, response: httpx.Response) -> dict[str, Any]:
        found: dict[str, Any] = response.json()
        told = {"replayed": True} if response.headers.get("idempotency-replayed") else {}
        self.wire.history.ok(number, subject or str(found.get("id") or found.get("client_id")), told)
        return found | {"_etag": response.headers.get("etag")}


def _again(response: httpx.Response) -> bool:
    """Whether it may be answered otherwise: overload, a fault, a clock that is off, the same key in flight."""
    if response.status_code == 409:
        return _slug(response) == "idempotency-in-flight"
    return response.status_code in (401, 408, 429) or response.status_code >= 500


def _slug(response: httpx.Response) -> str:
    try:
        return str(response.json().get("type", "")).removeprefix("urn:imdi:problem:")
    except ValueError:
        return ""
