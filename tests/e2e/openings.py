"""Preparations on any corridor, opened as partners open them: member, worker, vacancy, placement, agreement."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from imdi_local.demo import people
from imdi_local.demo.journey import EVIDENCE
from imdi_local.demo.partner import PATIENCE_S, Partner, Platform, Refused


@dataclass(frozen=True, slots=True)
class Offer:
    """Where to, as what, and on which terms: enough for the law of the corridor."""

    origin: str
    destination: str
    place: str
    occupation: str
    wage: dict[str, str]
    language: str
    contract: dict[str, Any]
    starts_in: timedelta

    def vacancy(self, today: date) -> dict[str, Any]:
        return people.vacancy(today, "0", retains_documents=False) | {
            "title": f"Work in {self.place}",
            "occupation": self.occupation,
            "employer": {"name": f"Demo Employer {self.place}", "kind": "company"},
            "destination": {"country": self.destination, "place": self.place},
            "origins": [self.origin],
            "wage": self.wage,
            "contract": people.vacancy(today, "0", retains_documents=False)["contract"] | self.contract,
            "worker_pays": [],
            "languages": [{"language": self.language, "level": "A2"}],
            "start_on": str(today + self.starts_in),
        }

    def worker(self, today: date) -> dict[str, Any]:
        passport = people.worker(today)["passport"] | {"issuing_country": self.origin}
        return people.worker(today) | {"nationality": self.origin, "country": self.origin, "passport": passport}

    def profile(self, today: date) -> dict[str, Any]:
        return people.profile(today) | {
            "occupations": [{"isco": self.occupation, "years": 4}],
            "languages": [{"language": self.language, "level": "B1"}],
            "destinations": [self.destination],
        }


KATHMANDU_PENANG = Offer(
    "NP", "MY", "Penang", "8160", {"amount": "1700.00", "currency": "MYR", "period": "month"}, "en", {},
    timedelta(days=60),
)  # fmt: skip
MANILA_MUNICH = Offer(
    "PH", "DE", "Munich", "2221", {"amount": "2800.00", "currency": "EUR", "period": "month"}, "de", {},
    timedelta(days=300),
)  # fmt: skip


async def join(
    platform: Platform, steward: Partner, name: str, kind: str, country: str, today: date, clients: int = 1
) -> list[Partner]:
    """An accredited member that performs no items, with some clients."""
    made = await steward.post("registry", "/v1/members", people.member(name, kind, country, today) | {"services": []})
    await steward.post("registry", f"/v1/members/{made['id']}/accreditation", {})
    path, member = f"/v1/members/{made['id']}/clients", {"member_id": made["id"]}
    told = [await steward.post("registry", path, {"name": f"client {number}"}) for number in range(clients)]
    return [Partner.of(platform, name, client | member) for client in told]


async def register(agency: Partner, offer: Offer, today: date) -> str:
    """A worker with a live profile for the offer; returns the worker's id."""
    worker_id = (await agency.post("registry", "/v1/workers", offer.worker(today)))["id"]
    await agency.put("matching", f"/v1/profiles/{worker_id}", offer.profile(today))
    await agency.until("matching", f"/v1/profiles/{worker_id}", lambda found: found["status"] == "live")
    return str(worker_id)


async def advertise(employer: Partner, offer: Offer, today: date) -> str:
    """A posted vacancy; returns its id."""
    vacancy_id = (await employer.post("matching", "/v1/vacancies", offer.vacancy(today)))["id"]
    path = f"/v1/vacancies/{vacancy_id}"
    judged = await employer.until("matching", path, lambda found: found["status"] != "submitted")
    assert judged["status"] == "posted", judged["breaches"]
    return str(vacancy_id)


async def agree(agency: Partner, employer: Partner, offer: Offer, vacancy_id: str, worker_id: str, today: date) -> Any:
    """Worker and employer agree; returns the preparation once the law has answered on it."""
    proposal = {"vacancy_id": vacancy_id, "worker_id": worker_id}
    placement_id = (await employer.post("matching", "/v1/placements", proposal))["id"]
    path = f"/v1/placements/{placement_id}"
    await agency.post("matching", f"{path}/acceptance", EVIDENCE)
    await employer.post("matching", f"{path}/selection")
    terms = {"wage": offer.wage, "departure_on": str(today + offer.starts_in)}
    await employer.post("matching", f"{path}/offer", terms)
    await agency.post("matching", f"{path}/agreement", EVIDENCE)
    listing = f"/v1/preparations?placement_id={placement_id}"
    listed = await agency.until("worker-prep", listing, lambda found: found["items"] and found["items"][0]["items"])
    return listed["items"][0]


async def once_known(deed: Callable[[], Awaitable[Any]]) -> Any:
    """Do a deed on what another service has to hear of first: a 404 is not there *yet*."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await deed()
        except Refused as refusal:
            if refusal.status != 404 or time.monotonic() > end:
                raise
        await asyncio.sleep(0.05)


def item(preparation: Any, code: str) -> Any:
    """An item of a preparation; None where it has no such item."""
    return next((one for one in preparation["items"] if one["code"] == code), None)
