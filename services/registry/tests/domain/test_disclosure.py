"""The table a second time, by hand: a wrong edit of the stored one cannot pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_registry.domain.disclosure import FIELDS, Table, age_band, decide, last_three, parse, view
from imdi_registry.domain.identity import Identity

LINES = files("imdi_registry.domain").joinpath("disclosure.csv").read_text("utf-8").splitlines()
TABLE: Table = parse(LINES)
TODAY = date(2026, 11, 23)
BOTH = frozenset({"matching", "preparation"})
NAMES = {"given_names", "family_name"}
CONTACT = {"phone", "email"}
PASSPORT = {"passport_number", "passport_issuing_country", "passport_expires_on"}
EVERYTHING = set(FIELDS)

BY_HAND: dict[tuple[str, str], tuple[str | None, set[str]]] = {
    ("controller", "always"): (None, EVERYTHING),
    ("steward", "always"): (None, set()),
    ("origin_government", "always"): (None, {"country"}),
    ("employer", "proposed"): ("matching", {"country"}),
    ("employer", "offered"): ("matching", NAMES | {"birth_date", "country"}),
    ("employer", "agreed"): ("preparation", EVERYTHING - {"sex"}),
    ("recruitment_agency", "proposed"): ("matching", {"country"}),
    ("recruitment_agency", "offered"): ("matching", NAMES | {"country"}),
    ("recruitment_agency", "agreed"): ("preparation", NAMES | {"country"}),
    ("medical_provider", "assigned"): ("preparation", NAMES | CONTACT | {"birth_date", "sex", "passport_number"}),
    ("training_provider", "assigned"): ("preparation", NAMES | CONTACT),
    ("testing_body", "assigned"): ("preparation", NAMES),
    ("lender", "assigned"): ("preparation", NAMES | CONTACT | {"birth_date"}),
    ("insurer", "assigned"): ("preparation", NAMES),
    ("government", "assigned"): ("preparation", EVERYTHING),
    ("international_organization", "assigned"): ("preparation", NAMES | CONTACT | {"birth_date", "country"}),
    ("civil_society", "assigned"): ("preparation", NAMES | CONTACT | {"birth_date"}),
}
NOT_FULL = {
    ("medical_provider", "passport_number"): "masked",
    ("lender", "birth_date"): "yes-no",
    ("international_organization", "birth_date"): "masked",
    ("civil_society", "birth_date"): "masked",
}


def test_the_table_has_these_rows_and_no_others() -> None:
    assert set(TABLE) == set(BY_HAND)


@pytest.mark.parametrize("row", BY_HAND)
def test_each_row_shows_what_is_written_here(row: tuple[str, str]) -> None:
    consent, fields = BY_HAND[row]
    expected = {field: NOT_FULL.get((row[0], field), "full") for field in fields}
    assert decide(TABLE, {row}, BOTH) == expected
    assert decide(TABLE, {row}, BOTH - {consent or ""}) == ({} if consent else expected)


def test_a_stranger_and_an_unknown_role_see_nothing() -> None:
    assert decide(TABLE, frozenset(), BOTH) == {}
    assert decide(TABLE, {("diaspora_organization", "assigned"), ("employer", "assigned")}, BOTH) == {}


def test_two_rows_show_the_most_of_either() -> None:
    rows = {("lender", "assigned"), ("civil_society", "assigned")}
    assert decide(TABLE, rows, BOTH)["birth_date"] == "masked"
    rows |= {("controller", "always")}
    assert decide(TABLE, rows, BOTH)["birth_date"] == "full"


@given(st.sets(st.sampled_from(sorted(TABLE))), st.sets(st.sampled_from(["matching", "preparation"])))
def test_withdrawing_consent_never_shows_more(rows: set[tuple[str, str]], consents: set[str]) -> None:
    assert set(decide(TABLE, rows, consents)) <= set(decide(TABLE, rows, BOTH))


@pytest.mark.parametrize("cell", ["all", "", "masked", "yes-no"])
def test_a_cell_that_cannot_be_shown_is_refused(cell: str) -> None:
    line = ",".join(["employer", "agreed", "matching", cell, *["none"] * (len(FIELDS) - 1)])
    with pytest.raises(ValueError, match="given_names"):
        parse([LINES[0], line])


def test_masked_and_yes_no_fields_say_what_they_are(maya: Identity) -> None:
    assert view(maya, {"birth_date": "masked", "passport_number": "masked"}, TODAY) == {
        "age_band": "30-39",
        "passport_number": "••••••567",
    }
    assert view(maya, {"birth_date": "yes-no"}, TODAY) == {"adult": True}
    assert view(replace(maya, birth_date=date(2009, 1, 1)), {"birth_date": "yes-no"}, TODAY) == {"adult": False}


def test_full_fields_keep_their_names(maya: Identity) -> None:
    shown = view(maya, dict.fromkeys(FIELDS, "full"), TODAY)
    assert set(shown) == EVERYTHING
    assert shown["passport_expires_on"] == date(2031, 5, 1)


@pytest.mark.parametrize(("number", "shown"), [("12345", "•••••"), ("123456", "•••456")])
def test_short_numbers_are_hidden_whole(number: str, shown: str) -> None:
    assert last_three(number) == shown


@pytest.mark.parametrize(("born", "band"), [(2026, "0-9"), (1997, "20-29"), (1996, "30-39")])
def test_age_bands_are_ten_years_wide(born: int, band: str) -> None:
    assert age_band(date(born, 4, 2), TODAY) == band
