"""The running platform under abuse: malformed requests, one key fifty times, kills amid a command, rolling restarts."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.abuse.__main__ import ids_of
from tests.abuse.fuzz import fuzz

from imdi_local.demo import people
from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner

pytestmark = pytest.mark.xdist_group("platform")
REQUESTS = 1500
READS = {
    "registry": "/v1/members?limit=2",
    "matching": "/v1/vacancies?limit=2",
    "legislation": "/v1/rules?limit=2",
    "worker-prep": "/v1/preparations?limit=2",
}


@pytest.mark.timeout(180)
async def test_malformed_requests_never_make_an_error_of_ours(
    new_journey: Callable[[], Journey], steward: Partner, run: Any
) -> None:
    journey = new_journey()
    async for _ in journey.steps():
        pass
    partners = [steward, *journey.partners.values()]
    verdict = await fuzz(run.told, partners, ids_of(journey), requests=REQUESTS, seed=20261125)
    assert verdict.faults == []
    assert verdict.statuses[422] > REQUESTS * 0.2  # most came far enough in to be judged
    assert verdict.statuses[200] > 0


class Doors:
    """Callers of a running platform, with their own connections."""

    def __init__(self, urls: dict[str, str], token: str) -> None:
        self.urls = urls
        self.headers = {"Authorization": f"Bearer {token}"}

    async def post(self, client: httpx.AsyncClient, path: str, body: Any, key: str) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": key}
        return await client.post(self.urls["registry"] + path, json=body, headers=headers)


@pytest.fixture
async def doors(run: Any, steward: Partner) -> Doors:
    return Doors(run.urls, await steward.bearer())


def application(name: str, today: Any) -> dict[str, Any]:
    return people.member(name, "civil_society", "PH", today)


async def members_called(doors: Doors, client: httpx.AsyncClient, name: str) -> int:
    found = await client.get(doors.urls["registry"] + "/v1/members", params={"q": name}, headers=doors.headers)
    return len(found.json()["items"])


@pytest.mark.timeout(120)
async def test_one_key_fifty_times_at_once_is_one_member_though_the_service_is_killed_amid_it(
    doors: Doors, run: Any, today: Any
) -> None:
    name, key = f"Abuse {uuid4().hex}", uuid4().hex
    body = application(name, today)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        tries = [asyncio.create_task(doors.post(client, "/v1/members", body, key)) for _ in range(50)]
        await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
        old = run.kill("registry")
        answers = await asyncio.gather(*tries, return_exceptions=True)
        told = [answer for answer in answers if isinstance(answer, httpx.Response)]
        assert {answer.status_code for answer in told} <= {201, 409, 503}
        await asyncio.to_thread(run.until_restarted, "registry", old)
        again = await doors.post(client, "/v1/members", body, key)
        assert again.status_code == 201
        assert {answer.json()["id"] for answer in told if answer.status_code == 201} <= {again.json()["id"]}
        other = await doors.post(client, "/v1/members", application(name + " other", today), key)
        assert (other.status_code, other.json()["type"]) == (422, "urn:imdi:problem:idempotency-key-reused")
        assert await members_called(doors, client, name) == 1


@pytest.mark.timeout(120)
async def test_the_key_of_a_revoked_client_does_nothing_more(
    doors: Doors, run: Any, steward: Partner, today: Any
) -> None:
    member = await steward.post("registry", "/v1/members", application(f"Abuse {uuid4().hex}", today))
    path = f"/v1/members/{member['id']}"
    await steward.post("registry", f"{path}/accreditation", {"note": "a test"})
    made = await steward.post("registry", f"{path}/clients", {"name": "one"})
    partner = Partner.of(steward.platform, "one", made | {"member_id": member["id"]})
    theirs, key = Doors(run.urls, await partner.bearer()), uuid4().hex
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        first = await theirs.post(client, f"{path}/clients", {"name": "two"}, key)
        again = await theirs.post(client, f"{path}/clients", {"name": "two"}, key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert (again.json()["client_id"], again.json()["client_secret"]) == (first.json()["client_id"], None)
        await steward.post("registry", f"{path}/suspension", {"reason": "a test"})
        refused = await theirs.post(client, f"{path}/clients", {"name": "two"}, key)
        assert refused.status_code in {401, 403}
        assert "client_id" not in refused.json()


@pytest.mark.timeout(240)
async def test_a_rolling_restart_under_load_fails_no_request(doors: Doors, run: Any) -> None:
    before = {name: run.pid(name) for name in READS}
    answers: Counter[Any] = Counter()
    done = asyncio.Event()

    async def read(number: int) -> None:
        kept = httpx.Limits(max_keepalive_connections=4 if number % 2 else 0)
        async with httpx.AsyncClient(timeout=60, trust_env=False, limits=kept) as client:
            while not done.is_set():
                for name, path in READS.items():
                    try:
                        answer = await client.get(doors.urls[name] + path, headers=doors.headers)
                        answers[name, answer.status_code] += 1
                    except httpx.TransportError as error:
                        answers[name, type(error).__name__] += 1

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(read(number))
        command = (sys.executable, "-m", "imdi_local", "restart", *READS, "--home", str(run.home))
        restarting = await asyncio.create_subprocess_exec(*command)
        assert await restarting.wait() == 0
        done.set()
    assert {what for _, what in answers} == {200}, answers
    assert all(run.pid(name) != old for name, old in before.items())


@pytest.mark.timeout(120)
async def test_a_service_told_to_end_ends_well_in_time_and_those_who_call_wait_for_the_next(
    doors: Doors, run: Any
) -> None:
    old = run.pid("matching")
    os.kill(old, signal.SIGTERM)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        async with asyncio.timeout(25):
            await asyncio.to_thread(run.until_restarted, "matching", old)
        answer = await client.get(doors.urls["matching"] + READS["matching"], headers=doors.headers)
    assert answer.status_code == 200
    assert "matching ended with status 0; starting it again" in (run.home / "up.log").read_text()
