"""What registry's tests share: synthetic people, and the machine-readable zones of their passports."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from imdi_common.service import Service
from imdi_registry.app import SERVICE
from imdi_registry.domain.identity import Identity, Passport
from imdi_registry.domain.mrz import check_digit
from imdi_registry.storage.sealing import MasterKey

MASTER_SECRET = bytes(range(32))
os.environ["IMDI_REGISTRY_MASTER_KEY"] = base64.b64encode(MASTER_SECRET).decode()
Write = Callable[..., list[str]]
_SEX = {"female": "F", "male": "M", "unspecified": "<"}


def write_td3(
    *,
    number: str = "PA1234567",
    issuer: str = "NPL",
    nationality: str = "NPL",
    birth: str = "960402",
    sex: str = "F",
    expiry: str = "310501",
    personal: str = "",
    names: str = "TAMANG<<MAYA",
) -> list[str]:
    """A booklet's two lines with right check digits."""
    number, personal = number.ljust(9, "<"), personal.ljust(14, "<")
    personal_digit = "<" if not personal.strip("<") else check_digit(personal)
    document, birth, expiry = (text + check_digit(text) for text in (number, birth, expiry))
    composite = check_digit(document + birth + expiry + personal + personal_digit)
    second = f"{document}{nationality.ljust(3, '<')}{birth}{sex}{expiry}{personal}{personal_digit}{composite}"
    return [f"P<{issuer.ljust(3, '<')}{names}".ljust(44, "<"), second]


def zone_for(identity: Identity, issuer: str = "NPL", nationality: str = "NPL") -> list[str]:
    """The zone that agrees with an identity."""
    return write_td3(
        number=identity.passport.number,
        issuer=issuer,
        nationality=nationality,
        birth=f"{identity.birth_date:%y%m%d}",
        sex=_SEX[identity.sex],
        expiry=f"{identity.passport.expires_on:%y%m%d}",
    )


@pytest.fixture
def td3() -> Write:
    return write_td3


@pytest.fixture
def zone() -> Callable[..., list[str]]:
    return zone_for


@pytest.fixture
def maya() -> Identity:
    """A synthetic person."""
    return Identity(
        given_names="Maya",
        family_name="Tamang",
        birth_date=date(1996, 4, 2),
        sex="female",
        nationality="NP",
        country="NP",
        passport=Passport(number="PA1234567", issuing_country="NP", expires_on=date(2031, 5, 1)),
        phone="+9779800000000",
        email="maya@example.org",
    )


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def master() -> MasterKey:
    return MasterKey(MASTER_SECRET)


def application(name: str = "Himal Manpower", kind: str = "recruitment_agency", country: str = "NP") -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "country": country,
        "contact_email": "ops@example.org",
        "licences": [
            {
                "type": "recruitment",
                "number": "NP-1234",
                "issuer": "Department of Foreign Employment",
                "valid_from": "2026-01-01",
                "valid_until": "2027-01-01",
            }
        ],
        "services": [
            {"service": "medical_examination", "country": "NP", "place": "Kathmandu", "destinations": ["MY", "SA"]}
        ],
    }


def worker_request(number: str = "PA1234567", **changed: Any) -> dict[str, Any]:
    """Maya, as a clerk types her in, with the lines of her passport."""
    return {
        "given_names": "Maya",
        "family_name": "Tamang",
        "birth_date": "1996-04-02",
        "sex": "female",
        "nationality": "NP",
        "country": "NP",
        "passport": {
            "number": number,
            "issuing_country": "NP",
            "expires_on": "2031-05-01",
            "mrz": write_td3(number=number),
        },
        "phone": "+9779800000000",
        "email": "maya@example.org",
        "consents": [{"purpose": "matching"}, {"purpose": "preparation"}],
    } | changed


@dataclass
class Desk:
    """Sends what people at their desks send, as whom one says."""

    client: AsyncClient
    token: Callable[..., dict[str, str]]
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def headers(self, who: str | None) -> dict[str, str]:
        if who is None:
            return {}
        if who == "steward":
            return self.token(scopes="steward ops")
        member = self.members[who]
        return self.token(member={name: member[name] for name in ("id", "kind", "country")} | {"sequence": 1})

    async def send(
        self, method: str, path: str, who: str | None, json: Any = None, key: str | None = None, **more: Any
    ) -> Response:
        headers = self.headers(who) | more.pop("headers", {})
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        content = {} if json is None else {"json": json}
        return await self.client.request(method, path, headers=headers, **content, **more)

    async def post(self, path: str, who: str | None, json: Any = None, **more: Any) -> Response:
        return await self.send("POST", path, who, json, **more)

    async def get(self, path: str, who: str | None, **more: Any) -> Response:
        return await self.send("GET", path, who, **more)

    async def join(self, name: str, kind: str = "recruitment_agency", country: str = "NP") -> str:
        """A member that applied and was accredited; its id."""
        applied = await self.post("/v1/members", None, application(name, kind, country))
        assert applied.status_code == 201, applied.text
        member_id: str = applied.json()["id"]
        accredited = await self.post(f"/v1/members/{member_id}/accreditation", "steward", {"note": "papers seen"})
        assert accredited.status_code == 200, accredited.text
        self.members[name] = accredited.json()
        return member_id

    async def register(self, who: str, number: str = "PA1234567", **changed: Any) -> str:
        registered = await self.post("/v1/workers", who, worker_request(number, **changed))
        assert registered.status_code == 201, registered.text
        worker_id: str = registered.json()["id"]
        return worker_id


@pytest.fixture
def desk(client: AsyncClient, token: Callable[..., dict[str, str]]) -> Desk:
    return Desk(client, token)


@pytest.fixture
def applying() -> Callable[..., dict[str, Any]]:
    return application


@pytest.fixture
def registering() -> Callable[..., dict[str, Any]]:
    return worker_request
