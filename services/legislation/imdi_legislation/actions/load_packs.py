"""Load law as data files: the instruments, then each pack in a transaction of its own.

A pack was reviewed as a file, so its rules are proposed by the pack and activated in its name; who verified each is
recorded on it. What a pack said before is left alone: so the packs that are shipped, loaded at every start, do not take
back an edition that was loaded by hand.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem
from imdi_legislation.actions.activate_rule import activate
from imdi_legislation.actions.complete_instrument import complete_instrument
from imdi_legislation.actions.draft_rule import add_draft
from imdi_legislation.actions.enter_instrument import add_instrument
from imdi_legislation.actions.load_recognition import load_recognition, read_recognition
from imdi_legislation.actions.pack_text import PackText
from imdi_legislation.actions.propose_rule import propose
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.drafts import BasisDraft, RuleDraft, check_proposal, read_draft, refusal
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.instruments import InstrumentDraft, read_instrument
from imdi_legislation.domain.plain import fingerprint, plain
from imdi_legislation.domain.recognition import Draft as Recognition
from imdi_legislation.domain.who_may import Author
from imdi_legislation.storage.law import change_law
from imdi_legislation.storage.tables import Instrument, RuleVersion

Draft = TypeVar("Draft")
INSTRUMENTS, FOUND = "instruments.yaml", "instruments.csv"


@dataclass(frozen=True, slots=True)
class Pack:
    """One file of law, read and in order."""

    name: str
    instruments: list[InstrumentDraft]
    rules: list[RuleDraft]
    corridor: Mapping[str, str] = field(default_factory=dict)
    """``origin`` and ``destination``, where it is for one."""
    recognition: list[Recognition] = field(default_factory=list)


class PackRefused(Exception):
    """A pack that cannot be law: every error with its place, ``file:line: code: field: what is wrong``."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


def read_packs(place: Path) -> list[Pack]:
    """One pack, if that is a file; of a folder the instruments as a pack of their own, then every other, by name."""
    if place.is_file():
        return [read_pack(place)]
    return [read_instruments(place), *(read_pack(file) for file in pack_files(place))]


def pack_files(folder: Path) -> list[Path]:
    """All of them but the instruments, by name."""
    return sorted(file for file in folder.glob("*.yaml") if file.name != INSTRUMENTS)


def read_instruments(folder: Path) -> Pack:
    """The instruments mapped in ``instruments.yaml``; each is a row, by ``nr``, of ``instruments.csv``."""
    with (folder / FOUND).open(encoding="utf-8") as file:
        rows = {row["nr"] for row in csv.DictReader(file)}
    text = PackText(folder / INSTRUMENTS)
    errors = list(text.wrong)
    drafts: list[InstrumentDraft] = []
    for number, entry in enumerate(text.content or []):
        body = dict(entry)
        if str(body.pop("nr", None)) not in rows:
            errors.append(f"{text.place(number)}: {body.get('code')}: nr: is no row of {FOUND}")
        drafts += _read(errors, text, (number,), read_instrument, body)
    if errors:
        raise PackRefused(errors)
    return Pack("instruments", drafts, [])


def read_pack(file: Path) -> Pack:
    """A pack of instruments and rules; ``PackRefused`` lists all that is wrong with it."""
    text = PackText(file)
    errors, content = list(text.wrong), text.content
    if not isinstance(content, Mapping) or not isinstance(content.get("rules"), list):
        wrong = f"{file.name}:1: a pack is an object with name, corridor, instruments and rules"
        raise PackRefused(errors or [wrong])
    instruments: list[InstrumentDraft] = []
    rules: list[RuleDraft] = []
    for number, body in enumerate(content.get("instruments") or []):
        instruments += _read(errors, text, ("instruments", number), read_instrument, body)
    for number, body in enumerate(content["rules"]):
        rules += _read(errors, text, ("rules", number), _proposed, body)
    recognition = read_recognition(content, file.name, errors)
    codes = [body.get("code") for body in content["rules"] if isinstance(body, Mapping)]
    for number, code in enumerate(codes):
        if code in codes[:number]:
            errors.append(f"{text.place('rules', number, 'code')}: {code}: code: stands twice")
    if errors:
        raise PackRefused(errors)
    return Pack(file.stem, instruments, rules, content.get("corridor") or {}, recognition)


