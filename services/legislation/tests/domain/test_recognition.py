"""What the law of recognition may say."""

from __future__ import annotations

from typing import Any

import pytest

from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.recognition import READERS

HELD: dict[str, Any] = {
    "country": "DE",
    "basis": [{"instrument": "DE-PFLBG", "provision": "§ 40"}],
    "effective": {"from": "2020-01-01"},
    "confidence": "secondary",
}
BODIES: dict[str, dict[str, Any]] = {
    "professions": {"code": "nurse", "title": "Nurse", "occupations": ["2221"], "regulated": True},
    "routes": {
        "profession": "nurse",
        "origins": ["PH", "ASEAN"],
        "route": "general",
        "authority": "State office",
        "time_limits": {"decision": "P3M"},
        "fee": {"amount": "600.00", "currency": "EUR"},
    },
    "issuers": {
        "certificate": "language_certificate",
        "issuer": "telc",
        "issued_in": ["RS", "BA"],
        "authority": "State office",
    },
}


@pytest.mark.parametrize("section", BODIES)
@pytest.mark.parametrize("effective", [{}, {"until": "2022-06-22"}, {"from": "2020-02-29", "until": "2020-02-29"}])
def test_an_entry_is_read(section: str, effective: dict[str, str]) -> None:
    draft = READERS[section](BODIES[section] | HELD | {"effective": effective})
    assert draft.sourced.country == "DE"
    assert str(draft.sourced.ends or "") == effective.get("until", "")


@pytest.mark.parametrize(
    ("section", "changes", "field"),
    [
        ("professions", {"regulated": "yes"}, "regulated"),
        ("professions", {"regulated": None}, "regulated"),
        ("professions", {"occupations": ["22215"]}, "occupations"),
        ("professions", {"code": "Pflegefachfrau"}, "code"),
        ("professions", {"country": "EU"}, "country"),
        ("professions", {"basis": []}, "basis"),
        ("professions", {"basis": [{"provision": "1"}]}, "basis.0.instrument"),
        ("professions", {"effective": {"from": "2027-01-02", "until": "2027-01-01"}}, "effective.until"),
        ("professions", {"effective": {"form": "2027-01-01"}}, "effective.form"),
        ("professions", {"effective": {"from": "0001-01-01"}}, "effective.from"),
        ("routes", {"effective": {"from": "1799-12-31"}}, "effective.from"),
        ("issuers", {"effective": {"from": "3000-01-01"}}, "effective.from"),
        ("professions", {"effective": "2027"}, "effective"),
        ("professions", {"confidence": "sure"}, "confidence"),
        ("routes", {"route": "bribe"}, "route"),
        ("routes", {"origins": []}, "origins"),
        ("routes", {"origins": ["XX"]}, "origins"),
        ("routes", {"time_limits": {"decision": "soon"}}, "time_limits.decision"),
        ("routes", {"time_limits": {"appeal": "P1M"}}, "time_limits.appeal"),
        ("routes", {"fee": {"amount": "600", "currency": "XXQ"}}, "fee.currency"),
        ("issuers", {"issued_in": ["GCC"]}, "issued_in"),
        ("issuers", {"certificate": "The certificate"}, "certificate"),
    ],
)
def test_what_is_wrong_is_named(section: str, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        READERS[section](BODIES[section] | HELD | changes)
    assert [error.field for error in refused.value.errors] == [field]
