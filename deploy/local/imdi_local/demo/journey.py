"""One worker's journey from the Philippines to domestic work in Saudi Arabia, step by step.

Every step is a partner's own request; whatever crosses services arrives by events. Each step may be interrupted: the
partners ask again by the same command.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from imdi_local.demo import people
from imdi_local.demo.partner import Partner, Platform, Refused
from imdi_local.demo.story import Story

TIME_TO_PREPARE = timedelta(days=28)
EVIDENCE = {"evidence": {"kind": "signed_form", "reference": "DEMO-CONSENT-1"}}


class Journey:
    """The journey's state: who takes part, and what has come of it."""

    def __init__(
        self, platform: Platform, steward: Partner, today: date, story: Story, partners: dict[str, Partner]
    ) -> None:
        """``partners`` are members from an earlier journey; who is missing joins in the first step."""
        self._platform = platform
        self._steward = steward
        self._today = today
        self._story = story
        self.partners = partners
        self.person = people.worker(today)
        self.worker_id = self.vacancy_id = self.placement_id = self.preparation_id = ""
        self.returned: dict[str, Any] = {}
        self.refusal: dict[str, Any] = {}
        self.preparation: dict[str, Any] = {}
        self.placement: dict[str, Any] = {}

    async def steps(self) -> AsyncIterator[str]:
        """Do the journey; yields the name of each step when it is done."""
        for step in (
            self.gather_members,
            self.register_worker,
            self.refuse_unlawful_vacancy,
            self.post_vacancy,
            self.shortlist,
            self.place,
            self.plan,
            self.refuse_early_departure,
            self.prepare,
            self.depart,
            self.arrive,
        ):
            await step()
            yield step.__name__

    async def gather_members(self) -> None:
        missing = {name: member for name, member in people.MEMBERS.items() if name not in self.partners}
        for name, (title, kind, country) in missing.items():
            self.partners[name] = await self._join(name, people.member(title, kind, country, self._today))
        names = ", ".join(title for title, _, _ in people.MEMBERS.values())
        self._story.step(f"[bold]Members accredited[/bold] (all synthetic): {names}")

    async def _join(self, name: str, application: dict[str, Any]) -> Partner:
        """A member with a client; one that an interrupted start has left is taken up where it stands."""
        steward = self._steward
        member = await self._left(application["name"]) or await steward.post("registry", "/v1/members", application)
        path = f"/v1/members/{member['id']}"
        if member["status"] == "applied":
            await steward.post("registry", f"{path}/accreditation", {"note": "demonstration"})
        client = await steward.post("registry", f"{path}/clients", {"name": name})
        return Partner.of(self._platform, name, client | {"member_id": member["id"]})

    async def _left(self, title: str) -> Any:
        found = await self._steward.get("registry", f"/v1/members?q={quote(title)}")
        known = (one for one in found["items"] if one["name"] == title and one["status"] in ("applied", "accredited"))
        return next(known, None)

    async def register_worker(self) -> None:
        agency = self.partners["demo-agency-ph"]
        self.worker_id = (await agency.post("registry", "/v1/workers", self.person))["id"]
        profile = f"/v1/profiles/{self.worker_id}"
        await agency.put("matching", profile, people.profile(self._today))
        await agency.until("matching", profile, lambda found: found["status"] == "live")
        self._story.step("[bold]Worker registered[/bold] by Demo Agency Manila; matching knows an opaque id and skills")

    async def refuse_unlawful_vacancy(self) -> None:
        employer = self.partners["demo-employer-sa"]
        unlawful = people.vacancy(self._today, "1200.00", retains_documents=True)
        made = await employer.post("matching", "/v1/vacancies", unlawful)
        self.vacancy_id = made["id"]
        self.returned = await employer.until(
            "matching", f"/v1/vacancies/{self.vacancy_id}", lambda found: found["status"] != "submitted"
        )
        self._story.step(f"[bold]Vacancy {self.returned['status']}[/bold]: 1200 SAR a month, keeps the passport")
        self._story.breaches(self.returned["breaches"])

    async def post_vacancy(self) -> None:
        employer, path = self.partners["demo-employer-sa"], f"/v1/vacancies/{self.vacancy_id}"
        lawful = people.vacancy(self._today, "1600.00", retains_documents=False)
        await employer.put("matching", path, lawful, etag="*")
        posted = await employer.until("matching", path, lambda found: found["status"] == "posted")
        self._story.step(f"[bold]Vacancy corrected and posted[/bold], revision {posted['revision']}: lawful")

    async def shortlist(self) -> None:
        employer, path = self.partners["demo-employer-sa"], f"/v1/vacancies/{self.vacancy_id}/shortlist?limit=10"
        found = await employer.until("matching", path, self._candidate)
        candidate = self._candidate(found)
        self._story.step(f"[bold]Shortlist[/bold] with reasons, score {candidate['score']}")
        for criterion in candidate["criteria"]:
            self._story.step(f"   {criterion['criterion']}: {criterion['outcome']}")
            self._story.basis(criterion.get("basis") or [])

    def _candidate(self, listed: dict[str, Any]) -> Any:
        return next((item for item in listed["items"] if item["worker_id"] == self.worker_id), None)

    async def place(self) -> None:
        employer, agency = self.partners["demo-employer-sa"], self.partners["demo-agency-ph"]
        proposal = {"vacancy_id": self.vacancy_id, "worker_id": self.worker_id}
        self.placement_id = (await employer.post("matching", "/v1/placements", proposal))["id"]
        path = f"/v1/placements/{self.placement_id}"
        wage = {"amount": "1600.00", "currency": "SAR", "period": "month"}
        offer = {"wage": wage, "departure_on": str(self._today + TIME_TO_PREPARE)}
        await agency.post("matching", f"{path}/acceptance", EVIDENCE)
        await employer.post("matching", f"{path}/selection")
        await employer.post("matching", f"{path}/offer", offer)
        agreed = await agency.post("matching", f"{path}/agreement", EVIDENCE)
        self._story.step(f"[bold]Proposed, accepted, selected, offered, {agreed['status']}[/bold]")

    async def plan(self) -> None:
        agency = self.partners["demo-agency-ph"]
        path = f"/v1/preparations?placement_id={self.placement_id}"
        listed = await agency.until("worker-prep", path, lambda found: found["items"])
        self.preparation_id = listed["items"][0]["id"]
        await self._follow(lambda found: found["items"] and all(item["assigned_to"] for item in found["items"]))
        late = self.preparation["departure_on"]
        self._story.step(f"[bold]The law determines {len(self.preparation['items'])} items[/bold], departure on {late}")
        self._story.plan(self.preparation["items"])

    async def _follow(self, condition: Any) -> None:
        agency, path = self.partners["demo-agency-ph"], f"/v1/preparations/{self.preparation_id}"
        self.preparation = await agency.until("worker-prep", path, condition)

    async def refuse_early_departure(self) -> None:
        try:
            await self._depart()
        except Refused as refusal:
            self.refusal = refusal.problem
            self._story.step(f"[bold]Departure refused[/bold] ({refusal.slug}): {self.refusal['detail']}")
        else:
            raise AssertionError("a worker departed who was not cleared")

    async def _depart(self) -> Any:
        path = f"/v1/preparations/{self.preparation_id}/departure"
        return await self.partners["demo-agency-ph"].post("worker-prep", path, {"departed_on": str(self._today)})

    async def prepare(self) -> None:
        by_member = {partner.member_id: partner for partner in self.partners.values()}
        for item in _in_order(self.preparation["items"]):
            partner = by_member[item["assigned_to"]["member_id"]]
            path = f"/v1/preparations/{self.preparation_id}/items/{item['code']}/results"
            done = await partner.post("worker-prep", path, self._result(item["code"]))
            until = f", valid until {done['valid_until']}" if done.get("valid_until") else ""
            self._story.step(f"[bold]{item['title']}[/bold]: {done['status']}{until}")
            self._story.basis(item["basis"][:1])
        await self._follow(lambda found: found["status"] == "cleared")
        self._story.step("[bold]Cleared to depart[/bold]")

    def _result(self, code: str) -> dict[str, Any]:
        expires = {"expires_on": str(self._today + 4 * people.YEAR)} if code == "passport" else {}
        day = str(self._today)
        return {"outcome": "cleared", "performed_on": day, "issued_on": day, "reference": f"DEMO-{code}", **expires}

    async def depart(self) -> None:
        await self._depart()
        await self._settle("deployed")
        self._story.step("[bold]Departed[/bold]; the placement is deployed")

    async def arrive(self) -> None:
        path = f"/v1/preparations/{self.preparation_id}/arrival"
        await self.partners["demo-employer-sa"].post("worker-prep", path, {"arrived_on": str(self._today)})
        await self._follow(lambda found: found["status"] == "arrived")
        await self._settle("completed")
        self._story.step("[bold]Arrived[/bold] in Riyadh")

    async def _settle(self, status: str) -> None:
        path = f"/v1/placements/{self.placement_id}"
        employer = self.partners["demo-employer-sa"]
        self.placement = await employer.until("matching", path, lambda found: found["status"] == status)


def _in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Prerequisites first."""
    done: set[str] = set()
    waiting, ordered = list(items), []
    known = {item["code"] for item in items}
    while waiting:
        ready = next(item for item in waiting if set(item["after"]) & known <= done)
        waiting.remove(ready)
        done.add(ready["code"])
        ordered.append(ready)
    return ordered
