"""``law_change``: one rule of one corridor changes, and all open cases are determined anew; against one plain CEL
loop over cases and rules. From copies in memory to the answer; nothing is concluded before a round begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from tests.bench.crowd import changed, make_cases, make_law
from tests.bench.figures import Ratio
from tests.bench.ground import Ground
from tests.bench.sizes import Sizes

from imdi_legislation.domain.determination import Conclusion, conclude
from imdi_legislation.domain.law import Law
from imdi_legislation.storage.cases import PreparationCase

Determine = Callable[[Law, Sequence[PreparationCase]], list[Conclusion]]


async def law_change(_: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, Any]]]:
    """Cases a second; the loop takes an even sample of the cases, whose answers must be equal."""
    law, cases = make_law(), make_cases(sizes.cases)
    step = max(1, sizes.cases // sizes.looped)
    before = as_product(law, cases)
    ours, floor, differ = [], [], 0
    for _round in range(sizes.rounds):
        edited = changed(law)
        rate, looped = _timed(one_by_one, edited, cases[::step])
        floor.append(rate)
        rate, found = _timed(as_product, edited, cases)
        ours.append(rate)
        assert found[::step] == looped, "another answer than the loop's"
        differ = sum(was.fingerprint != now.fingerprint for was, now in zip(before, found, strict=True))
    told = {"cases": len(cases), "looped": len(looped), "rules": len(law.rules()), "changed": differ}
    return [(Ratio("law_change", 15, 30, ours, floor, "cases/s", more_is_better=True), told)]


def one_by_one(law: Law, cases: Sequence[PreparationCase]) -> list[Conclusion]:
    """The floor: each case asks each rule that binds it by CEL, and composes the answer."""
    rules, found = law.rules(), []
    for case in cases:
        on, facts = case.preparation.departure_on, case.facts(law)
        bound = [rule for rule in rules if rule.in_force(on) and rule.scope.covers(*case.corridor, on)]
        found.append(conclude(bound, facts))
    return found


def as_product(law: Law, cases: Sequence[PreparationCase]) -> list[Conclusion]:
    """What ``determine_again`` and ``impact`` do for each case, the fingerprint by which they compare included."""
    found = []
    for case in cases:
        concluded = case.bound(law).conclude(case.facts(law))
        assert concluded.fingerprint
        found.append(concluded)
    return found


def _timed(determine: Determine, law: Law, cases: Sequence[PreparationCase]) -> tuple[float, list[Conclusion]]:
    began = perf_counter()
    found = determine(law, cases)
    return len(cases) / (perf_counter() - began), found
