"""Shapes of requests: what a text, an amount and a moment may be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from imdi_common.paging import Page, decode_cursor, encode_cursor
from imdi_common.problems import Problem
from imdi_common.shapes import Code, Day, LongText, MoneyShape, Shape, Text, UtcTime, Versioned, WageShape

AMOUNTS = st.decimals(min_value=0, max_value=Decimal(9999999999999), places=3)


class Note(Shape):
    text: Text
    long: LongText = "x"
    code: Code = "x"


class Leave(Shape):
    on: Day


class Moment(Shape):
    at: UtcTime


class Tagged(Versioned):
    name: str


def rule_of(shape: type[Shape], **values: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as refused:
        shape(**values)
    error = refused.value.errors()[0]
    return str(error["loc"][0]), error["type"]


@pytest.mark.parametrize("amount", [1500.0, 1500, 0, 0.1, True, float("nan")])
def test_a_number_is_no_amount(amount: Any) -> None:
    assert rule_of(MoneyShape, amount=amount, currency="SAR") == ("amount", "value_error")


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        ("-1", "greater_than_equal"),
        ("-0.001", "greater_than_equal"),
        ("1.0001", "decimal_max_places"),
        ("99999999999999999", "decimal_max_digits"),
        ("NaN", "finite_number"),
        ("Infinity", "finite_number"),
        ("1,500", "decimal_parsing"),
        ("", "decimal_parsing"),
        ("SAR 5", "decimal_parsing"),
        (None, "decimal_type"),
        ([], "decimal_type"),
    ],
)
def test_an_amount_has_limits(amount: Any, rule: str) -> None:
    assert rule_of(MoneyShape, amount=amount, currency="SAR") == ("amount", rule)


@pytest.mark.parametrize("amount", [" 1600", "1600\n", "1_600", "\u0661", "16\u00a000"])
def test_an_amount_is_written_plainly(amount: str) -> None:
    assert rule_of(MoneyShape, amount=amount, currency="SAR") == ("amount", "value_error")


def test_there_is_no_negative_zero() -> None:
    assert json.loads(MoneyShape(amount="-0.00", currency="SAR").model_dump_json())["amount"] == "0.00"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "day", ["0", "-0", "1600000000", 0, 1.0, True, None, "2027-3-1", "20270301", "2027-03-01T00:00:00Z", " 2027-03-01"]
)
def test_a_day_is_written_as_a_day(day: Any) -> None:
    assert rule_of(Leave, on=day) == ("on", "value_error")


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        ("2027-02-29", "date_from_datetime_parsing"),
        ("1899-12-31", "greater_than_equal"),
        ("2200-01-01", "less_than_equal"),
    ],
)
def test_a_day_is_one_of_the_calendars(day: str, rule: str) -> None:
    assert rule_of(Leave, on=day) == ("on", rule)
    assert Leave.model_validate_json('{"on": "2028-02-29"}').on == date(2028, 2, 29)


@given(AMOUNTS)
def test_an_amount_travels_as_text_and_comes_back_the_same(amount: Decimal) -> None:
    sent = MoneyShape(amount=amount, currency="SAR").model_dump_json()
    assert isinstance(json.loads(sent)["amount"], str)
    assert "e" not in json.loads(sent)["amount"].lower()
    assert MoneyShape.model_validate_json(sent).amount == amount


@pytest.mark.parametrize(("given_text", "told"), [("1500.00", "1500.00"), ("1E+3", "1000"), ("0.500", "0.500")])
def test_the_scale_of_an_amount_is_kept(given_text: str, told: str) -> None:
    assert json.loads(MoneyShape(amount=given_text, currency="SAR").model_dump_json())["amount"] == told  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["sar", "SA", "SARR", "S4R", "SAR\n", " SAR", "", None, 682])
def test_a_currency_is_three_capitals(currency: Any) -> None:
    assert rule_of(MoneyShape, amount="1", currency=currency)[0] == "currency"


def test_a_wage_is_by_the_month() -> None:
    assert WageShape(amount=Decimal(1), currency="SAR").period == "month"
    assert rule_of(WageShape, amount="1", currency="SAR", period="week") == ("period", "literal_error")


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\ud800"])
@pytest.mark.parametrize("field", ["text", "long"])
def test_control_characters_and_lone_surrogates_are_refused(character: str, field: str) -> None:
    values = {"text": "ok"} | {field: f"a{character}b"}
    assert rule_of(Note, **values)[0] == field


@pytest.mark.parametrize("text", ["नमस्ते", "مرحبا", "a\tb", "line\nline", "👩🏽‍⚕️", "O'Neil; drop table"])
def test_texts_of_every_script_are_kept(text: str) -> None:
    assert Note(text=text).text == text


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [
        ("text", "", "string_too_short"),
        ("text", "   \n ", "string_too_short"),
        ("text", "x" * 201, "string_too_long"),
        ("long", "x" * 2001, "string_too_long"),
        ("code", "-a", "string_pattern_mismatch"),
        ("code", "a b", "string_pattern_mismatch"),
        ("code", "a\n", "string_pattern_mismatch"),
        ("code", "x" * 101, "string_pattern_mismatch"),
    ],
)
def test_texts_have_limits(field: str, text: str, rule: str) -> None:
    assert rule_of(Note, **({"text": "ok"} | {field: text})) == (field, rule)


def test_limits_are_met_exactly_and_the_ends_are_trimmed() -> None:
    note = Note(text=f"  {'x' * 200}  ", long="y" * 2000, code="a" * 100)
    assert (len(note.text), len(note.long), len(note.code)) == (200, 2000, 100)


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_told_in_utc(naive: datetime, minutes: int) -> None:
    if not 2 < naive.year < 9998:
        return
    at = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    told = json.loads(Moment(at=at).model_dump_json())["at"]
    assert told.endswith("Z")
    assert datetime.fromisoformat(told) == at
    assert datetime.fromisoformat(told).utcoffset() == UTC.utcoffset(None)


def test_an_etag_is_not_in_the_body_nor_in_the_schema() -> None:
    assert json.loads(Tagged(name="a", etag=7).model_dump_json()) == {"name": "a"}
    assert set(Tagged.model_json_schema()["properties"]) == {"name"}
    assert Tagged.model_json_schema()["additionalProperties"] is False


def test_a_page_tells_its_items_and_what_comes_after() -> None:
    page = Page[MoneyShape](items=[MoneyShape(amount=Decimal("1.50"), currency="PHP")], next=encode_cursor(1))
    assert json.loads(page.model_dump_json())["items"] == [{"amount": "1.50", "currency": "PHP"}]
    assert decode_cursor(page.next or "", int) == (1,)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_a_cursor_is_safe_in_an_address(values: list[str]) -> None:
    cursor = encode_cursor(*values)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?#% ")
    assert decode_cursor(cursor, *[str] * len(values)) == tuple(values)


def test_a_cursor_of_another_list_is_refused() -> None:
    for cursor, kinds in [(encode_cursor("a", "b"), (str,)), (encode_cursor("x"), (int,)), (encode_cursor(), (str,))]:
        with pytest.raises(Problem) as refused:
            decode_cursor(cursor, *kinds)
        assert refused.value.status == 422
