"""Synthetic partners and a synthetic worker: nobody here exists. Their law does."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

YEAR = timedelta(days=365)
SERVICES = {
    "government": ["police_clearance", "employment_contract", "welfare_fund", "visa", "exit_permit"],
    "medical_provider": ["medical_examination"],
    "training_provider": ["orientation"],
    "testing_body": ["skill_test"],
    "insurer": ["insurance"],
}
"""Which items the demo's partners perform, by the kind of member the law names."""


def member(name: str, kind: str, country: str, today: date) -> dict[str, Any]:
    """An application as a member."""
    licence = {
        "type": "recruitment" if kind == "recruitment_agency" else "operation",
        "number": f"DEMO-{country}-{kind}".upper().replace("_", "-"),
        "issuer": "Demonstration licensing desk",
        "valid_from": str(today - YEAR),
        "valid_until": str(today + 2 * YEAR),
    }
    services = [
        {"service": item, "country": country, "place": "Manila", "destinations": ["SA"]}
        for item in SERVICES.get(kind, [])
    ]
    contact = f"{name.lower().replace(' ', '-')}@example.org"
    return {
        "name": name,
        "kind": kind,
        "country": country,
        "contact_email": contact,
        "licences": [licence],
        "services": services,
    }


MEMBERS = {
    "demo-employer-sa": ("Demo Household Riyadh", "employer", "SA"),
    "demo-agency-ph": ("Demo Agency Manila", "recruitment_agency", "PH"),
    "demo-agency-np": ("Demo Agency Kathmandu", "recruitment_agency", "NP"),
    "demo-government-ph": ("Demo Labour Department Manila", "government", "PH"),
    "demo-clinic-ph": ("Demo Clinic Manila", "medical_provider", "PH"),
    "demo-school-ph": ("Demo School Manila", "training_provider", "PH"),
    "demo-tester-ph": ("Demo Test Centre Manila", "testing_body", "PH"),
    "demo-insurer-ph": ("Demo Insurer Manila", "insurer", "PH"),
}


def worker(today: date) -> dict[str, Any]:
    """Maria Demo-Santos, thirty years old, with a passport of its own number that is good for four years."""
    return {
        "given_names": "Maria",
        "family_name": "Demo-Santos",
        "birth_date": str(today.replace(day=1) - 30 * YEAR - timedelta(days=60)),
        "sex": "female",
        "nationality": "PH",
        "country": "PH",
        "passport": {
            "number": f"D{secrets.randbelow(10**7):07}A",
            "issuing_country": "PH",
            "expires_on": str(today + 4 * YEAR),
        },
        "consents": [{"purpose": "matching"}, {"purpose": "preparation"}],
    }


def profile(today: date) -> dict[str, Any]:
    return {
        "occupations": [{"isco": "5322", "years": 4}],
        "skills": [],
        "languages": [{"language": "en", "level": "B1"}, {"language": "tl", "level": "C2"}],
        "qualifications": [{"title": "Caregiving NC II", "isced": 3, "country": "PH", "year": 2021}],
        "available_from": str(today),
        "destinations": ["SA"],
    }


def vacancy(today: date, wage: str, *, retains_documents: bool) -> dict[str, Any]:
    return {
        "title": "Domestic caregiver",
        "occupation": "5322",
        "employer": {"name": "Demo Household", "kind": "household"},
        "destination": {"country": "SA", "place": "Riyadh"},
        "origins": ["PH"],
        "positions": 1,
        "wage": {"amount": wage, "currency": "SAR", "period": "month"},
        "contract": {
            "months": 24,
            "hours_per_week": 48,
            "rest_days_per_week": 1,
            "annual_leave_days": 30,
            "accommodation": True,
            "food": True,
            "retains_documents": retains_documents,
            "ticket_paid_by": "employer",
        },
        "worker_pays": [{"component": "service_fee", "amount": {"amount": "0", "currency": "PHP"}}],
        "languages": [{"language": "en", "level": "A2"}],
        "skills": {"essential": [], "optional": []},
        "start_on": str(today + timedelta(days=28)),
        "closes_on": str(today + timedelta(days=14)),
    }
