"""Codes that requests are checked against: countries, currencies, occupations, languages, skills."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import pycountry
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, TypeAdapter

from imdi_common.shapes import Code, CountryCode, CurrencyCode, MoneyShape, Shape, WageShape
from imdi_contracts import isco
from imdi_contracts.codes import Cefr, Language

Item = TypeVar("Item")
CODE: TypeAdapter[str] = TypeAdapter(Code)
LARGEST = 2**53
"""Beyond it JSON readers round."""


def _country(code: str) -> str:
    if pycountry.countries.get(alpha_2=code) is None:
        raise ValueError("is not an ISO 3166-1 country")
    return code


def _currency(code: str) -> str:
    if pycountry.currencies.get(alpha_3=code) is None:
        raise ValueError("is not an ISO 4217 currency")
    return code


def _occupation(code: str) -> str:
    if isco.title(code) is None:
        raise ValueError("is not an ISCO-08 group")
    return code


def _fact(value: Any) -> Any:
    if isinstance(value, str):
        return CODE.validate_python(value)
    if not isinstance(value, int) or abs(value) > LARGEST:
        raise ValueError("is a boolean, a whole number or a code")
    return value


def unique(items: list[Item]) -> list[Item]:
    """Refuses a list that says the same twice."""
    if len({repr(item) for item in items}) < len(items):
        raise ValueError("says the same twice")
    return items


Country = Annotated[CountryCode, AfterValidator(_country)]
Currency = Annotated[CurrencyCode, AfterValidator(_currency)]
UnitGroup = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$"), AfterValidator(_occupation)]
"""An ISCO-08 unit group."""
OccupationPrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$"), AfterValidator(_occupation)]
"""An ISCO-08 group of any level."""
Skill = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,290}$")]
"""An ESCO skill, by its address."""
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Fact = Annotated[bool | int | str, BeforeValidator(_fact)]
"""The answer to ``worker.facts.<name>``: yes or no, a whole number, or a code; never free text, for it travels."""


class Money(MoneyShape):
    currency: Currency


class Wage(WageShape):
    currency: Currency


class LanguageLevel(Shape):
    language: Language
    level: Cefr


def one_level_each(languages: list[LanguageLevel]) -> list[LanguageLevel]:
    """Refuses two levels of one language."""
    if len({one.language for one in languages}) < len(languages):
        raise ValueError("names a language twice")
    return languages


Languages = Annotated[list[LanguageLevel], Field(max_length=50), AfterValidator(one_level_each)]
