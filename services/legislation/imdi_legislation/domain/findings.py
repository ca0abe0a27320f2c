"""What a government can act on, in sentences: each with the figures and where they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from imdi_legislation.domain.observed_times import Observed, observed_time
from imdi_legislation.domain.procedures import UNSOURCED, Step
from imdi_legislation.domain.streamlining import Analysis, AskedAgain, Time

Kind = Literal[
    "ask_once", "side_by_side", "over_limit", "failed_results", "no_document_passes", "worker_cost", "without_limit",
    "unsourced",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` says what was found, ``basis`` from what it follows; ``steps`` are those that it is about."""

    kind: Kind
    text: str
    basis: str
    steps: tuple[str, ...]


def find(steps: tuple[Step, ...], analysis: Analysis, observed: tuple[Observed, ...]) -> list[Finding]:
    """What to do first stands first."""
    titles = {step.code: step.title for step in steps}
    return [
        *(_ask_once(found) for found in analysis.documents.asked_again),
        *_side_by_side(analysis, observed_time(steps, observed)),
        *(found for one in observed for found in _over_limit(one, titles)),
        *(found for one in observed for found in _failed(one, titles)),
        *_no_document_passes(analysis, titles),
        *_worker_cost(steps, analysis),
        *_without_limit(analysis),
        *_unsourced(steps),
    ]


def in_words(name: str) -> str:
    return name.replace("_", " ")


def _ask_once(found: AskedAgain) -> Finding:
    who = Counter(asking.actor for asking in found.asked_by)
    asked_by = _listed(f"{in_words(actor)} ({times} ×)" for actor, times in who.items())
    made = f" It comes from the step {_listed(map(in_words, found.produced_by))}." if found.produced_by else ""
    return Finding(
        "ask_once",
        f"Ask once: “{found.document}” is asked {len(found.asked_by)} times, by {asked_by}.{made}"
        f" Handed on from the step that first has it, it would be asked {_times(found.again)} less.",
        "The documents that each step asks for, as listed below.",
        tuple(asking.step for asking in found.asked_by),
    )


def _side_by_side(analysis: Analysis, observed: Time | None) -> Iterable[Finding]:
    if not analysis.side_by_side:
        return
    steps = tuple(code for stage in analysis.side_by_side for code in stage)
    sets = "; ".join(_listed(map(in_words, stage)) for stage in analysis.side_by_side)
    told = [_saves("the legal limits", analysis.time)]
    if observed:
        told.append(_saves("the observed medians", observed))
    yield Finding(
        "side_by_side",
        f"{len(steps)} steps can run side by side: {sets}. {' '.join(told)}",
        "The prerequisites of the steps, their legal time limits, and the days observed where they may be told.",
        steps,
    )


def _saves(what: str, time: Time) -> str:
    known = len(time.without_days)
    but = f" Of {known} {'step' if known == 1 else 'steps'} the days are not known: they count none." if known else ""
    return (
        f"By {what} that saves {_days(time.side_by_side_saves_days)}: one after another they add up to"
        f" {_days(time.sequential_days)}, on the longest path to {_days(time.longest_path_days)}.{but}"
    )


def _over_limit(one: Observed, titles: dict[str, str]) -> Iterable[Finding]:
    if one.p90_over_limit:
        yield Finding(
            "over_limit",
            f"“{titles[one.step]}”: the law allows {_days(one.limit_days or 0)}; observed are {one.p50_days} days at"
            f" the median and {one.p90_days} at the ninetieth percentile.",
            f"{one.cases} preparations on this corridor, item {one.item}, from booking (else from when it was required)"
            " to its performance.",
            (one.step,),
        )


def _failed(one: Observed, titles: dict[str, str]) -> Iterable[Finding]:
    if one.failed_share is not None:
        yield Finding(
            "failed_results",
            f"“{titles[one.step]}”: {one.failed_share * 100:.0f} % of the cases failed at least once.",
            f"Preparations on this corridor whose item {one.item} was cleared or failed.",
            (one.step,),
        )


def _no_document_passes(analysis: Analysis, titles: dict[str, str]) -> Iterable[Finding]:
    for pair in analysis.no_document_passes:
        yield Finding(
            "no_document_passes",
            f"“{titles[pair.then]}” waits for “{titles[pair.before]}”, which gives it no document. Is there another"
            " reason for this order?",
            "The documents in and out of the two steps.",
            (pair.before, pair.then),
        )


def _worker_cost(steps: tuple[Step, ...], analysis: Analysis) -> Iterable[Finding]:
    if analysis.worker_cost:
        sums = _listed(f"{money.currency} {money.amount:f}" for money in analysis.worker_cost)
        paid = tuple(step.code for step in steps if any(fee.payer == "worker" for fee in step.fees))
        yield Finding("worker_cost", f"The worker pays {sums}.", "The fees of the steps that name the worker.", paid)


def _without_limit(analysis: Analysis) -> Iterable[Finding]:
    without = analysis.time.without_days
    if without:
        yield Finding(
            "without_limit",
            f"{len(without)} of {analysis.steps} steps have no legal time limit here: no day holds anybody to them, and"
            " the sums of legal days do not count them.",
            "Steps that name no time limit.",
            without,
        )


def _unsourced(steps: tuple[Step, ...]) -> Iterable[Finding]:
    unsourced = tuple(step.code for step in steps if step.confidence == UNSOURCED)
    if unsourced:
        yield Finding(
            "unsourced",
            f"{len(unsourced)} of {len(steps)} steps stand here without a source: check them before acting on this.",
            "Steps marked as unsourced.",
            unsourced,
        )


def _listed(parts: Iterable[str]) -> str:
    *first, last = list(parts)
    return f"{', '.join(first)} and {last}" if first else last


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
