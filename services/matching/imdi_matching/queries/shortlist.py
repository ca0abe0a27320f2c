"""Shortlists: workers for a vacancy, and vacancies for a worker.

The database narrows, the domain judges and scores. Both read the truth itself, so every id answered is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.feed import published_position
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_common.problems import conflict, not_found
from imdi_matching.domain.candidates import Candidate
from imdi_matching.domain.law import Finding
from imdi_matching.domain.occupations import minor_group
from imdi_matching.domain.placements import BINDING
from imdi_matching.domain.recognition import Recognition, explain
from imdi_matching.domain.shortlist import Match, Opening, Shortlist, compile_shortlist, consider, laws_for, shortlist
from imdi_matching.domain.vacancies import ALLOWED_IN
from imdi_matching.storage.copies import Worker, recognitions_of, screening_rules
from imdi_matching.storage.placements import is_bound
from imdi_matching.storage.profiles import candidate_of
from imdi_matching.storage.tables import Placement, Profile, Vacancy
from imdi_matching.storage.vacancies import opening_of


async def shortlist_of(
    session: AsyncSession, vacancy_id: UUID, actor: Actor, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of an own vacancy's shortlist; to a stranger there is none. 409 while it is unlawful or over."""
    vacancy = await session.get(Vacancy, vacancy_id)
    if vacancy is None or vacancy.owner_id != actor.tenant_id:
        raise not_found()
    if vacancy.status not in ALLOWED_IN["shortlist"]:
        raise conflict("wrong-state", f"There is no shortlist while the vacancy is {vacancy.status}.")
    opening = opening_of(vacancy)
    listed = shortlist(await _candidates(session, opening), opening, await screening_rules(session))
    return await _page(session, listed, "worker_id", limit, cursor, {opening.vacancy_id: opening})


async def vacancies_for(
    session: AsyncSession, worker_id: UUID, actor: Actor, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of the posted vacancies for an own worker, the best first; none while agreed elsewhere."""
    worker, profile = await session.get(Worker, worker_id), await session.get(Profile, worker_id)
    if worker is None or profile is None or actor.tenant_id is None or worker.controller_id != actor.tenant_id:
        raise not_found()
    listed, openings = compile_shortlist([]), list[Opening]()
    available = profile.status == "live" and "matching" in worker.consents
    if available and not await is_bound(session, worker_id):
        candidate = candidate_of(worker, profile.entry)
        rules = await screening_rules(session)
        openings = [opening_of(vacancy) for vacancy in await _posted_for(session, candidate, profile.minor_groups)]
        verdicts = (consider(candidate, one, laws_for(one, rules, candidate.country)) for one in openings)
        listed = compile_shortlist(verdicts)
    return await _page(session, listed, "vacancy_id", limit, cursor, {one.vacancy_id: one for one in openings})


async def _candidates(session: AsyncSession, opening: Opening) -> list[Candidate]:
    """Who may be considered: a live profile near enough, consent to be matched, and agreed nowhere."""
    bound = exists().where(Placement.worker_id == Worker.id, Placement.status.in_(BINDING))
    found = (
        select(Worker, Profile.entry)
        .join(Profile, Profile.worker_id == Worker.id)
        .where(
            Profile.status == "live",
            Profile.minor_groups.contains([minor_group(opening.terms.occupation)]),
            Profile.available_from <= opening.terms.start_on,
            Worker.country.in_(opening.terms.origins),
            Worker.consents.contains(["matching"]),
            ~bound,
        )
    )
    return [candidate_of(worker, entry) for worker, entry in await session.execute(found)]


async def _posted_for(session: AsyncSession, candidate: Candidate, groups: list[str]) -> list[Vacancy]:
    available: date = candidate.available_from
    found = select(Vacancy).where(
        Vacancy.status == "posted",
        Vacancy.start_on >= available,
        Vacancy.origins.contains([candidate.country]),
        func.left(Vacancy.occupation, 3).in_(groups),
    )
    return list(await session.scalars(found))


async def _page(
    session: AsyncSession,
    listed: Shortlist,
    of: Literal["worker_id", "vacancy_id"],
    limit: int,
    cursor: str | None,
    openings: Mapping[str, Opening],
) -> dict[str, Any]:
    """A page of matches, each by the id of whom or what it is ``of``.

    Decisions on qualifications are looked up for those on the page alone: they explain, and neither score nor bar.
    """
    pinned, after = _position(cursor)
    version = await published_position(session) if pinned is None else pinned
    rest = [match for match in listed.matches if after is None or (-match.score, getattr(match, of)) > after]
    page = rest[:limit]
    decided = await recognitions_of(session, (match.worker_id for match in page))
    return {
        "index_version": version,
        "items": [{of: getattr(match, of), **_reasons(match, decided, openings)} for match in page],
        "barred": {"count": listed.barred, "reasons": listed.reasons},
        "next": encode_cursor(version, page[-1].score, getattr(page[-1], of)) if len(rest) > limit else None,
    }


def _position(cursor: str | None) -> tuple[int | None, tuple[float, str] | None]:
    """The version a page is pinned to, and the last match of the page before."""
    if not cursor:
        return None, None
    version, score, last = decode_cursor(cursor, int, float, UUID)
    return version, (-score, str(last))


def _reasons(match: Match, decided: Mapping[str, list[Recognition]], openings: Mapping[str, Opening]) -> dict[str, Any]:
    terms = openings[match.vacancy_id].terms
    findings = explain(match.criteria, decided.get(match.worker_id, ()), terms.country, terms.start_on)
    return {"score": match.score, "criteria": [_criterion(finding) for finding in findings]}


def _criterion(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "criterion": finding.criterion,
        "outcome": finding.outcome,
        "weight": finding.weight,
        "detail": finding.detail,
        "basis": [dict(basis) for basis in finding.basis],
        "rule": {"id": rule.id, "code": rule.code, "version": rule.version} if rule else None,
    }
