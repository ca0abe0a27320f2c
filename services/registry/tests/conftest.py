"""What registry's tests share: synthetic people, and the machine-readable zones of their passports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from imdi_registry.domain.identity import Identity, Passport
from imdi_registry.domain.mrz import check_digit

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
