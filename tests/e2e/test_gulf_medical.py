"""A medical for the Gulf holds 90 days, then 60: weighed before it is law, and followed by those it concerns alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from tests.e2e.openings import KATHMANDU_PENANG, advertise, agree, item, join, register

from imdi_local.demo.journey import Journey
from imdi_local.demo.partner import Partner, Platform, Refused

pytestmark = pytest.mark.xdist_group("platform")
CODE, ITEM = "gcc-medical", "medical_examination"
CLOSED = {"departed", "arrived", "checked", "closed"}
DETERMINED = "org.imdi.requirements.determined.v1"
DRAFTED = (
    "code", "kind", "scope", "when", "effect", "effective", "transition", "confidence", "verified_on", "verified_by",
    "source", "note",
)  # fmt: skip


class Medical:
    """The rule on the medical, in the hands of two stewards: it names a group, and no country of its own."""

    def __init__(self, drafter: Partner, second: Partner, shipped: dict[str, Any]) -> None:
        self.drafter = drafter
        self.second = second
        self.shipped = shipped

    async def draft(self, validity: str, begins: date, **other: Any) -> str:
        """The next version, holding so long from a day on; returns its id."""
        body = {name: self.shipped[name] for name in DRAFTED} | {
            "effect": self.shipped["effect"] | {"validity": validity},
            "basis": _stated(self.shipped["basis"]),
            "effective": {"from": str(begins)},
        }
        return str((await self.drafter.post("legislation", "/v1/rules", body | other))["id"])

    async def enact(self, rule_id: str) -> Any:
        """Proposed by one person, activated by another."""
        path = f"/v1/rules/{rule_id}"
        await self.drafter.post("legislation", f"{path}/proposal")
        with pytest.raises(Refused) as alone:
            await self.drafter.post("legislation", f"{path}/activation")
        assert alone.value.status == 403
        return await self.second.post("legislation", f"{path}/activation")


def _stated(basis: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"instrument": one["instrument"], "provision": one["provision"]} for one in basis]


@pytest_asyncio.fixture
async def medical(run: Any, platform: Platform, steward: Partner, today: date) -> AsyncIterator[Medical]:
    """The rule as shipped; it is law again, from today on, when the story is over."""
    second = Partner.of(platform, "steward-2", run.told["clients"]["steward-2"])
    listed = await steward.get("legislation", f"/v1/rules?code={CODE}&status=active")
    [shipped] = listed["items"]
    rule = Medical(steward, second, shipped)
    yield rule
    disputed = [one | {"basis": _stated(one["basis"])} for one in shipped["disputed"]]
    await rule.enact(await rule.draft(shipped["effect"]["validity"], today, disputed=disputed))


async def test_ninety_days_become_sixty_for_those_who_go_to_the_gulf_and_for_nobody_else(
    new_journey: Callable[[], Journey],
    medical: Medical,
    platform: Platform,
    steward: Partner,
    today: date,
    read_topics: Callable[[], Any],
) -> None:
    journey = new_journey()
    async for step in journey.steps():
        if step == "plan":
            break
    manila, kathmandu = journey.partners["demo-agency-ph"], journey.partners["demo-agency-np"]
    to_riyadh = f"/v1/preparations/{journey.preparation_id}"
    [factory] = await join(platform, steward, "Demo Factory Penang", "employer", "MY", today)
    vacancy_id = await advertise(factory, KATHMANDU_PENANG, today)
    worker_id = await register(kathmandu, KATHMANDU_PENANG, today)
    opened = await agree(kathmandu, factory, KATHMANDU_PENANG, vacancy_id, worker_id, today)
    to_penang = f"/v1/preparations/{opened['id']}"

    await medical.enact(await medical.draft("P90D", today - timedelta(days=2)))
    ninety = await manila.until("worker-prep", to_riyadh, lambda found: item(found, ITEM)["validity"] == "P90D")

    draft = await medical.draft("P60D", today - timedelta(days=1))
    weighed = await medical.drafter.post("legislation", f"/v1/rules/{draft}/impact")
    gulf = await _open_in_the_gulf(manila)
    assert journey.preparation_id in gulf
    assert opened["id"] not in gulf
    _only_they_change(weighed, gulf)
    assert (await manila.get("worker-prep", to_riyadh))["requirements_id"] == ninety["requirements_id"]

    before = await _determined(read_topics)
    assert opened["id"] in before
    enacted = await medical.enact(draft)
    sixty = await manila.until("worker-prep", to_riyadh, lambda found: item(found, ITEM)["validity"] == "P60D")
    assert sixty["requirements_id"] != ninety["requirements_id"]
    assert sixty["revision"] == ninety["revision"]
    governing = item(sixty, ITEM)["governed_by"]["validity"]
    assert (governing["code"], governing["version"]) == (CODE, enacted["version"])
    for preparation_id in gulf:
        path = f"/v1/preparations/{preparation_id}"
        await manila.until("worker-prep", path, lambda found: item(found, ITEM)["validity"] == "P60D")

    unchanged = await kathmandu.get("worker-prep", to_penang)
    assert unchanged["requirements_id"] == opened["requirements_id"]
    later = {"departure_on": str(date.fromisoformat(opened["departure_on"]) + timedelta(days=1))}
    await kathmandu.put("worker-prep", f"{to_penang}/departure-date", later, etag="*")
    await kathmandu.until("worker-prep", to_penang, lambda found: found["requirements_id"] != opened["requirements_id"])
    new = {subject: events - before.get(subject, set()) for subject, events in (await _determined(read_topics)).items()}
    assert len(new.pop(opened["id"])) == 1  # the answer to its own new day, before which the law's change told nothing
    assert {subject for subject, events in new.items() if events} == gulf


async def _open_in_the_gulf(agency: Partner) -> set[str]:
    """The agency's open preparations for Saudi Arabia: those of other stories too, for the platform is shared."""
    listed = await agency.get("worker-prep", "/v1/preparations?limit=200")
    assert listed["next"] is None
    return {one["id"] for one in listed["items"] if one["destination"] == "SA" and one["status"] not in CLOSED}


def _only_they_change(weighed: dict[str, Any], gulf: set[str]) -> None:
    assert weighed["open_preparations"] > weighed["changed"] == weighed["answered_again"] == len(gulf)
    assert {one["preparation_id"] for one in weighed["changes"]} == gulf
    for change in weighed["changes"]:
        [changed] = change["items"]
        assert (changed["code"], changed["change"]) == (ITEM, "changed")
        assert changed["attributes"]["validity"] == {"before": "P90D", "after": "P60D"}
        assert (change["bars_changed"], change["criteria_changed"]) == (False, False)
    assert weighed["newly_infeasible"] == 0
    assert (weighed["vacancies"]["breached"], weighed["vacancies"]["newly_breached"]) == (0, [])


async def _determined(read_topics: Callable[[], Any]) -> dict[str, set[str]]:
    """The ids of all determinations ever announced, by preparation."""
    found: dict[str, set[str]] = {}
    for _, envelope, _ in await read_topics():
        if envelope.type == DETERMINED:
            found.setdefault(envelope.subject, set()).add(str(envelope.event_id))
    return found
