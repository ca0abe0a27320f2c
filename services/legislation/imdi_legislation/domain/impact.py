"""What a change of the law would do to open preparations and vacancies, counted case by case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import Any

from imdi_legislation.domain.breaches import Breach
from imdi_legislation.domain.determination import Conclusion
from imdi_legislation.domain.feasibility import Done, Outlook, outlook
from imdi_legislation.domain.plain import plain

LISTED = 200
"""Changes, and vacancies, that are told one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An open preparation: where it leaves from and when, the day there, and what is cleared."""

    id: str
    origin: str
    today: date
    departure_on: date
    done: Mapping[str, Done]


@dataclass(frozen=True, slots=True)
class Change:
    """One preparation that would be answered otherwise, and how it stands before and after."""

    prepared: Prepared
    conclusions: tuple[Conclusion, Conclusion]
    outlooks: tuple[Outlook, Outlook]

    @property
    def items_differ(self) -> bool:
        before, after = self.conclusions
        return before.items != after.items

    @property
    def newly_infeasible(self) -> bool:
        before, after = self.outlooks
        return before.feasible and not after.feasible

    @property
    def added_days(self) -> int:
        """By how many days later all that remains can be done at the earliest, if begun today; less than 0: sooner."""
        before, after = self.outlooks
        return (after.ready_on - before.ready_on).days

    def told(self) -> dict[str, Any]:
        before, after = (conclusion.told for conclusion in self.conclusions)
        return {
            "preparation_id": self.prepared.id,
            "items": _differences(before["items"], after["items"]),
            "bars_changed": before["bars"] != after["bars"],
            "criteria_changed": before["criteria"] != after["criteria"],
            "feasible": {"before": self.outlooks[0].feasible, "after": self.outlooks[1].feasible},
            "added_days": self.added_days,
        }


class Impact:
    """Counts what changes. ``calendar`` gives the working days of a country."""

    def __init__(self, calendar: Callable[[str], Callable[[date], bool]]) -> None:
        self._calendar = calendar
        self._outlooks: dict[tuple[Any, ...], Outlook] = {}
        self.changes: list[Change] = []
        self.breached: list[dict[str, Any]] = []

    def weigh(self, prepared: Prepared, before: Conclusion, after: Conclusion) -> None:
        """One open preparation, as the law concludes before and after."""
        if before.fingerprint != after.fingerprint:
            outlooks = self._outlook(prepared, before), self._outlook(prepared, after)
            self.changes.append(Change(prepared, (before, after), outlooks))

    def weigh_vacancy(self, vacancy_id: str, status: str, before: Sequence[Breach], after: Sequence[Breach]) -> None:
        """One open vacancy: newly breached where it was lawful before."""
        if after and not before:
            self.breached.append({"vacancy_id": vacancy_id, "status": status, "breaches": plain(after)})

    def told(self) -> dict[str, Any]:
        """Counts of all, and the first ``LISTED`` changes: newly infeasible ones, then most days added, come first."""
        items = [change for change in self.changes if change.items_differ]
        added = [change.added_days for change in items]
        listed = sorted(self.changes, key=lambda one: (not one.newly_infeasible, -one.added_days, one.prepared.id))
        return {
            "changed": len(items),
            "answered_again": len(self.changes),
            "newly_infeasible": sum(change.newly_infeasible for change in self.changes),
            "added_days": {"p50": median_low(added) if added else 0, "max": max(added, default=0)},
            "changes": [change.told() for change in listed[:LISTED]],
        }

    def _outlook(self, prepared: Prepared, conclusion: Conclusion) -> Outlook:
        """Planned once for all who leave alike, on the same day, with the same done."""
        done = tuple(sorted(prepared.done.items()))
        key = id(conclusion), prepared.origin, prepared.today, prepared.departure_on, done
        found = self._outlooks.get(key)
        if found is None:
            found = self._outlooks[key] = outlook(
                conclusion.items, prepared.done, prepared.today, prepared.departure_on, self._calendar(prepared.origin)
            )
        return found


def _differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each item that is added, removed or changed, with every attribute that differs."""
    was, now = ({item["code"]: item for item in items} for items in (before, after))
    found = []
    for code in sorted(was | now):
        old, new = was.get(code), now.get(code)
        if old != new:
            what = "added" if old is None else "removed" if new is None else "changed"
            found.append({"code": code, "change": what, "attributes": _attributes(old or {}, new or {})})
    return found


def _attributes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    names = [name for name in (new or old) if old.get(name) != new.get(name)]
    return {name: {"before": old.get(name), "after": new.get(name)} for name in names}
