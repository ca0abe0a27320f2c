"""Countries: ISO 3166-1 alpha-2 as we speak it, and the state codes that stand in passports (ICAO 9303-3 §5)."""

from __future__ import annotations

from functools import cache

import pycountry

KOSOVO = "XK"
"""Not in ISO 3166-1; user-assigned, and in general use."""

_PASSPORT_CODES = {
    "D": "DE",
    "GBD": "GB",
    "GBN": "GB",
    "GBO": "GB",
    "GBP": "GB",
    "GBS": "GB",
    "RKS": KOSOVO,
}
"""Codes of ICAO 9303-3 §5 that differ from ISO alpha-3 and still name one country."""

_NO_COUNTRY = frozenset(
    {"XXA", "XXB", "XXC", "XXX", "UNO", "UNA", "UNK", "XOM", "XCC", "XCE", "XCO", "XEC", "XPO", "EUE"}
)
"""Stateless persons, refugees, and organisations that issue passports: no country to compare with."""


@cache
def is_country(code: str) -> bool:
    """Whether ``code`` is an ISO 3166-1 alpha-2 code, or Kosovo's."""
    return code == KOSOVO or (len(code) == 2 and code.isupper() and pycountry.countries.get(alpha_2=code) is not None)


@cache
def country_of(passport_code: str) -> str | None:
    """The alpha-2 country of a state code in a passport; None where it names none, or is unknown."""
    if passport_code in _PASSPORT_CODES:
        return _PASSPORT_CODES[passport_code]
    found = pycountry.countries.get(alpha_3=passport_code) if len(passport_code) == 3 else None
    return str(found.alpha_2) if found else None


def is_passport_code(code: str) -> bool:
    """Whether ICAO 9303-3 §5 knows the code."""
    return code in _NO_COUNTRY or country_of(code) is not None
