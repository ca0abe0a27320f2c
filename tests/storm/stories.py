"""What goes on during a storm: each story is one subject's course, told by its partners one command after another.

Commands of one subject follow each other, so that their order is known; subjects go on side by side.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

from tests.storm import bodies
from tests.storm.wire import Client
from tests.storm.world import World

Story = Callable[[World, Random], Awaitable[None]]
EVIDENCE = {"kind": "signed_form", "reference": f"{bodies.MARK}form"}
PURPOSES = ("matching", "preparation")
QUIET_KINDS = ("civil_society", "diaspora_organization", "international_organization")
TIME_TO_PREPARE = timedelta(days=45)


async def vacancy_comes_and_goes(world: World, chance: Random) -> None:
    """Posted, then paused and posted, amended, judged anew, at last closed or left."""
    owner = chance.choice(world.employers)
    vacancy = await lawful_vacancy(world, chance, owner, chance.choice([None, f"{bodies.MARK}haus"]))
    path, etag = f"/v1/vacancies/{vacancy['id']}", vacancy["_etag"]
    for _ in world.times(chance.randint(8, 40)):
        if chance.random() < 0.12:
            vacancy = await amend(owner, vacancy | {"_etag": etag}, chance, judged=chance.random() < 0.3)
            vacancy = await owner.until("matching", path, lambda found: found["status"] != "submitted")
            etag = vacancy["_etag"]
            continue
        await owner.post("vacancy.pause", "matching", f"{path}/pause", subject=vacancy["id"])
        etag = (await owner.post("vacancy.resume", "matching", f"{path}/resumption", subject=vacancy["id"]))["_etag"]
    if chance.random() < 0.6:
        reason = {"reason": f"{bodies.MARK} said so"}
        await owner.post("vacancy.close", "matching", f"{path}/closure", reason, subject=vacancy["id"])


async def unlawful_vacancy(world: World, chance: Random) -> None:
    """Returned by the law; or corrected before the law has spoken, and corrected again."""
    owner = chance.choice(world.employers)
    title = f"Storm {bodies.token(chance)}"
    terms = bodies.vacancy(world.today, title, bodies.UNLAWFUL_WAGE)
    vacancy = await owner.post("vacancy.submit", "matching", "/v1/vacancies", terms, title=title, lawful=False)
    path = f"/v1/vacancies/{vacancy['id']}"
    for _ in world.times(chance.randint(0, 4)):
        if chance.random() < 0.4:
            vacancy = await owner.until("matching", path, lambda found: found["status"] != "submitted")
        vacancy = await amend(owner, vacancy, chance, judged=True, lawful=chance.random() < 0.5)


async def worker_consents(world: World, chance: Random) -> None:
    """Registered, claimed, then consent given and withdrawn, and other claims made."""
    agency = chance.choice(world.agencies)
    worker_id = await registered(world, chance, agency, *chance.sample(PURPOSES, chance.randint(0, 2)))
    path, years = f"/v1/workers/{worker_id}/consents", 1
    claim = await claimed(world, agency, worker_id, years, None)
    for _ in world.times(chance.randint(8, 40)):
        if chance.random() < 0.1:
            years += 1
            claim = await claimed(world, agency, worker_id, years, claim["_etag"])
            continue
        said = {"purpose": chance.choice(PURPOSES), "given": chance.random() < 0.6}
        await agency.post("worker.consent", "registry", path, said, subject=worker_id, **said)


async def member_comes_and_goes(world: World, chance: Random) -> None:
    """Applies, is accredited, suspended and reinstated, perhaps withdraws."""
    name = f"Storm member {bodies.token(chance)}"
    application = bodies.member(name, chance.choice(QUIET_KINDS), bodies.ORIGIN, world.today)
    made = await world.steward.post("member.apply", "registry", "/v1/members", application, name=name)

    async def move(kind: str, what: str, body: dict[str, str]) -> None:
        path = f"/v1/members/{made['id']}/{what}"
        await world.steward.post(f"member.{kind}", "registry", path, body, subject=made["id"])

    if chance.random() < 0.1:
        return
    await move("accredit", "accreditation", {})
    for _ in world.times(chance.randint(3, 20)):
        await move("suspend", "suspension", {"reason": "storm"})
        await move("reinstate", "reinstatement", {})
    if chance.random() < 0.3:
        await move("withdraw", "withdrawal", {})


async def journey(world: World, chance: Random) -> None:
    """A worker from the registration to the arrival; some stop on the way."""
    agency, owner = chance.choice(world.agencies), chance.choice(world.employers)
    placement_id = await placed(world, chance, agency, owner)
    if chance.random() < 0.15:
        return
    preparation_id = await made_ready(world, chance, agency, placement_id)
    if chance.random() > 0.2:
        await go(world, agency, owner, preparation_id, placement_id)


async def placed(world: World, chance: Random, agency: Client, owner: Client) -> str:
    """A worker registered, claimed, live, and agreed upon: the placement."""
    worker_id = await registered(world, chance, agency, *PURPOSES)
    await claimed(world, agency, worker_id, 3, None)
    vacancy = await lawful_vacancy(world, chance, owner, None)
    await agency.until("matching", f"/v1/profiles/{worker_id}", lambda found: found["status"] == "live")
    return await agreed(world, agency, owner, vacancy["id"], worker_id, chance)


async def made_ready(world: World, chance: Random, agency: Client, placement_id: str) -> str:
    """Everything that the law asks is done, and the placement is ready: the preparation."""
    preparation = await opened(agency, placement_id)
    path = f"/v1/preparations/{preparation['id']}"
    newcomer = chance.random() < 0.5
    preparation = await answer(agency, preparation, {"worker.facts.newcomer": newcomer})
    preparation = await agency.until("worker-prep", path, lambda found: _assigned(found, newcomer=newcomer))
    await prepare(world, agency, preparation, chance)
    await agency.until("worker-prep", path, lambda found: found["status"] == "cleared")
    await agency.until("matching", f"/v1/placements/{placement_id}", lambda found: found["status"] == "ready")
    return str(preparation["id"])


async def prepare(world: World, agency: Client, preparation: dict[str, Any], chance: Random) -> None:
    """Some items are booked first; each gets its result, from whoever it is assigned to."""
    path, today = f"/v1/preparations/{preparation['id']}/items", str(world.today)
    for item in preparation["items"]:
        code, subject = item["code"], preparation["id"]
        if item["status"] == "not_applicable":
            continue
        if chance.random() < 0.5:
            day = {"on": str(world.today + timedelta(days=3))}
            await agency.post("item.book", "worker-prep", f"{path}/{code}/bookings", day, subject=subject, item=code)
        performer = world.of(item["assigned_to"]["member_id"])
        result = {"outcome": "cleared", "performed_on": today, "issued_on": today, "reference": f"{bodies.MARK}paper"}
        await performer.post("item.result", "worker-prep", f"{path}/{code}/results", result, subject=subject, item=code)


async def go(world: World, agency: Client, owner: Client, preparation_id: str, placement_id: str) -> None:
    path, day = f"/v1/preparations/{preparation_id}", str(world.today)
    await agency.post(
        "preparation.depart", "worker-prep", f"{path}/departure", {"departed_on": day}, subject=preparation_id
    )
    await agency.until("matching", f"/v1/placements/{placement_id}", lambda found: found["status"] == "deployed")
    await owner.post(
        "preparation.arrive", "worker-prep", f"{path}/arrival", {"arrived_on": day}, subject=preparation_id
    )


async def registered(world: World, chance: Random, agency: Client, *purposes: str) -> str:
    body = bodies.worker(chance, world.today, *purposes)
    said = {"birth_date": body["birth_date"], "consents": sorted(purposes), "controller": agency.member_id}
    return str((await agency.post("worker.register", "registry", "/v1/workers", body, **said))["id"])


async def claimed(world: World, agency: Client, worker_id: str, years: int, etag: str | None) -> dict[str, Any]:
    return await agency.put(
        "profile.claim",
        "matching",
        f"/v1/profiles/{worker_id}",
        bodies.profile(world.today, years),
        subject=worker_id,
        etag=etag,
        done=lambda found: bool(found["occupations"][0]["years"] == years),
        years=years,
    )


async def lawful_vacancy(world: World, chance: Random, owner: Client, household: str | None) -> dict[str, Any]:
    title = f"Storm {bodies.token(chance)}"
    terms = bodies.vacancy(world.today, title, bodies.LAWFUL_WAGE, household=household)
    made = await owner.post("vacancy.submit", "matching", "/v1/vacancies", terms, title=title, lawful=True)
    path = f"/v1/vacancies/{made['id']}"
    return await owner.until("matching", path, lambda found: found["status"] == "posted")


TERMS = (
    "title", "occupation", "employer", "destination", "origins", "positions", "wage", "contract", "worker_pays",
    "languages", "skills", "start_on", "closes_on",
)  # fmt: skip


async def amend(
    owner: Client, vacancy: dict[str, Any], chance: Random, *, judged: bool, lawful: bool = True
) -> dict[str, Any]:
    """Another title; and where it is ``judged``, another wage with it."""
    title = f"Storm {bodies.token(chance)}"
    terms = {name: vacancy[name] for name in TERMS} | {"title": title}
    terms["contract"] = {name: value for name, value in vacancy["contract"].items() if value is not None}
    if judged:
        least = bodies.LAWFUL_WAGE if lawful else bodies.UNLAWFUL_WAGE
        cents = chance.randrange(10_000)
        terms["wage"] = {"amount": f"{float(least) + cents / 100:.2f}", "currency": "EUR", "period": "month"}
        lawful = float(terms["wage"]["amount"]) >= 500
    said: dict[str, Any] = {"title": title, "judged": judged} | ({"lawful": lawful} if judged else {})
    return await owner.put(
        "vacancy.amend",
        "matching",
        f"/v1/vacancies/{vacancy['id']}",
        terms,
        subject=vacancy["id"],
        etag=vacancy["_etag"],
        done=lambda found: bool(found["title"] == title),
        **said,
    )


async def agreed(world: World, agency: Client, owner: Client, vacancy_id: str, worker_id: str, chance: Random) -> str:
    """Proposed by either side, and agreed on."""
    by_controller = chance.random() < 0.5
    proposer = agency if by_controller else owner
    proposal = {"vacancy_id": vacancy_id, "worker_id": worker_id}
    made = await proposer.post("placement.propose", "matching", "/v1/placements", proposal, accepted=by_controller)
    path, subject = f"/v1/placements/{made['id']}", made["id"]
    evidence, wage = {"evidence": EVIDENCE}, {"amount": "900.00", "currency": "EUR", "period": "month"}
    terms = {"wage": wage, "departure_on": str(world.today + TIME_TO_PREPARE)}
    if not by_controller:
        await agency.post("placement.accept", "matching", f"{path}/acceptance", evidence, subject=subject)
    await owner.post("placement.select", "matching", f"{path}/selection", subject=subject)
    await owner.post("placement.offer", "matching", f"{path}/offer", terms, subject=subject)
    await agency.post("placement.agree", "matching", f"{path}/agreement", evidence, subject=subject, vacancy=vacancy_id)
    return str(subject)


async def opened(agency: Client, placement_id: str) -> dict[str, Any]:
    """The preparation that the agreement opens, once the law has answered."""
    listed = await agency.until(
        "worker-prep", f"/v1/preparations?placement_id={placement_id}", lambda one: one["items"]
    )
    path = f"/v1/preparations/{listed['items'][0]['id']}"
    return await agency.until("worker-prep", path, lambda found: found["requirements_id"] and found["items"])


async def answer(agency: Client, preparation: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/preparations/{preparation['id']}"
    return await agency.put(
        "preparation.facts",
        "worker-prep",
        f"{path}/facts",
        facts,
        read=path,
        subject=preparation["id"],
        etag=preparation["_etag"],
        done=lambda found: facts.items() <= found["facts"].items(),
        facts=facts,
    )


def _assigned(found: dict[str, Any], *, newcomer: bool) -> bool:
    """The law has answered the fact, and each item is somebody's."""
    statuses = {item["code"]: item["status"] for item in found["items"]}
    answered = statuses.get("orientation") not in (
        (None, "unknown", "not_applicable") if newcomer else (None, "unknown")
    )
    open_items = [item for item in found["items"] if item["status"] != "not_applicable"]
    return answered and all(item["assigned_to"] for item in open_items)


STORIES: dict[Story, int] = {
    vacancy_comes_and_goes: 5,
    unlawful_vacancy: 2,
    worker_consents: 4,
    member_comes_and_goes: 3,
    journey: 3,
}
"""Each with its share of the stories begun."""
STEADY: dict[Story, int] = {worker_consents: 1, member_comes_and_goes: 1}
"""Those that wait for no event: they go on while the broker is away."""
