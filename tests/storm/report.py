"""What a storm showed: a table of fault kinds, and one line of JSON."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.storm.history import Command
from tests.storm.nemesis import Done
from tests.storm.verdicts import Verdict

COLUMNS = ("fault", "faults", "acknowledged", "lost", "doubled", "inverted", "answer p95 s", "visible p95 s", "late")


@dataclass
class Outcome:
    """One storm's figures."""

    commands: Sequence[Command]
    done: Sequence[Done]
    verdicts: Sequence[Verdict]
    notes: list[str] = field(default_factory=list)
    sabotage_caught: int = 0
    sabotage_total: int = 0

    @property
    def kills(self) -> int:
        return sum(len(one.fault.targets) for one in self.done if one.fault.kind == "kill")

    @property
    def good(self) -> bool:
        late = any(one.recovery.visible_s is None for one in self.done)
        return not self.verdicts and not late and self.sabotage_caught == self.sabotage_total

    def count(self, *kinds: str) -> int:
        return sum(verdict.kind in kinds for verdict in self.verdicts)


def table(outcome: Outcome) -> str:
    rows = [COLUMNS, *(_row(kind, outcome) for kind in sorted({one.fault.kind for one in outcome.done})), _all(outcome)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def line(outcome: Outcome) -> str:
    """The last line of a run; what is neither lost, doubled nor inverted is told beside them where there is any."""
    figures: dict[str, object] = {
        "kills": outcome.kills,
        "acknowledged": sum(command.ok for command in outcome.commands),
        "lost": outcome.count("lost", "disagrees", "held"),
        "doubled": outcome.count("doubled", "invented"),
        "inverted": outcome.count("inverted"),
        "recovery_p95_s": p95([one.recovery.visible_s for one in outcome.done if one.recovery.visible_s is not None]),
        "sabotage_caught": outcome.sabotage_caught,
        "sabotage_total": outcome.sabotage_total,
    }
    leaked = outcome.count("leaked")
    return json.dumps(figures | ({"leaked": leaked} if leaked else {}))


def p95(seconds: Iterable[float]) -> float | None:
    """The smallest that at least 95 of 100 do not exceed."""
    ordered = sorted(seconds)
    return round(ordered[math.ceil(len(ordered) * 0.95) - 1], 1) if ordered else None


def _row(kind: str, outcome: Outcome) -> tuple[str, ...]:
    done = [one for one in outcome.done if one.fault.kind == kind]
    during = [command for command in outcome.commands if command.ended and any(_in(one, command) for one in done)]
    touched = {command.subject for command in during}
    wrong = Counter(verdict.kind for verdict in outcome.verdicts if verdict.subject in touched)
    acknowledged = sum(command.ok for command in during)
    counts = (len(done), acknowledged, wrong["lost"], wrong["doubled"], wrong["inverted"])
    return (kind, *map(str, counts), *_recovered(done))


def _all(outcome: Outcome) -> tuple[str, ...]:
    acknowledged = sum(command.ok for command in outcome.commands)
    counts = (len(outcome.done), acknowledged, *(outcome.count(kind) for kind in ("lost", "doubled", "inverted")))
    return ("all", *map(str, counts), *_recovered(outcome.done))


def _recovered(done: Sequence[Done]) -> tuple[str, str, str]:
    answers = [one.recovery.answer_s for one in done if one.recovery.answer_s is not None]
    visible = [one.recovery.visible_s for one in done if one.recovery.visible_s is not None]
    return str(p95(answers)), str(p95(visible)), str(len(done) - len(visible))


def _in(one: Done, command: Command) -> bool:
    """Acknowledged between the fault's beginning and the recovery from it."""
    over = one.ended + (one.recovery.visible_s or 0.0)
    return command.ended is not None and one.began <= command.ended <= over
