"""From the domain's values to plain JSON, and a fingerprint of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from imdi_legislation.domain.effects import Cap, Effect


def plain(value: Any) -> Any:
    """JSON of a value: decimals as texts, dates as ISO, sets sorted, dataclasses as objects of all their fields."""
    if isinstance(value, Cap):
        return _cap(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def plain_effect(effect: Effect) -> dict[str, Any]:
    """An effect as it is posted: its own fields, without those it leaves open (``validity`` is always said)."""
    return {name: value for name, value in plain(effect).items() if value is not None or name == "validity"}


def fingerprint(value: Any) -> str:
    """SHA-256 over canonical JSON: the same facts and rules give the same text on every machine."""
    return hashed(canonical(plain(value)))


def canonical(told: Any) -> str:
    """The one text of a JSON value."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _cap(cap: Cap) -> dict[str, Any]:
    if cap.months_of_wage is not None:
        return {"months_of_wage": plain(cap.months_of_wage)}
    return {"amount": plain(cap.money.amount), "currency": cap.money.currency} if cap.money else {"amount": "0"}
