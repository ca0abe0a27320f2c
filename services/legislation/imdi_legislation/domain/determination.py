"""The law applied to one case: an assessment of a vacancy, or the requirements of a preparation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from imdi_legislation.domain import judging
from imdi_legislation.domain.breaches import Breach, Offer, find_breaches, over_origins
from imdi_legislation.domain.effects import Bar, Criterion
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.items import Item, determine_items
from imdi_legislation.domain.judging import Judged, Ruling
from imdi_legislation.domain.plain import canonical, fingerprint, hashed, plain, plain_effect
from imdi_legislation.domain.rules import Reference, Rule

_JUDGED = ("bars", "criteria", "terms", "fees", "protections")


@dataclass(frozen=True)
class Conclusion:
    """What rules demand of all cases whose facts they read alike.

    ``failed`` are the rules whose condition could not be evaluated: to be alarmed.
    """

    bars: list[Judged]
    criteria: list[Judged]
    terms: list[Judged]
    fees: list[Judged]
    protections: list[Judged]
    items: list[Item]
    rules: list[Reference]
    failed: list[Reference]

    @cached_property
    def told(self) -> dict[str, Any]:
        """As announced of a preparation; recruitment bars bound earlier, terms and fees bind the vacancy."""
        return self._told(plain(self.items), plain(self.rules))

    @cached_property
    def whole(self) -> dict[str, Any]:
        """All of it as JSON, as a preview tells it."""
        judged = {name: [one.told() for one in getattr(self, name)] for name in _JUDGED}
        return judged | {name: self.told[name] for name in ("items", "rules")}

    @cached_property
    def fingerprint(self) -> str:
        """Of all that makes it another answer where it differs."""
        return self._fingerprint([canonical(item) for item in self.told["items"]])

    def take_told(self, items: list[Any], rules: list[Any], texts: list[str]) -> None:
        """Items and rules are told already as JSON, the items as canonical texts too: it is not done again."""
        vars(self)["told"] = self._told(items, rules)
        vars(self)["fingerprint"] = self._fingerprint(texts)

    def _told(self, items: list[Any], rules: list[Any]) -> dict[str, Any]:
        return {
            "items": items,
            "bars": [bar.told() for bar in departure_bars(self)],
            "criteria": [_told_criterion(criterion) for criterion in self.criteria],
            "rules": rules,
            "protections": [protection.told() for protection in self.protections],
        }

    def _fingerprint(self, items: list[str]) -> str:
        bars, criteria, protections = (canonical(self.told[name]) for name in ("bars", "criteria", "protections"))
        told = f'"bars":{bars},"criteria":{criteria},"items":[{",".join(items)}],"protections":{protections}'
        return hashed(f"{{{told}}}")


@dataclass(frozen=True)
class Requirements(Conclusion):
    """What one case demands; ``input_hash`` is over all of its facts and the versions in its scope."""

    input_hash: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a vacancy's terms break, for each of its origins."""

    breaches: list[Breach]
    rules: list[Reference]
    failed: list[Reference]
    input_hash: str

    @property
    def told(self) -> dict[str, Any]:
        """As announced of a vacancy."""
        return {"lawful": not self.breaches, "breaches": plain(self.breaches), "rules": plain(self.rules)}


def determine(rules: Sequence[Rule], facts: Facts, salt: str | None = None) -> Requirements:
    """All that the rules in scope of one case say of its facts."""
    return Requirements(**vars(conclude(rules, facts)), input_hash=input_hash(rules, facts, salt))


def conclude(rules: Sequence[Rule], facts: Facts) -> Conclusion:
    """The same without the hash: it hangs on no fact but those that the rules read."""
    rulings = judging.rule_on(rules, facts)
    return Conclusion(
        bars=judging.bars(rulings),
        criteria=judging.criteria(rulings, facts),
        terms=judging.terms(rulings),
        fees=judging.fees(rulings),
        items=determine_items(rulings),
        rules=references(rulings),
        failed=_failed(rulings),
        protections=judging.protections(rulings),
    )


def input_hash(rules: Sequence[Rule], facts: Facts, salt: str | None) -> str:
    """What names the input of a determination: every fact, and the id of each version in scope.

    With the ``salt`` of its case, without which a person's facts, few and each of few values, could be found by trying.
    """
    salted = {"salt": salt} if salt else {}
    return fingerprint({"facts": facts, "rules": sorted(rule.id for rule in rules)} | salted)


def departure_bars(requirements: Conclusion) -> list[Judged]:
    """The bars that bind a preparation: a recruitment bar binds before it, in the vacancy and in matching."""
    return [bar for bar in requirements.bars if isinstance(bar.effect, Bar) and bar.effect.prohibits == "departure"]


def assess(rules_by_origin: dict[str, list[Rule]], facts: Facts, offer: Offer) -> Assessment:
    """A vacancy's terms against the rules of each origin; its workers' facts are not known, but for their country."""
    breaches: list[Breach] = []
    rulings: list[Ruling] = []
    for origin, rules in rules_by_origin.items():
        ours = judging.rule_on(rules, facts | {"worker.country": origin})
        breaches.extend(find_breaches(ours, offer, origin))
        rulings.extend(ours)
    asked = references(rulings)
    judged = {"facts": facts, "offer": plain(offer), "origins": sorted(rules_by_origin)}
    return Assessment(
        breaches=over_origins(breaches),
        rules=asked,
        failed=_failed(rulings),
        input_hash=fingerprint(judged | {"rules": sorted(reference.id for reference in asked)}),
    )


def _told_criterion(judged: Judged) -> dict[str, Any]:
    named = judged.effect.criterion if isinstance(judged.effect, Criterion) else ""
    return {"criterion": named, "effect": plain_effect(judged.effect)} | judged.standing()


def references(rulings: Sequence[Ruling]) -> list[Reference]:
    """The rules asked, in the order of codes."""
    return sorted({ruling.rule.reference for ruling in rulings}, key=lambda rule: (rule.code, rule.version))


def _failed(rulings: Sequence[Ruling]) -> list[Reference]:
    return references([ruling for ruling in rulings if ruling.answer.failed])
