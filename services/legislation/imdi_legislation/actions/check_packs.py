"""Check packs as files, with no platform there: each alone, together, and against the instruments they stand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from imdi_legislation.actions.load_packs import INSTRUMENTS, Pack, PackRefused, pack_files, read_instruments, read_pack
from imdi_legislation.actions.pack_text import PackText
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.conflicts import find_conflict
from imdi_legislation.domain.drafts import RuleDraft, answers_fixed, check_proposal
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.instruments import InstrumentDraft
from imdi_legislation.domain.rules import Basis, Rule

_NO_LAW = ("draft", "repealed", "expired", "denounced")
_SOURCED = ("source", "verified_on", "verified_by")


def packs_at(named: Iterable[str], home: Path) -> list[Path]:
    """Files: each named by a path to it, to a folder of packs, or by its name in the folder ``home``."""
    found: list[Path] = []
    for name in named:
        place = Path(name) if Path(name).exists() else home / f"{name}.yaml"
        found += pack_files(place) if place.is_dir() else [place]
    return found


def check_packs(files: Iterable[Path], home: Path) -> tuple[list[Pack], list[str]]:
    """The packs that can be read, and all that is wrong: ``file:line: code: field: what is wrong``.

    The instruments are those of ``instruments.yaml`` beside a pack, else in the folder ``home``, those of the packs
    in ``home``, which every platform has, and the packs' own.
    """
    packs: dict[Path, Pack] = {}
    errors: list[str] = []
    instruments: dict[str, InstrumentDraft] = {}
    for file in files:
        try:
            instruments |= _entered(read_instruments(file.parent if (file.parent / INSTRUMENTS).exists() else home))
            packs[file] = read_pack(file)
        except PackRefused as refused:
            errors += refused.errors
    for pack in (*_readable(pack_files(home)), *packs.values()):
        instruments |= _entered(pack)
    types: dict[str, FactType] = {}
    law = [_rule(rule, types) for pack in packs.values() for rule in pack.rules]
    for file, pack in packs.items():
        text = PackText(file)
        for number, rule in enumerate(pack.rules):
            wrong = [
                *_unsourced(rule),
                *_ill_based(rule, instruments),
                *_untyped(rule, types),
                *_conflicting(rule, law),
            ]
            errors += [f"{text.place('rules', number, name)}: {rule.code}: {name}: {what}" for name, what in wrong]
    return list(packs.values()), list(dict.fromkeys(errors))


def _readable(files: Iterable[Path]) -> Iterator[Pack]:
    for file in files:
        with suppress(PackRefused):
            yield read_pack(file)


def _entered(pack: Pack) -> dict[str, InstrumentDraft]:
    return {instrument.code: instrument for instrument in pack.instruments}


def _rule(draft: RuleDraft, types: dict[str, FactType]) -> Rule:
    """As it would be law; the first rule that reads an answer fixes its type, as activation does."""
    condition = check_proposal(draft.effect, draft.when, {})
    for name, kind in answers_fixed(condition, draft.effect).items():
        types.setdefault(name, kind)
    basis = tuple(Basis(basis.instrument, "", basis.provision) for basis in draft.basis)
    return Rule(
        id=draft.code,
        code=draft.code,
        version=1,
        kind=draft.kind,
        scope=draft.scope,
        condition=condition,
        effect=draft.effect,
        basis=basis,
        begins=draft.begins,
        ends=draft.ends,
    )


_Wrong = Iterator[tuple[str, str]]


def _unsourced(rule: RuleDraft) -> _Wrong:
    for name in _SOURCED:
        if getattr(rule, name) is None:
            yield name, "a pack says it of each rule"
    if (rule.confidence == "disputed") != bool(rule.disputed):
        yield "disputed", "is there exactly where confidence is disputed"
    if any(dispute.source is None for dispute in rule.disputed):
        yield "disputed", "each names its source"


def _ill_based(rule: RuleDraft, instruments: Mapping[str, InstrumentDraft]) -> _Wrong:
    for code in rule.instruments():
        if code not in instruments:
            yield "basis", f"there is no instrument {code}"
    for basis in rule.basis:
        instrument = instruments.get(basis.instrument)
        if instrument and instrument.status in _NO_LAW:
            yield "basis", f"{instrument.code} is {instrument.status}"


def _untyped(rule: RuleDraft, types: Mapping[str, FactType]) -> _Wrong:
    try:
        condition = check_proposal(rule.effect, rule.when, types)
    except Refused as refused:
        yield "when", str(refused)
        return
    for name, kind in answers_fixed(condition, rule.effect).items():
        if types[name] != kind:
            yield "when", f"another rule reads {name} as {types[name]}"


def _conflicting(rule: RuleDraft, law: list[Rule]) -> _Wrong:
    mine = next(each for each in law if each.code == rule.code)
    found = find_conflict(mine, law)
    if found:
        yield "effect", f"{found.what} ({', '.join(found.rules)})"
    if sum(each.code == rule.code for each in law) > 1:
        yield "code", "another pack has a rule of this code"
