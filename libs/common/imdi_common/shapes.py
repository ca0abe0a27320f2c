"""Shapes of requests and answers, and the small types they are made of."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic.json_schema import SkipJsonSchema

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LENIENT = re.compile(r"^\s|\s$|_|[^\x00-\x7f]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Shape(BaseModel):
    """A request or an answer; an unknown field is refused by its name."""

    model_config = ConfigDict(extra="forbid")


class Versioned(Shape):
    """An answer with an ETag, which is sent as a header and not in the body."""

    etag: SkipJsonSchema[int | None] = Field(default=None, exclude=True)


def _printable(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_printable)
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]
UtcTime = Annotated[datetime, PlainSerializer(_utc, return_type=str)]
"""RFC 3339 in UTC."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def written_day(value: Any) -> Any:
    """Refuse what Python's own reader would take for a day: numbers, times, other spellings."""
    if not isinstance(value, date) and not (isinstance(value, str) and DAY.fullmatch(value)):
        raise ValueError("is a day, as in 2027-03-01")
    return value


Day = Annotated[date, BeforeValidator(written_day), Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A calendar day as it is written; nothing here lies outside of these centuries."""


def _decimal_text(value: Any) -> Any:
    """Python's own reader would also take spaces around it, underscores, and the digits of other scripts."""
    if isinstance(value, float | int) or (isinstance(value, str) and LENIENT.search(value)):
        raise ValueError('an amount is a text, as in "1500.00"')
    return value


MoneyAmount = Annotated[
    Decimal,
    BeforeValidator(_decimal_text),
    Field(max_digits=16, decimal_places=3, ge=0),
    AfterValidator(abs),  # there is no negative zero
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str),
]


class MoneyShape(Shape):
    """A decimal amount as text, with its ISO 4217 currency."""

    amount: MoneyAmount
    currency: CurrencyCode


class WageShape(MoneyShape):
    period: Literal["month"] = "month"
