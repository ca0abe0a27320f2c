"""The body of ``POST /v1/procedures`` on which examples and tests play."""

from __future__ import annotations

from typing import Any


def procedure_body(instrument: str, **other: Any) -> dict[str, Any]:
    """Three steps from the Philippines to Saudi Arabia; their limits stand on the instrument."""
    basis = {"instrument": instrument, "provision": "art. 3"}
    return {
        "code": "ph-sa-domestic",
        "title": "From contract to departure",
        "corridor": {"origin": "PH", "destination": "SA", "occupations": ["53"]},
        "effective": {"from": "2026-01-01"},
        "steps": [
            {
                "code": "contract",
                "title": "Contract verified",
                "actor": "government",
                "channel": "in person",
                "documents_in": ["passport"],
                "documents_out": ["verified contract"],
                "fees": [
                    {"payer": "employer", "amount": {"amount": "10.00", "currency": "USD"}, "title": "Verification"}
                ],
                "time_limit": {"working_days": 4, "basis": basis},
                "item": "employment_contract",
                "basis": [basis],
                "confidence": "secondary",
                "source": "https://example.org/contract",
            },
            {
                "code": "medical",
                "title": "Medical examination",
                "actor": "medical_provider",
                "documents_in": ["passport"],
                "documents_out": ["fitness report"],
                "fees": [{"payer": "worker", "amount": {"amount": "2500.00", "currency": "PHP"}}],
                "time_limit": {"days": 2, "basis": basis},
                "item": "medical_examination",
            },
            {
                "code": "clearance",
                "title": "Exit clearance",
                "actor": "government",
                "documents_in": ["passport", "verified contract"],
                "documents_out": ["exit clearance"],
                "time_limit": {"duration": "P1M", "basis": basis},
                "item": "exit_permit",
                "after": ["contract", "medical"],
            },
        ],
        "confidence": "secondary",
        "verified_on": "2026-11-01",
        "verified_by": "a clerk",
    } | other
