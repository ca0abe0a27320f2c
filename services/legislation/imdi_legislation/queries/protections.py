"""The rights that apply on a corridor, and the contract that the law in force would have its parties sign."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.domain import judging
from imdi_legislation.domain.judging import Ruling
from imdi_legislation.domain.model_contract import compose
from imdi_legislation.domain.plain import plain
from imdi_legislation.queries.preview import Question, facts_of
from imdi_legislation.storage.law import read_law


async def protections(session: AsyncSession, question: Question) -> dict[str, Any]:
    """The measures, remedies and contacts that protect a worker there; what cannot apply is left out."""
    found = judging.protections((await _rulings(session, question))[1])
    told = [judged.told() for judged in found if judged.status != "not_applicable"]
    return _asked(question) | {"items": told}


async def model_contract(session: AsyncSession, question: Question) -> dict[str, Any]:
    """The clauses with the strictest of each term, and the bars that may stand against the work altogether."""
    epoch, rulings = await _rulings(session, question)
    bars = [judged.told() for judged in judging.bars(rulings) if judged.status != "not_applicable"]
    return _asked(question) | {"law_epoch": epoch, "bars": bars, "clauses": plain(compose(rulings))}


async def _rulings(session: AsyncSession, question: Question) -> tuple[int, list[Ruling]]:
    law, on = await read_law(session), question.on
    bound = law.bound(question.origin, question.destination, question.occupation, on, on)
    return law.epoch, bound.rulings(facts_of(question))


def _asked(question: Question) -> dict[str, Any]:
    names = ("origin", "destination", "occupation", "on")
    return {name: getattr(question, name) for name in names}
