"""A partner of the platform as partners are: a client of its HTTP APIs that gives up late and never doubles."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

PATIENCE_S = 60.0
PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
RENEW_BEFORE_S = 60.0
TRANSIENT = {429, 502, 503}


class Refused(Exception):
    """The platform said no: ``problem`` is its problem document."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.problem: dict[str, Any] = response.json()
        super().__init__(f"{self.status} {self.slug}: {self.problem.get('detail')} {self.problem.get('errors', '')}")

    @property
    def slug(self) -> str:
        return str(self.problem.get("type", "")).removeprefix("urn:imdi:problem:")


class Platform:
    """The addresses of the services, and the connections to them."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self.http = httpx.AsyncClient(timeout=10, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def request(self, method: str, service: str, path: str, **how: Any) -> Any:
        """The JSON of the answer. A service that is away is asked again for a while, by the same request.

        ``Refused`` for any other error.
        """
        pause, end = PAUSE_S, time.monotonic() + PATIENCE_S
        while True:
            try:
                response = await self.http.request(method, self._urls[service] + path, **how)
            except httpx.TransportError:
                if time.monotonic() > end:
                    raise
            else:
                if response.is_success:
                    return response.json() if response.content else None
                in_flight = response.status_code == 409 and "in-flight" in response.text
                if not (in_flight or response.status_code in TRANSIENT) or time.monotonic() > end:
                    raise Refused(response)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


class Partner:
    """One client: it holds a token, names its commands, and asks again when it must."""

    def __init__(
        self, platform: Platform, name: str, client_id: str, client_secret: str, member_id: str | None
    ) -> None:
        self.platform = platform
        self.name = name
        self.client_id = client_id
        self.client_secret = client_secret
        self.member_id = member_id
        self._token = ""
        self._renew_at = 0.0

    @classmethod
    def of(cls, platform: Platform, name: str, client: Mapping[str, str | None]) -> Partner:
        return cls(platform, name, str(client["client_id"]), str(client["client_secret"]), client.get("member_id"))

    def client(self) -> dict[str, str | None]:
        """As ``run.json`` lists it."""
        return {"client_id": self.client_id, "client_secret": self.client_secret, "member_id": self.member_id}

    async def get(self, service: str, path: str) -> Any:
        return await self._send("GET", service, path)

    async def post(self, service: str, path: str, body: Any = None) -> Any:
        """Do a deed once, however often it has to be sent."""
        return await self._send("POST", service, path, body, {"Idempotency-Key": str(uuid4())})

    async def put(self, service: str, path: str, body: Any, etag: str | None = None) -> Any:
        return await self._send("PUT", service, path, body, {"If-Match": etag} if etag else {})

    async def until(
        self, service: str, path: str, condition: Callable[[Any], Any], patience_s: float = PATIENCE_S
    ) -> Any:
        """Read again and again until the condition holds of what is read; a 404 meanwhile is not there *yet*."""
        end = time.monotonic() + patience_s
        while True:
            try:
                found = await self.get(service, path)
            except Refused as refusal:
                if refusal.status != 404 or time.monotonic() > end:
                    raise
                found = None
            if found is not None and condition(found):
                return found
            if time.monotonic() > end:
                raise TimeoutError(f"{service} {path}: {found}")
            await asyncio.sleep(PAUSE_S)

    async def _send(
        self, method: str, service: str, path: str, body: Any = None, extra: dict[str, str] | None = None
    ) -> Any:
        for last in (False, True):
            headers = {"Authorization": f"Bearer {await self.bearer()}"} | (extra or {})
            try:
                return await self.platform.request(method, service, path, json=body, headers=headers)
            except Refused as refusal:
                if last or refusal.status != 401:
                    raise
                self._renew_at = 0.0
        raise AssertionError("unreachable")

    async def bearer(self) -> str:
        """A token that is good for a while."""
        if time.monotonic() >= self._renew_at:
            form = {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            }
            answer = await self.platform.request("POST", "registry", "/oauth/token", data=form)
            self._token = answer["access_token"]
            self._renew_at = time.monotonic() + answer["expires_in"] - RENEW_BEFORE_S
        return self._token
