"""A determination reached anew, from the facts and the versions of rules that were kept: what an auditor asks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import Problem, conflict
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import plain
from imdi_legislation.domain.reproduction import assessed_anew, determined_anew, differences
from imdi_legislation.domain.rules import Rule
from imdi_legislation.queries.determinations import readable
from imdi_legislation.storage import rules
from imdi_legislation.storage.cases import offer_of
from imdi_legislation.storage.tables import Determination, DeterminationFacts


async def reproduce(session: AsyncSession, determination_id: UUID, actor: Actor) -> dict[str, Any]:
    """Whether the same answer, of the same input, comes out again; where not, at which places.

    410 once the facts are erased; 409 where what it was judged on was not yet kept, or its rules cannot be read.
    """
    kept = await readable(session, determination_id, actor)
    if kept.facts is None:
        raise Problem("erased", 410, "The facts were erased with the worker; the outcome and the hash remain.")
    answer = kept.determination
    found = _anew(answer, kept.facts, kept.salt, await _rules(session, answer))
    differing = differences(answer.outcome | {"input_hash": answer.input_hash}, found)
    return {
        "id": answer.id,
        "reproduced": not differing,
        "input_hash": answer.input_hash,
        "differs": plain(differing),
    }


def _anew(answer: Determination, kept: DeterminationFacts, salt: str | None, versions: list[Rule]) -> dict[str, Any]:
    if answer.kind == "preparation":
        return determined_anew(versions, kept.facts, salt)
    if kept.offer is None:
        raise _not_reproducible("offer_not_kept", "It is from before the offer was kept beside its facts.")
    return assessed_anew(versions, kept.facts, offer_of(kept.offer), kept.offer["origins"], answer.judged_on)


async def _rules(session: AsyncSession, answer: Determination) -> list[Rule]:
    """The versions that it names, as they are there now: none is ever changed but for its last day."""
    versions = await rules.named(session, [UUID(reference["id"]) for reference in answer.outcome["rules"]])
    titles, types = await rules.titles_of(session, versions), await rules.answer_types(session)
    try:
        return [rules.as_rule(version, titles, types) for version in versions]
    except (Refused, Invalid):
        raise _not_reproducible("rule_not_read", "A rule of then is none that can be read any more.") from None


def _not_reproducible(why: str, detail: str) -> Problem:
    return conflict("not-reproducible", detail, why=why)