def _proposed(body: Mapping[str, Any]) -> RuleDraft:
    """A rule of a pack is a proposal already."""
    draft = read_draft(body)
    try:
        check_proposal(draft.effect, draft.when, {})
    except Refused as refused:
        raise refusal(refused) from refused
    return draft


def _read(
    errors: list[str],
    text: PackText,
    path: tuple[str | int, ...],
    read: Callable[[Mapping[str, Any]], Draft],
    body: Any,
) -> list[Draft]:
    """The draft, or nothing but what is wrong with it."""
    if not isinstance(body, Mapping):
        errors.append(f"{text.place(*path)}: is no object")
        return []
    try:
        return [read(body)]
    except Invalid as invalid:
        for error in invalid.errors:
            where = text.place(*path, *error.field.split("."))
            errors.append(f"{where}: {body.get('code')}: {error.field}: {error.detail}")
        return []


async def load_pack(session: AsyncSession, pack: Pack, now: datetime) -> int:
    """Enter what is new of a pack, and activate its new rules; returns how many instruments and rules those were."""
    await change_law(session)
    by = f"pack:{pack.name}"
    author = Author(by, None, is_steward=True)
    entered = 0
    known = await _known(session)
    for instrument in pack.instruments:
        if instrument.code not in known:
            known[instrument.code] = await add_instrument(session, instrument, author, now)
            entered += 1
        else:
            entered += await complete_instrument(session, known[instrument.code], instrument, author, now)
    named = {basis.instrument for entry in pack.recognition for basis in entry.sourced.basis}
    missing = sorted(named.union(*(rule.instruments() for rule in pack.rules)) - set(known))
    if missing:
        raise PackRefused([f"{pack.name}: {code}: there is no such instrument" for code in missing])
    for rule in pack.rules:
        draft = _with_ids(rule, known)
        said = fingerprint(plain(draft))
        if not await _said_before(session, draft.code, said):
            try:
                await _enact(session, draft, said, by, now)
            except Problem as problem:
                raise PackRefused([f"{pack.name}: {draft.code}: {problem.detail}"]) from problem
            entered += 1
    return entered + await load_recognition(session, pack.recognition, known, by, now)


async def _enact(session: AsyncSession, draft: RuleDraft, said: str, by: str, now: datetime) -> None:
    version = await add_draft(session, draft, by, now)
    version.pack_hash = said
    await propose(session, version, by)
    await activate(session, version, None, f"{by}:reviewed", now)


async def _known(session: AsyncSession) -> dict[str, UUID]:
    rows = await session.execute(select(Instrument.code, Instrument.id))
    return {code: instrument_id for code, instrument_id in rows}  # noqa: C416 - rows are no pairs to the type checker


def _with_ids(draft: RuleDraft, known: Mapping[str, UUID]) -> RuleDraft:
    """The same with instruments by id in place of their codes."""

    def bases(codes: tuple[BasisDraft, ...]) -> tuple[BasisDraft, ...]:
        return tuple(replace(basis, instrument=str(known[basis.instrument])) for basis in codes)

    disputed = tuple(replace(dispute, basis=bases(dispute.basis)) for dispute in draft.disputed)
    return replace(draft, basis=bases(draft.basis), disputed=disputed)


async def _said_before(session: AsyncSession, code: str, said: str) -> bool:
    """Whether a pack ever said so; what another edition, or a person, has changed since stays."""
    before = select(RuleVersion.id).where(RuleVersion.code == code, RuleVersion.pack_hash == said)
    return await session.scalar(before.limit(1)) is not None
