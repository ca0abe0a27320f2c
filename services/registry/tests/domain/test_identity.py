from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_registry.domain.identity import Identity, Passport, age, judged, notices

TODAY = date(2026, 11, 23)
Zone = Callable[..., list[str]]


def broken(stated: Identity, zone: list[str] | None = None) -> list[tuple[str, str]]:
    found = judged(stated, zone, TODAY)
    assert isinstance(found, list)
    return [(fault.field, fault.rule) for fault in found]


def with_passport(identity: Identity, **changed: Any) -> Identity:
    return replace(identity, passport=replace(identity.passport, **changed))


def test_a_sound_identity_is_kept_in_normal_form(maya: Identity) -> None:
    stated = replace(with_passport(maya, number="pa 123-4567"), phone="+977 980-000 0000", email="maya@Example.ORG")
    assert judged(stated, None, TODAY) == maya


def test_an_agreeing_zone_is_remembered_as_checked(maya: Identity, zone: Zone) -> None:
    found = judged(maya, zone(maya), TODAY)
    assert isinstance(found, Identity)
    assert found.passport.mrz_checked


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"birth_date": date(2026, 11, 24)}, "birth_date", "not_in_future"),
        ({"birth_date": date(1905, 1, 1)}, "birth_date", "plausible"),
        ({"nationality": "XX"}, "nationality", "iso_3166"),
        ({"country": "np"}, "country", "iso_3166"),
        ({"country": "NPL"}, "country", "iso_3166"),
        ({"phone": "9800000000"}, "phone", "e164"),
        ({"phone": "+12"}, "phone", "e164"),
        ({"phone": "+977980000000000000"}, "phone", "e164"),
        ({"phone": ""}, "phone", "e164"),
        ({"email": "maya"}, "email", "address"),
        ({"email": "maya@localhost"}, "email", "address"),
        ({"email": ".maya@example.org"}, "email", "address"),
        ({"email": "a b@example.org"}, "email", "address"),
    ],
)
def test_a_fault_names_its_field_and_rule(maya: Identity, change: dict[str, Any], field: str, rule: str) -> None:
    assert broken(replace(maya, **change)) == [(field, rule)]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"number": ""}, "passport.number", "form"),
        ({"number": "PA_12345"}, "passport.number", "form"),
        ({"number": "P" * 21}, "passport.number", "form"),
        ({"issuing_country": "ZZ"}, "passport.issuing_country", "iso_3166"),
        ({"expires_on": date(1996, 4, 2)}, "passport.expires_on", "after_birth"),
        ({"expires_on": date(2099, 1, 1)}, "passport.expires_on", "plausible"),
    ],
)
def test_a_passport_fault_names_its_field_and_rule(
    maya: Identity, change: dict[str, Any], field: str, rule: str
) -> None:
    assert broken(with_passport(maya, **change)) == [(field, rule)]


def test_all_faults_are_told_at_once(maya: Identity) -> None:
    stated = replace(with_passport(maya, number="?"), nationality="??", phone="x", email="y")
    assert [field for field, _ in broken(stated)] == ["nationality", "passport.number", "phone", "email"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"birth_date": date(1996, 4, 3)}, "birth_date"),
        ({"sex": "male"}, "sex"),
        ({"nationality": "IN"}, "nationality"),
        ({"passport": Passport("PA1234568", "NP", date(2031, 5, 1))}, "passport.number"),
        ({"passport": Passport("PA1234567", "IN", date(2031, 5, 1))}, "passport.issuing_country"),
        ({"passport": Passport("PA1234567", "NP", date(2031, 5, 2))}, "passport.expires_on"),
    ],
)
def test_a_statement_that_differs_from_the_zone_is_refused(
    maya: Identity, zone: Zone, change: dict[str, Any], field: str
) -> None:
    assert broken(replace(maya, **change), zone(maya)) == [(field, "agrees_with_mrz")]


@pytest.mark.parametrize(
    ("issuer", "nationality", "country"), [("D", "D", "DE"), ("RKS", "RKS", "XK"), ("GBR", "GBN", "GB")]
)
def test_passport_codes_beyond_iso_are_understood(
    maya: Identity, zone: Zone, issuer: str, nationality: str, country: str
) -> None:
    stated = replace(with_passport(maya, issuing_country=country), nationality=country)
    assert isinstance(judged(stated, zone(stated, issuer, nationality), TODAY), Identity)


def test_a_stateless_person_may_state_any_nationality(maya: Identity, zone: Zone) -> None:
    assert isinstance(judged(maya, zone(maya, "NPL", "XXA"), TODAY), Identity)
    assert broken(maya, zone(maya, "QQQ", "NPL")) == [("passport.issuing_country", "agrees_with_mrz")]


def test_unknown_parts_of_a_printed_birth_date_agree(maya: Identity, td3: Callable[..., list[str]]) -> None:
    assert isinstance(judged(maya, td3(birth="96<<<<"), TODAY), Identity)
    assert broken(maya, td3(birth="95<<<<")) == [("birth_date", "agrees_with_mrz")]


@pytest.mark.parametrize(
    ("expires_on", "said"),
    [
        (date(2026, 11, 22), ["passport_expired", "mrz_missing"]),
        (date(2026, 11, 23), ["passport_expiring", "mrz_missing"]),
        (date(2027, 5, 22), ["passport_expiring", "mrz_missing"]),
        (date(2027, 5, 23), ["mrz_missing"]),
    ],
)
def test_a_short_or_ended_passport_is_accepted_and_said(maya: Identity, expires_on: date, said: list[str]) -> None:
    found = judged(with_passport(maya, expires_on=expires_on), None, TODAY)
    assert isinstance(found, Identity)
    assert notices(found, TODAY) == said


def test_six_months_end_at_a_months_end(maya: Identity) -> None:
    checked = with_passport(maya, expires_on=date(2027, 2, 28), mrz_checked=True)
    assert notices(checked, date(2026, 8, 31)) == []
    assert notices(with_passport(checked, expires_on=date(2027, 2, 27)), date(2026, 8, 31)) == ["passport_expiring"]


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1996, 4, 2), date(2026, 4, 1), 29),
        (date(1996, 4, 2), date(2026, 4, 2), 30),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
    ],
)
def test_age_counts_full_years(born: date, on: date, years: int) -> None:
    assert age(born, on) == years


@given(
    names=st.text(min_size=1, max_size=40),
    born=st.dates(min_value=date(1930, 1, 1), max_value=TODAY),
    phone=st.none() | st.text(max_size=20),
)
def test_a_record_reads_as_it_was_written(names: str, born: date, phone: str | None) -> None:
    passport = Passport("PA1234567", "NP", date(2031, 5, 1), mrz_checked=True)
    identity = Identity(names, names, born, "unspecified", "NP", "PH", passport, phone, None)
    assert Identity.from_json(identity.as_json()) == identity


@given(phone=st.text(max_size=30), email=st.text(max_size=30), number=st.text(max_size=30))
def test_no_input_is_repeated(phone: str, email: str, number: str) -> None:
    passport = Passport("PA1234567", "NP", date(2031, 5, 1))
    base = Identity("A", "B", date(1990, 1, 1), "female", "NP", "NP", passport, phone, email)
    found = judged(with_passport(base, number=number), None, TODAY)
    for fault in found if isinstance(found, list) else []:
        assert not any(len(given_text) > 12 and given_text in fault.detail for given_text in (phone, email, number))
