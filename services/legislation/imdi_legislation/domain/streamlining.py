"""What a procedure costs in steps, hand-overs, papers, days and money, and what of it could run side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from imdi_legislation.domain.money import Money
from imdi_legislation.domain.procedures import Step
from imdi_legislation.domain.time_limits import calendar_days
from imdi_planning.order import in_order

Steps = tuple[Step, ...]
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a document in which step."""

    step: str
    actor: str


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A document for which more than one step asks: ``again`` times too often."""

    document: str
    produced_by: tuple[str, ...]
    asked_by: tuple[Asking, ...]

    @property
    def again(self) -> int:
        return len(self.asked_by) - 1


@dataclass(frozen=True, slots=True)
class Documents:
    """``distinct`` documents are asked for ``asked`` times in all."""

    distinct: int
    asked: int
    asked_again: tuple[AskedAgain, ...]


@dataclass(frozen=True, slots=True)
class Time:
    """Calendar days. Steps whose days are not known (``without_days``) count none, so the sums are a least."""

    sequential_days: int
    longest_path_days: int
    longest_path: tuple[str, ...]
    without_days: tuple[str, ...]

    @property
    def side_by_side_saves_days(self) -> int:
        return self.sequential_days - self.longest_path_days


@dataclass(frozen=True, slots=True)
class Cost:
    payer: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Pair:
    """A prerequisite, and the step that waits for it."""

    before: str
    then: str


@dataclass(frozen=True, slots=True)
class Analysis:
    steps: int
    actors: dict[str, int]
    """How many steps each takes."""
    hand_overs: tuple[Pair, ...]
    """Where a step waits for another actor's."""
    documents: Documents
    time: Time
    stages: tuple[tuple[str, ...], ...]
    """The steps of one stage wait for none of each other: they can run side by side."""
    no_document_passes: tuple[Pair, ...]
    """Where a step waits for one that gives it no document: by the papers alone it need not."""
    worker_cost: tuple[Money, ...]
    costs: tuple[Cost, ...]

    @property
    def side_by_side(self) -> tuple[tuple[str, ...], ...]:
        """The stages of two steps or more."""
        return tuple(stage for stage in self.stages if len(stage) > 1)


def analyse(steps: Steps) -> Analysis:
    """Everything that can be told from the steps alone, which are in order (``procedures.order_error``)."""
    ordered = in_turn(steps)
    by_code = {step.code: step for step in steps}
    pairs = [Pair(before, step.code) for step in ordered for before in step.after]
    costs = _costs(steps)
    return Analysis(
        steps=len(steps),
        actors=dict(sorted(Counter(step.actor for step in steps).items())),
        hand_overs=tuple(pair for pair in pairs if by_code[pair.before].actor != by_code[pair.then].actor),
        documents=_documents(ordered),
        time=time_of(steps, {step.code: calendar_days(step.time_limit) for step in steps}),
        stages=_stages(ordered),
        no_document_passes=tuple(
            pair
            for pair in pairs
            if not _keys(by_code[pair.before].documents_out) & _keys(by_code[pair.then].documents_in)
        ),
        worker_cost=tuple(cost.amount for cost in costs if cost.payer == WORKER),
        costs=costs,
    )


def in_turn(steps: Steps) -> list[Step]:
    """The steps, each behind its prerequisites, else as they are listed."""
    place = {step.code: number for number, step in enumerate(steps)}
    levels = _levels({step.code: step for step in steps})
    return sorted(steps, key=lambda step: (levels[step.code], place[step.code]))


def key_of(document: str) -> str:
    """The same document however it is spaced and capitalised."""
    return " ".join(document.split()).casefold()


def _keys(documents: tuple[str, ...]) -> set[str]:
    return {key_of(document) for document in documents}


def _levels(by_code: Mapping[str, Step]) -> dict[str, int]:
    """How many steps the longest chain of prerequisites before each has."""
    levels: dict[str, int] = {}
    for code in in_order({code: set(step.after) for code, step in by_code.items()}):
        levels[code] = max((levels[before] + 1 for before in by_code[code].after), default=0)
    return levels


def _stages(ordered: list[Step]) -> tuple[tuple[str, ...], ...]:
    stages: dict[int, list[str]] = defaultdict(list)
    levels = _levels({step.code: step for step in ordered})
    for step in ordered:
        stages[levels[step.code]].append(step.code)
    return tuple(tuple(stages[level]) for level in sorted(stages))


def _documents(ordered: list[Step]) -> Documents:
    asked: dict[str, list[Asking]] = defaultdict(list)
    produced: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for step in ordered:
        for document in step.documents_in:
            names.setdefault(key_of(document), document)
        for key in sorted(_keys(step.documents_in)):
            asked[key].append(Asking(step.code, step.actor))
        for key in sorted(_keys(step.documents_out)):
            produced[key].append(step.code)
    again = [AskedAgain(names[key], tuple(produced[key]), tuple(who)) for key, who in asked.items() if len(who) > 1]
    again.sort(key=lambda found: (-found.again, found.document))
    return Documents(len(asked), sum(map(len, asked.values())), tuple(again))


def time_of(steps: Steps, days: Mapping[str, int | None]) -> Time:
    """One after another, and on the longest path; of equally long paths the one of most steps."""
    ordered = in_turn(steps)
    ends: dict[str, tuple[int, int, str]] = {}
    came_from: dict[str, str | None] = {}
    for step in ordered:
        reached, chain, latest = max((ends[before] for before in step.after), default=(0, 0, ""))
        came_from[step.code] = latest or None
        ends[step.code] = (reached + (days.get(step.code) or 0), chain + 1, step.code)
    longest, _, last = max(ends.values(), default=(0, 0, ""))
    without = tuple(step.code for step in ordered if days.get(step.code) is None)
    return Time(sum(day or 0 for day in days.values()), longest, tuple(_back_from(last, came_from)), without)


def _back_from(code: str | None, came_from: Mapping[str, str | None]) -> list[str]:
    path: list[str] = []
    while code:
        path.insert(0, code)
        code = came_from[code]
    return path


def _costs(steps: Steps) -> tuple[Cost, ...]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for step in steps:
        for fee in step.fees:
            sums[fee.payer, fee.amount.currency] += fee.amount.amount
    return tuple(Cost(payer, Money(amount, currency)) for (payer, currency), amount in sorted(sums.items()))
