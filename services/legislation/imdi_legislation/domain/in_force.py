"""When an instrument is in force, and when it binds a party, by what the sources say.

Sources give months for days, contradict each other, or say nothing. So a period has two beginnings (the first day on
which it may bind, and that from which it binds by every source) and two ends. Between them the answer is *presumed*,
or *disputed* where sources contradict each other; it is never made up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from imdi_legislation.domain.days import Span, span
from imdi_legislation.domain.statements import Statement
from imdi_planning.durations import duration

Standing = Literal["yes", "presumed", "disputed", "no"]
LIVE, ENDED = ("in_force", "partly_in_force"), ("repealed", "expired", "denounced")


@dataclass(frozen=True, slots=True)
class Period:
    """``begins`` None: it is not known to bind. ``ends``, ``over``: the first days on which it binds no more."""

    begins: date | None = None
    surely: date | None = None
    ends: date | None = None
    over: date | None = None
    begin_disputed: bool = False
    end_disputed: bool = False
    reasons: frozenset[str] = field(default_factory=frozenset)

    def on(self, day: date) -> Standing:
        """Whether it binds on a day."""
        if self.begins is None or day < self.begins or (self.over is not None and day >= self.over):
            return "no"
        begun = self.surely is not None and day >= self.surely
        ending = self.ends is not None and day >= self.ends
        if begun and not ending:
            return "yes"
        disputed = (self.begin_disputed and not begun) or (self.end_disputed and ending)
        return "disputed" if disputed else "presumed"

    def meet(self, other: Period) -> Period:
        """The days that lie in both."""
        begun = self.begins is not None and other.begins is not None
        sure = self.surely is not None and other.surely is not None
        return Period(
            begins=max(self.begins or date.min, other.begins or date.min) if begun else None,
            surely=max(self.surely or date.min, other.surely or date.min) if sure else None,
            ends=min((day for day in (self.ends, other.ends) if day), default=None),
            over=min((day for day in (self.over, other.over) if day), default=None),
            begin_disputed=self.begin_disputed or other.begin_disputed,
            end_disputed=self.end_disputed or other.end_disputed,
            reasons=self.reasons | other.reasons,
        )


@dataclass(frozen=True, slots=True)
class Repeal:
    """That another instrument repeals this one: when, where that was read, and before which day it surely did not."""

    on: Span | None
    not_before: date | None


def events(said: Collection[Statement], *names: str) -> list[Span]:
    """The days that sources give for such events."""
    return [span(each.body["date"]) for each in said if each.kind == "event" and each.body["event"] in names]


def in_force(said: Collection[Statement], repeals: Sequence[Repeal] = ()) -> Period:
    """The period of an instrument, from the statements that stand."""
    began = events(said, "in_force") or events(said, "applied_provisionally")
    made = events(said, "adopted", "signed")
    status, as_of = _status(said)
    if status in {"draft", "not_in_force"} or not (began or status in LIVE or status in ENDED):
        return Period()
    if began:
        begun = Period(min(began).first, max(each.last for each in began), begin_disputed=len(set(began)) > 1)
    else:
        first = min(made).first if made else date.min
        begun = Period(first, as_of if status in LIVE else None, reasons=frozenset({"day_of_entry_unread"}))
    return _ended(begun, said, repeals, began or made)


def _ended(begun: Period, said: Collection[Statement], repeals: Sequence[Repeal], start: list[Span]) -> Period:
    """The same with its end: an event or a dated repeal; else what status, undated repeal or term let us bound."""
    ended = events(said, *ENDED) + [each.on for each in repeals if each.on]
    if ended:
        end = max(each.last for each in ended)
        return replace(begun, ends=min(ended).first, over=end, end_disputed=len(set(ended)) > 1)
    status, as_of = _status(said)
    bounds = [each.not_before for each in repeals if each.not_before]
    if status in ENDED or repeals:
        over = as_of if status in ENDED else None
        return _doubted(begun, max(bounds, default=begun.begins), over, "day_of_end_unread")
    return _term_ended(begun, said, start)


def _term_ended(begun: Period, said: Collection[Statement], start: list[Span]) -> Period:
    terms = [each.body for each in said if each.kind == "term"]
    if not terms or not start or terms[-1]["renewal"] == "automatic":
        return begun
    renewed = [
        date.fromisoformat(each.body["until"])
        for each in said
        if each.kind == "event" and each.body["event"] == "renewed"
    ]
    try:
        length = duration(terms[-1]["duration"])
        ends, over = length.after(min(start).first), length.after(max(each.last for each in start))
        ends = max([ends, *(day + timedelta(days=1) for day in renewed)])
    except (ValueError, OverflowError):
        return begun  # a term beyond the calendar never ends in it
    if terms[-1]["renewal"] == "none":
        return replace(begun, ends=ends, over=max(ends, over))
    return _doubted(begun, ends, None, f"renewal_{'stalled' if terms[-1]['renewal'] == 'stalled' else 'unread'}")


def _doubted(begun: Period, ends: date | None, over: date | None, reason: str) -> Period:
    return replace(begun, ends=ends, over=over, reasons=begun.reasons | {reason})


def _status(said: Collection[Statement]) -> tuple[str | None, date | None]:
    """The newest status, and the day for which a source vouches for it."""
    stated = [each for each in said if each.kind == "status"]
    if not stated:
        return None, None
    last = max(stated, key=lambda each: (each.body.get("date") or "", each.recorded_at, each.id))
    on = last.body.get("date")
    return str(last.body["status"]), date.fromisoformat(on) if on else last.verified_on


def status_of(said: Collection[Statement]) -> str | None:
    return _status(said)[0]
