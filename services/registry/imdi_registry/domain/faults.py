"""What is wrong with something stated: the field, the rule it breaks, and a sentence that never repeats the input."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    field: str
    rule: str
    detail: str
