"""Bodies of what is entered on recognition."""

from __future__ import annotations

from typing import Any

PROFESSION: dict[str, Any] = {
    "country": "SA",
    "code": "nurse",
    "title": "Nurse responsible for general care",
    "occupations": ["2221"],
    "regulated": True,
}
ROUTE: dict[str, Any] = {
    "country": "SA",
    "profession": "nurse",
    "origins": ["ASEAN"],
    "route": "general",
    "authority": "Commission for Health Specialties",
    "time_limits": {"acknowledgement": "P1M", "decision": "P3M"},
    "fee": {"amount": "400.00", "currency": "SAR"},
}
ISSUER: dict[str, Any] = {
    "country": "SA",
    "certificate": "language_certificate",
    "issuer": "A testing body",
    "issued_in": ["PH"],
    "authority": "Commission for Health Specialties",
}
HELD: dict[str, Any] = {
    "effective": {"from": "2024-01-01"},
    "confidence": "secondary",
    "verified_on": "2026-11-01",
    "verified_by": "a clerk",
}
DECISION: dict[str, Any] = {
    "profession": "nurse",
    "destination": "SA",
    "qualification": {"title": "Bachelor of Science in Nursing", "country": "PH"},
    "outcome": "partial",
    "differences": [{"topic": "outpatient_care", "hours": 200}],
    "compensation": [{"kind": "adaptation_period", "duration": "P6M"}, {"kind": "aptitude_test"}],
    "authority": "Commission for Health Specialties",
    "decided_on": "2026-11-02",
    "reference": "AN-2026-17",
}
