"""What stands before the storm: a small law, and the members who will act under it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.storm import bodies
from tests.storm.wire import Client, Wire

MEMBERS = {
    "agency-1": ("recruitment_agency", bodies.ORIGIN, ()),
    "agency-2": ("recruitment_agency", bodies.ORIGIN, ()),
    "employer-1": ("employer", bodies.DESTINATION, ()),
    "employer-2": ("employer", bodies.DESTINATION, ()),
    "clinic": ("medical_provider", bodies.ORIGIN, ("medical_examination",)),
}


@dataclass
class World:
    """Who acts, and on which day."""

    wire: Wire
    today: date
    steward: Client
    clients: dict[str, Client] = field(default_factory=dict)
    ending: bool = False
    """Whether stories should come to their end."""

    def times(self, most: int) -> Iterator[int]:
        """Up to so many turns of a story, as long as the storm lasts."""
        for turn in range(most):
            if self.ending:
                return
            yield turn

    @property
    def agencies(self) -> list[Client]:
        return [self.clients["agency-1"], self.clients["agency-2"]]

    @property
    def employers(self) -> list[Client]:
        return [self.clients["employer-1"], self.clients["employer-2"]]

    def of(self, member_id: str) -> Client:
        return next(client for client in self.clients.values() if client.member_id == member_id)


async def furnish(wire: Wire, stewards: Mapping[str, Mapping[str, Any]], today: date) -> World:
    """Law and members, made over HTTP as anybody would; each is a command of the history."""
    steward, second = (Client(wire, name, stewards[name]) for name in ("steward", "steward-2"))
    world = World(wire, today, steward)
    await _make_law(steward, second, today)
    for name, (kind, country, items) in MEMBERS.items():
        world.clients[name] = await join(steward, name, bodies.member(name, kind, country, today, items))
    return world


def there(found: Mapping[str, Any]) -> bool:
    """Before the storm what was acknowledged is looked for: a platform that lies must still come to be judged."""
    return bool(found)


async def join(steward: Client, name: str, application: dict[str, Any]) -> Client:
    """A member, accredited, with a client of its own."""
    made = await steward.post("member.apply", "registry", "/v1/members", application, name=name)
    path = f"/v1/members/{made['id']}"
    await steward.until("registry", path, there)
    await steward.post("member.accredit", "registry", f"{path}/accreditation", {"note": "storm"}, subject=made["id"])
    await steward.until("registry", path, lambda found: found["status"] == "accredited")
    client = await steward.post("client.create", "registry", f"{path}/clients", {"name": name})
    if client["client_secret"] is None:  # the answer with the secret was lost on the way: a second client it is
        client = await steward.post("client.create", "registry", f"{path}/clients", {"name": name})
    return Client(steward.wire, name, client | {"member_id": made["id"]})


async def _make_law(steward: Client, second: Client, today: date) -> None:
    instrument = {
        "code": "STORM-2026",
        "title": "Convention of the storm",
        "type": "convention",
        "level": "international",
        "parties": [],
        "status": "in_force",
        "topics": ["recruitment"],
        "confidence": "primary",
    }
    made = await steward.post("instrument.enter", "legislation", "/v1/instruments", instrument)
    await steward.until("legislation", f"/v1/instruments/{made['id']}", there)
    for rule in bodies.rules(made["id"], today):
        drafted = await steward.post("rule.draft", "legislation", "/v1/rules", rule)
        path, code = f"/v1/rules/{drafted['id']}", rule["code"]
        await steward.until("legislation", path, there)
        await steward.post("rule.propose", "legislation", f"{path}/proposal", subject=drafted["id"])
        await steward.until("legislation", path, lambda found: found["status"] == "proposed")
        await second.post("rule.activate", "legislation", f"{path}/activation", {}, subject=code)
