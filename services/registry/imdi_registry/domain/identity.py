"""Who a worker is: what is stated at registration, the rules it obeys, and what the passport says against it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

from imdi_registry.domain import contact, countries, mrz
from imdi_registry.domain.faults import Fault

Sex = Literal["female", "male", "unspecified"]
Notice = Literal["passport_expired", "passport_expiring", "mrz_missing"]
_SEX_IN_ZONE = {"F": "female", "M": "male", "<": "unspecified", "X": "unspecified"}
_NUMBER = re.compile(r"[A-Z0-9]{3,20}")
LONGEST_LIFE_YEARS = 120
LONGEST_PASSPORT_YEARS = 20
USUAL_MONTHS_LEFT = 6
"""Most destinations ask that a passport hold six months beyond arrival."""


@dataclass(frozen=True, slots=True)
class Passport:
    number: str
    issuing_country: str
    expires_on: date
    mrz_checked: bool = False
    """Whether its machine-readable zone was read and agrees with what was stated."""


@dataclass(frozen=True, slots=True)
class Identity:
    """All that IMDI knows of a person by name. Kept only encrypted."""

    given_names: str
    family_name: str
    birth_date: date
    sex: Sex
    nationality: str
    country: str
    """Where the person lives and leaves from: the origin of every corridor."""
    passport: Passport
    phone: str | None = None
    email: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For the encrypted record; ``from_json`` reads it again."""
        flat = asdict(self)
        flat["birth_date"] = self.birth_date.isoformat()
        flat["passport"]["expires_on"] = self.passport.expires_on.isoformat()
        return flat

    @classmethod
    def from_json(cls, flat: dict[str, Any]) -> Identity:
        passport = flat["passport"] | {"expires_on": date.fromisoformat(flat["passport"]["expires_on"])}
        return cls(**flat | {"birth_date": date.fromisoformat(flat["birth_date"]), "passport": Passport(**passport)})


def judged(stated: Identity, zone_lines: Sequence[str] | None, latest_today: date) -> Identity | list[Fault]:
    """The identity in its normal form, or every fault in it. ``latest_today`` is the date at UTC+14."""
    normal = replace(
        stated,
        phone=stated.phone and contact.phone(stated.phone),
        email=stated.email and contact.email(stated.email),
        passport=replace(stated.passport, number=re.sub(r"[\s-]", "", stated.passport.number).upper()),
    )
    faults = [*_date_faults(normal, latest_today), *_code_faults(normal), *_contact_faults(stated, normal)]
    if zone_lines is None:
        return faults or normal
    zone = mrz.read(zone_lines)
    faults += zone if isinstance(zone, list) else _differences(zone, normal)
    return faults or replace(normal, passport=replace(normal.passport, mrz_checked=True))


def notices(identity: Identity, today: date) -> list[Notice]:
    """What a clerk should know at once though it does not hinder registration. ``today`` as in the origin."""
    left = identity.passport.expires_on
    found: list[Notice] = []
    if left < today:
        found.append("passport_expired")
    elif left < _months_later(today, USUAL_MONTHS_LEFT):
        found.append("passport_expiring")
    return found if identity.passport.mrz_checked else [*found, "mrz_missing"]


def age(birth_date: date, on: date) -> int:
    """Full years lived on a day."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _date_faults(identity: Identity, latest_today: date) -> list[Fault]:
    faults = []
    if identity.birth_date > latest_today:
        faults.append(Fault("birth_date", "not_in_future", "must not lie in the future."))
    elif latest_today.year - identity.birth_date.year > LONGEST_LIFE_YEARS:
        faults.append(Fault("birth_date", "plausible", f"must lie within the last {LONGEST_LIFE_YEARS} years."))
    if identity.passport.expires_on <= identity.birth_date:
        faults.append(Fault("passport.expires_on", "after_birth", "must be later than the birth date."))
    if identity.passport.expires_on.year > latest_today.year + LONGEST_PASSPORT_YEARS:
        rule = f"must lie within the next {LONGEST_PASSPORT_YEARS} years."
        faults.append(Fault("passport.expires_on", "plausible", rule))
    return faults


def _code_faults(identity: Identity) -> list[Fault]:
    stated = {
        "nationality": identity.nationality,
        "country": identity.country,
        "passport.issuing_country": identity.passport.issuing_country,
    }
    faults = [
        Fault(field, "iso_3166", "must be the two-letter ISO 3166-1 code of a country.")
        for field, code in stated.items()
        if not countries.is_country(code)
    ]
    if not _NUMBER.fullmatch(identity.passport.number):
        faults.append(Fault("passport.number", "form", "must be 3 to 20 letters A–Z and digits."))
    return faults


def _contact_faults(stated: Identity, normal: Identity) -> list[Fault]:
    faults = []
    if stated.phone is not None and not normal.phone:
        faults.append(Fault("phone", "e164", "must be a telephone number that begins with + and its country code."))
    if stated.email is not None and not normal.email:
        faults.append(Fault("email", "address", "must be an e-mail address."))
    return faults


def _differences(zone: mrz.Zone, identity: Identity) -> list[Fault]:
    """Where the zone and the statement disagree. Names are not compared: the zone shortens and transliterates them."""
    passport = identity.passport
    compared = {
        "passport.number": zone.number == passport.number,
        "passport.issuing_country": _same_country(zone.issuer, passport.issuing_country),
        "passport.expires_on": zone.expiry == f"{passport.expires_on:%y%m%d}",
        "birth_date": _same_birth(zone.birth, identity.birth_date),
        "sex": _SEX_IN_ZONE.get(zone.sex) == identity.sex,
        "nationality": _same_country(zone.nationality, identity.nationality),
    }
    return [
        Fault(field, "agrees_with_mrz", "differs from what the passport's machine-readable zone says.")
        for field, agrees in compared.items()
        if not agrees
    ]


def _same_country(passport_code: str, country: str) -> bool:
    if not countries.is_passport_code(passport_code):
        return False
    return countries.country_of(passport_code) in (None, country)


def _same_birth(printed: str, stated: date) -> bool:
    """Unknown parts of a birth date are printed as ``<<`` and agree with anything (ICAO 9303-3 §4.8)."""
    return all(sign in ("<", said) for sign, said in zip(printed, f"{stated:%y%m%d}", strict=True))
