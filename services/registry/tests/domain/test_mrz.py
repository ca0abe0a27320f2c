from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_registry.domain import mrz
from imdi_registry.domain.faults import Fault

TD3 = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
TD2 = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
TD1 = ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"]
TD1_LONG = ["I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"]
"""The specimens of ICAO Doc 9303, parts 4 (appendix B), 6 and 5."""


def faults(lines: list[str]) -> list[Fault]:
    found = mrz.read(lines)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("text", "digit"), [("520727", "3"), ("AB2134<<<", "5"), ("L898902C3", "6"), ("D23145890734", "9"), ("<<<<", "0")]
)
def test_check_digits_of_the_standard(text: str, digit: str) -> None:
    assert mrz.check_digit(text) == digit


@pytest.mark.parametrize(
    ("lines", "number", "birth", "sex", "expiry"),
    [
        (TD3, "L898902C3", "740812", "F", "120415"),
        (TD2, "D23145890", "740812", "F", "120415"),
        (TD1, "D23145890", "740812", "F", "120415"),
        (TD1_LONG, "D23145890734", "340712", "M", "950712"),
    ],
)
def test_specimens_are_read(lines: list[str], number: str, birth: str, sex: str, expiry: str) -> None:
    assert mrz.read(lines) == mrz.Zone("UTO", number, "UTO", birth, sex, expiry)


def test_case_and_blanks_of_a_scanner_do_not_matter() -> None:
    assert mrz.read([f" {line.lower()} " for line in TD3]) == mrz.read(TD3)


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ([], "size"),
        (TD3[:1], "size"),
        ([TD3[0], TD3[1][:-1]], "size"),
        ([TD3[0], TD2[1]], "size"),
        ([TD3[0].replace("A", "Ä"), TD3[1]], "characters"),
        ([TD3[0], TD3[1].replace("7", "٧")], "characters"),
        (["V" + TD3[0][1:], TD3[1]], "document_code"),
    ],
)
def test_another_form_is_refused(lines: list[str], rule: str) -> None:
    assert [fault.rule for fault in faults(lines)] == [rule]


@pytest.mark.parametrize(
    ("place", "named"),
    [(0, "document number"), (14, "birth date"), (22, "expiry date"), (30, "personal number"), (43, "whole zone")],
)
def test_a_misread_sign_is_found_and_named(place: int, named: str) -> None:
    second = TD3[1]
    wrong = "1" if second[place] == "0" else "0"
    found = faults([TD3[0], second[:place] + wrong + second[place + 1 :]])
    assert any(named in fault.detail for fault in found)
    assert all(fault.field == "passport.mrz" and fault.rule == "check_digit" for fault in found)


def test_an_empty_personal_number_may_have_a_digit_or_none(td3: Callable[..., list[str]]) -> None:
    first, second = td3()
    assert isinstance(mrz.read([first, second]), mrz.Zone)
    assert second[42] == "<"
    assert isinstance(mrz.read([first, second[:42] + "0" + second[43]]), mrz.Zone)


@given(
    number=st.text("ABCXYZ0123456789", min_size=1, max_size=9),
    birth=st.dates().map(lambda day: f"{day:%y%m%d}"),
    personal=st.text("AZ019", max_size=14),
)
def test_what_is_written_is_read(number: str, birth: str, personal: str) -> None:
    body = number.ljust(9, "<")
    own = personal.ljust(14, "<")
    own += mrz.check_digit(own)
    parts = [text + mrz.check_digit(text) for text in (body, birth, "310501")]
    second = f"{parts[0]}NPL{parts[1]}F{parts[2]}{own}{mrz.check_digit(''.join(parts) + own)}"
    assert mrz.read(["P<NPLX".ljust(44, "<"), second]) == mrz.Zone("NPL", number, "NPL", birth, "F", "310501")


@given(st.lists(st.text(max_size=50), max_size=4))
def test_any_text_is_answered_by_a_fault_that_does_not_repeat_it(lines: list[str]) -> None:
    for fault in faults(lines):
        assert fault.field == "passport.mrz"
        assert not any(len(line) > 8 and line in fault.detail for line in lines)
