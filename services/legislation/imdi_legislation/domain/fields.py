"""Reading a JSON object field by field, collecting every error under the field's own name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from imdi_legislation.domain.money import CURRENCIES, Money
from imdi_planning.durations import duration

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
AMOUNT = re.compile(r"[0-9]{1,14}(\.[0-9]{1,4})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""Python's own reader would also take a week of the year (2027-W10-1)."""
_REQUIRED = object()


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with an input: which field breaks which rule."""

    field: str
    rule: str
    detail: str
    place: tuple[int, int] | None = None
    """Line and column, from 1, of a text that is wrong at one place."""


class Invalid(Exception):
    """An input that breaks rules, all of which it names."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.detail}" for error in errors))
        self.errors = errors


@dataclass(slots=True)
class Reader:
    """Reads the fields of one object; ``finish`` raises ``Invalid`` if any was wrong or is unknown."""

    data: Mapping[str, Any]
    path: str
    errors: list[FieldError] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def wrong(self, name: str, rule: str, detail: str) -> None:
        self.errors.append(FieldError(f"{self.path}.{name}" if self.path else name, rule, detail))

    def take(self, name: str, default: Any = _REQUIRED) -> Any:
        """The raw value, or the default where it is absent or null; an absent required one is an error."""
        self.read.add(name)
        value = self.data.get(name)
        if value is not None:
            return value
        if default is _REQUIRED:
            self.wrong(name, "required", "This field is required.")
            return None
        return default

    def text(self, name: str, default: Any = _REQUIRED, *, longest: int = 2000) -> Any:
        value = self.take(name, default)
        if value is not None and not is_text(value, longest):
            self.wrong(name, "text", f"A text of 1 to {longest} printable characters.")
            return None
        return value

    def name(self, name: str, default: Any = _REQUIRED) -> Any:
        value = self.take(name, default)
        if value is not None and not _is_name(value):
            self.wrong(name, "name", "Lower-case letters, digits and underscores, beginning with a letter.")
            return None
        return value

    def names(self, name: str) -> tuple[str, ...]:
        return self._several(name, _is_name, "name", "A list of names in lower-case letters, digits and underscores.")

    def texts(self, name: str) -> tuple[str, ...]:
        def fits(value: Any) -> bool:
            return is_text(value, 200)

        return self._several(name, fits, "text", "A list of texts of 1 to 200 printable characters.")

    def choice(self, name: str, choices: Collection[str], default: Any = _REQUIRED) -> Any:
        value = self.take(name, default)
        if value is not None and not (isinstance(value, str) and value in choices):
            self.wrong(name, "one_of", f"One of: {', '.join(choices)}.")
            return None
        return value

    def choices(self, name: str, choices: Collection[str], default: tuple[str, ...] = ()) -> tuple[str, ...]:
        def is_choice(value: Any) -> bool:
            return isinstance(value, str) and value in choices

        return self._several(name, is_choice, "one_of", f"A list of: {', '.join(choices)}.", default)

    def whole(self, name: str, default: Any = _REQUIRED, *, low: int = 0, high: int = 10_000) -> Any:
        value = self.take(name, default)
        if value is not None and not (is_whole(value) and low <= value <= high):
            self.wrong(name, "range", f"A whole number from {low} to {high}.")
            return None
        return value

    def day(self, name: str, default: Any = _REQUIRED) -> Any:
        """A date; a text ``YYYY-MM-DD``."""
        value = self.take(name, default)
        if value is None or isinstance(value, date):
            return value
        try:
            if isinstance(value, str) and DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.wrong(name, "date", "A day of the calendar, YYYY-MM-DD.")
        return None

    def code(self, name: str) -> Any:
        value = self.take(name)
        if value is not None and not (isinstance(value, str) and CODE.fullmatch(value)):
            self.wrong(name, "code", "1 to 80 letters, digits, dots, dashes or underscores, no dash at the beginning.")
            return None
        return value

    def part(self, name: str) -> Mapping[str, Any]:
        """An object within."""
        value = self.take(name)
        if value is not None and not isinstance(value, Mapping):
            self.wrong(name, "object", "An object.")
        return value if isinstance(value, Mapping) else {}

    def parts(self, name: str, default: Any = _REQUIRED) -> list[Mapping[str, Any]]:
        """A list of objects."""
        value = self.take(name, default)
        if value is None or (isinstance(value, list) and all(isinstance(part, Mapping) for part in value)):
            return list(value or [])
        self.wrong(name, "objects", "A list of objects.")
        return []

    def duration(self, name: str) -> Any:
        value = self.take(name, None)
        if value is not None and not is_duration(value):
            self.wrong(name, "duration", "Whole years, months, weeks and days in ISO 8601: P60D, P6M.")
            return None
        return value

    def money(self, name: str) -> Money | None:
        """Money, where given; an object of ``amount`` (a decimal text) and ``currency``."""
        value = self.take(name, None)
        if value is None:
            return None
        if isinstance(value, Mapping) and set(value) == {"amount", "currency"} and is_amount(value["amount"]):
            currency = value["currency"]
            if isinstance(currency, str) and currency in CURRENCIES:
                return Money(Decimal(value["amount"]), currency)
            self.wrong(f"{name}.currency", "currency", "An ISO 4217 currency.")
            return None
        self.wrong(name, "money", "An object of amount (a decimal text, not negative) and currency.")
        return None

    def finish(self) -> None:
        """Raise ``Invalid`` for the errors found; a field that nobody asked for is one."""
        for name in self.data:
            if name not in self.read:
                self.wrong(name, "unknown_field", "There is no such field here.")
        if self.errors:
            raise Invalid(self.errors)

    def _several(self, name: str, fits: Any, rule: str, detail: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        values = self.take(name, list(default))
        if not isinstance(values, list) or len(values) > 100 or not all(fits(value) for value in values):
            self.wrong(name, rule, detail)
            return ()
        return tuple(dict.fromkeys(values))


def is_text(value: object, longest: int) -> bool:
    """A text with something to read in it, and nothing that cannot be stored or shown."""
    return isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= longest and not UNPRINTABLE.search(value)


def is_whole(value: object) -> bool:
    """A JSON integer; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_amount(value: object) -> bool:
    return isinstance(value, str) and AMOUNT.fullmatch(value) is not None


def is_duration(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        duration(value)
    except ValueError:
        return False
    return True


def _is_name(value: object) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None
