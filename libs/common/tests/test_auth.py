"""Whom a token names: keys that come and go, standing, the clock's skew, and what is remembered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import KeySet

from imdi_common.actor import Actor, Tenant
from imdi_common.auth import CACHED_TOKENS, LEEWAY_S, Keys, Verifier
from imdi_common.database import Database
from imdi_common.problems import Problem
from imdi_local.testing.plugin import FixedClock
from imdi_local.testing.tokens import ISSUER, LIFETIME_S, Mint

AUDIENCE = "urn:imdi:sample"
MEMBER = {"id": uuid4(), "kind": "employer", "country": "SA"}


@dataclass
class Issuer:
    """An HTTP address that gives a key set, or whatever it is told to."""

    body: str
    status: str = "200 OK"
    asked: int = 0
    url: str = field(default="", init=False)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        head = f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.body.encode())}\r\nConnection: close\r\n\r\n"
        writer.write((head + self.body).encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def published(body: str, status: str = "200 OK") -> AsyncIterator[Issuer]:
    issuer = Issuer(body, status)
    server = await asyncio.start_server(issuer.answer, "127.0.0.1", 0)
    issuer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
    async with server:
        yield issuer


@asynccontextmanager
async def kept_fresh(keys: Keys) -> AsyncIterator[Keys]:
    task = asyncio.create_task(keys.run())
    try:
        yield keys
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def key_text(mint: Mint) -> str:
    return json.dumps(mint.public.as_dict(private=False))


def names(keys: KeySet | None) -> list[Any]:
    return [key.thumbprint() for key in keys.keys] if keys else []


@pytest.fixture
def known(eventually: Callable[..., Any]) -> Callable[[Keys], Awaitable[Any]]:
    async def wait(keys: Keys) -> Any:
        async def there() -> bool:
            return keys.current is not None and keys.tried.is_set()  # and remembered

        return await eventually(there)

    return wait


async def test_keys_are_fetched_and_survive_a_restart_without_the_issuer(
    database: Database, mint: Mint, known: Callable[..., Any]
) -> None:
    async with published(key_text(mint)) as issuer, kept_fresh(Keys(ISSUER, issuer.url, database)) as keys:
        await known(keys)
        assert names(keys.current) == names(mint.public)
    async with kept_fresh(Keys(ISSUER, issuer.url, database)) as restarted:
        await known(restarted)
        assert names(restarted.current) == names(mint.public)


async def test_another_issuers_keys_are_not_taken_from_memory(database: Database, mint: Mint) -> None:
    async with published(key_text(mint)) as issuer:
        assert await Keys(ISSUER, issuer.url, database)._fetch()
    other = Keys("http://elsewhere", issuer.url, database)
    assert not await other._recall()
    assert other.current is None


@pytest.mark.parametrize(
    ("body", "status"), [("{", "200 OK"), ("[]", "200 OK"), ("{}", "503 Unavailable"), ('{"keys": 1}', "200 OK")]
)
async def test_a_broken_answer_leaves_the_keys_as_they_are(
    body: str, status: str, database: Database, mint: Mint
) -> None:
    async with published(key_text(mint)) as issuer:
        keys = Keys(ISSUER, issuer.url, database)
        assert await keys._fetch()
        issuer.body, issuer.status = body, status
        assert not await keys._fetch()
        assert names(keys.current) == names(mint.public)
        assert await Keys(ISSUER, issuer.url, database)._recall()


async def test_turned_keys_replace_the_old_ones_in_memory_and_in_the_database(database: Database, mint: Mint) -> None:
    newer = Mint()
    async with published(key_text(mint)) as issuer:
        keys = Keys(ISSUER, issuer.url, database)
        assert await keys._fetch()
        issuer.body = key_text(newer)
        assert await keys._fetch()
        assert names(keys.current) == names(newer.public)
    again = Keys(ISSUER, issuer.url, database)
    assert await again._recall()
    assert names(again.current) == names(newer.public)


async def test_with_the_database_away_fetched_keys_are_good_all_the_same(mint: Mint) -> None:
    away = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    async with published(key_text(mint)) as issuer:
        keys = Keys(ISSUER, issuer.url, away)
        await keys._fetch()
        assert names(keys.current) == names(mint.public)
    assert not await Keys(ISSUER, issuer.url, away)._recall()
    await away.close()


class Desk:
    """A verifier and the tokens to try on it."""

    def __init__(self, mint: Mint, clock: FixedClock) -> None:
        self.mint, self.clock = mint, clock
        self.keys: KeySet | None = mint.public
        self.asked = 0
        self.copy: Tenant | None = None
        self.verifier = Verifier(AUDIENCE, ISSUER, self.give_keys, clock, self.standing)

    def give_keys(self) -> KeySet | None:
        self.asked += 1
        return self.keys

    async def standing(self, tenant: Tenant) -> Tenant:
        return self.copy if self.copy and self.copy.sequence > tenant.sequence else tenant

    def header(self, member: dict[str, Any] | None = None, **claims: Any) -> str:
        return f"Bearer {self.mint.token([AUDIENCE], 'partner ops', member, self.clock.now(), **claims)}"

    async def refused(self, header: str | None) -> tuple[int, str]:
        with pytest.raises(Problem) as problem:
            await self.verifier.actor(header)
        return problem.value.status, problem.value.slug


@pytest.fixture
def desk(mint: Mint, clock: FixedClock) -> Desk:
    return Desk(mint, clock)


async def test_a_token_names_client_scopes_and_tenant(desk: Desk) -> None:
    actor = await desk.verifier.actor(desk.header(MEMBER))
    assert actor.scopes == {"partner", "ops"}
    assert actor.tenant == Tenant(UUID(str(MEMBER["id"])), "employer", "SA", "accredited", date(2027, 12, 31), 1)
    assert actor.tenant_id == MEMBER["id"]
    assert actor.member is actor.tenant
    assert not actor.is_steward


async def test_a_client_of_the_platform_acts_for_no_member(desk: Desk) -> None:
    actor = await desk.verifier.actor(desk.header())
    assert (actor.tenant, actor.tenant_id) == (None, None)
    with pytest.raises(Problem) as refused:
        _ = actor.member
    assert refused.value.status == 403
    assert Actor("x", frozenset({"steward"}), None).is_steward


async def test_a_licence_without_an_end_has_none(desk: Desk) -> None:
    actor = await desk.verifier.actor(desk.header(MEMBER | {"licensed_until": None}))
    assert actor.member.licensed_until is None


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eHg6eQ==", "bearer", "Token x"])
async def test_without_a_bearer_token_nobody_calls(header: str | None, desk: Desk) -> None:
    assert await desk.refused(header) == (401, "unauthorized")


async def test_the_scheme_is_read_in_any_case(desk: Desk) -> None:
    token = desk.header().removeprefix("Bearer ")
    assert (await desk.verifier.actor(f"bEARER {token}")).client_id == "client-partner ops"


async def test_a_verifier_without_keys_is_not_ready_and_refuses(desk: Desk) -> None:
    desk.keys = None
    assert not desk.verifier.ready()
    assert await desk.refused(desk.header()) == (503, "unavailable")
    desk.keys = desk.mint.public
    assert desk.verifier.ready()


@pytest.mark.parametrize(
    ("after_s", "good"),
    [
        (-LEEWAY_S - 1, False),
        (-LEEWAY_S, True),
        (0, True),
        (LIFETIME_S + LEEWAY_S - 1, True),
        (LIFETIME_S + LEEWAY_S, False),
    ],
)
@pytest.mark.parametrize("seen_before", [False, True])
async def test_clocks_may_differ_by_a_minute(after_s: int, good: bool, seen_before: bool, desk: Desk) -> None:
    header = desk.header()
    if seen_before:
        await desk.verifier.actor(header)
    desk.clock.advance(timedelta(seconds=after_s))
    if good:
        assert (await desk.verifier.actor(header)).scopes
    else:
        assert await desk.refused(header) == (401, "unauthorized")


async def test_a_token_is_verified_once_and_only_whole(desk: Desk) -> None:
    header = desk.header()
    await desk.verifier.actor(header)
    asked = desk.asked
    await desk.verifier.actor(header)
    assert desk.asked == asked
    assert await desk.refused(header[:-1]) == (401, "unauthorized")


async def test_what_is_remembered_of_tokens_is_bounded(desk: Desk) -> None:
    verified = desk.verifier._verified
    verified.update({str(number).encode(): {} for number in range(CACHED_TOKENS)})
    await desk.verifier.actor(desk.header())
    assert len(verified) == 1


@pytest.mark.parametrize("status", ["suspended", "applied", "withdrawn", "Accredited"])
async def test_a_member_that_is_not_accredited_may_not_act(status: str, desk: Desk) -> None:
    assert await desk.refused(desk.header(MEMBER | {"status": status})) == (403, "forbidden")


@pytest.mark.parametrize(
    ("token", "copied", "copy_sequence", "may"),
    [
        ("accredited", "suspended", 2, False),
        ("accredited", "suspended", 1, True),
        ("suspended", "accredited", 2, True),
        ("suspended", "accredited", 1, False),
        ("accredited", "accredited", 2, True),
    ],
)
async def test_the_newer_of_token_and_copy_counts(
    token: str, copied: str, copy_sequence: int, may: bool, desk: Desk
) -> None:
    tenant = Tenant(UUID(str(MEMBER["id"])), "employer", "SA", copied, None, copy_sequence)
    desk.copy = tenant
    header = desk.header(MEMBER | {"status": token, "sequence": 1})
    if may:
        assert (await desk.verifier.actor(header)).tenant
    else:
        assert await desk.refused(header) == (403, "forbidden")


async def test_a_member_that_falls_is_refused_though_its_token_is_remembered(desk: Desk) -> None:
    header = desk.header(MEMBER)
    tenant = (await desk.verifier.actor(header)).member
    desk.copy = replace(tenant, status="suspended", sequence=2)
    assert await desk.refused(header) == (403, "forbidden")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "urn:imdi:other"},
        {"aud": None},
        {"aud": []},
        {"iss": None},
        {"client_id": 7},
        {"iat": None},
        {"exp": "2030"},
        {"exp": 1.5},
    ],
)
async def test_a_claim_of_another_kind_is_refused(claims: dict[str, Any], desk: Desk) -> None:
    assert await desk.refused(desk.header(**claims)) == (401, "unauthorized")


async def test_an_audience_may_be_one_text(desk: Desk) -> None:
    assert (await desk.verifier.actor(desk.header(aud=AUDIENCE))).scopes
