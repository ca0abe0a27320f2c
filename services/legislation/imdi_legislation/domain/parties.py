"""Whom an instrument binds: each party by its own signature, ratification, entry into force and denunciation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from imdi_legislation.domain.days import Span, span
from imdi_legislation.domain.in_force import Period
from imdi_legislation.domain.statements import Statement
from imdi_legislation.domain.who_may import OPEN_TO_CLAIMS

OF_ITSELF = ("directive", "regulation")
"""Types that bind the members of their union with no deed of each."""
UNREAD = frozenset({"party_day_unread"})


def parties_of(said: Collection[Statement]) -> list[str]:
    """The parties named, in the order in which they were."""
    named: dict[str, None] = {}
    for each in said:
        if each.kind == "parties":
            named |= dict.fromkeys(each.body["parties"])
        elif each.kind == "party":
            named[each.body["party"]] = None
    return list(named)


def entitled(said: Collection[Statement], level: str) -> list[str]:
    """The parties whose governments may enter it.

    Where any government may claim to be one, they are those named with the instrument, or since by whose it was.
    """
    return parties_of([each for each in said if each.kind == "parties" or level not in OPEN_TO_CLAIMS])


def bound(party: str, said: Collection[Statement], general: Period, level: str, kind: str) -> Period:
    """The period in which an instrument binds a party; ``general`` is the instrument's own."""
    claims = [each.body for each in said if each.kind == "party" and each.body["party"] == party]
    if not claims and party not in parties_of(said):
        return Period()
    return general.meet(_begun(claims, general, own=level in {"national", "bilateral"} or kind in OF_ITSELF)).meet(
        _denounced(claims)
    )


def _begun(claims: list[dict[str, Any]] | list[Any], general: Period, *, own: bool) -> Period:
    """From when the party is bound, by its own deeds alone."""
    entered = _days(claims, "in_force")
    if entered:
        return Period(min(entered).first, max(each.last for each in entered), begin_disputed=len(set(entered)) > 1)
    if own:
        return Period(general.begins, general.surely)
    joined = [claim for claim in claims if claim["status"] in {"ratified", "acceded", "in_force"}]
    days = _days(joined, "ratified", "acceded")
    if joined and days:
        return Period(min(days).first, None, reasons=UNREAD)
    if claims and not joined and any(claim["status"] == "signed" for claim in claims):
        return Period()  # it signed, and is not known to have ratified
    return Period(general.begins, None, reasons=UNREAD)


def _denounced(claims: list[Any]) -> Period:
    left = _days(claims, "denounced")
    if left:
        over = max(each.last for each in left)
        return Period(date.min, date.min, min(left).first, over, end_disputed=len(set(left)) > 1)
    if any(claim["status"] == "denounced" for claim in claims):
        return Period(date.min, None, reasons=frozenset({"day_of_end_unread"}))
    return Period(date.min, date.min)


def _days(claims: list[Any], *statuses: str) -> list[Span]:
    return [span(claim["date"]) for claim in claims if claim["status"] in statuses and claim.get("date")]
