from __future__ import annotations

from collections import Counter

import pytest

from imdi_contracts import isco

UNITS = {code: title for code, title in isco.groups().items() if len(code) == 4}


def test_it_is_complete() -> None:
    assert Counter(len(code) for code in isco.groups()) == {1: 10, 2: 43, 3: 130, 4: 436}


def test_every_group_has_its_parent() -> None:
    orphans = [code for code in isco.groups() if len(code) > 1 and code[:-1] not in isco.groups()]
    assert orphans == []


def test_every_group_has_a_clean_title() -> None:
    untidy = [
        code for code, title in isco.groups().items() if not title or title != " ".join(title.split()) or "\n" in title
    ]
    assert untidy == []


def test_codes_stand_in_order() -> None:
    assert list(isco.groups()) == sorted(isco.groups())


def test_every_group_above_has_groups_below() -> None:
    parents = {code[:-1] for code in isco.groups()}
    assert [code for code in isco.groups() if len(code) < 4 and code not in parents] == []


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("0", "Armed forces occupations"),
        ("53", "Personal care workers"),
        ("532", "Personal care workers in health services"),
        ("5322", "Home-based personal care workers"),
        ("9111", "Domestic cleaners and helpers"),
        ("5323", None),
        ("", None),
        ("53220", None),
    ],
)
def test_title(code: str, title: str | None) -> None:
    assert isco.title(code) == title


def test_unit_groups_are_what_occupations_are_stated_in() -> None:
    assert len(UNITS) == 436
    assert UNITS["2221"] == "Nursing professionals"


def test_minor_group_is_the_first_three_digits() -> None:
    assert all(isco.title(isco.minor_group(code)) for code in UNITS)
    assert isco.minor_group("0110") == "011"


@pytest.mark.parametrize("code", ["", "532", "5323", "53220", "abcd"])
def test_minor_group_knows_unit_groups_only(code: str) -> None:
    with pytest.raises(KeyError):
        isco.minor_group(code)
