"""The law of recognition as sections of a pack: ``professions``, ``routes``, ``issuers``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.actions.enter_recognition import TABLES, add_entry
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.plain import fingerprint, plain
from imdi_legislation.domain.recognition import READERS, Draft


def read_recognition(content: Mapping[str, Any], where: str, errors: list[str]) -> list[Draft]:
    """The entries of a pack; what is wrong with each is added to ``errors``, with its place in the file."""
    drafts: list[Draft] = []
    for section, read in READERS.items():
        for number, body in enumerate(content.get(section) or []):
            try:
                drafts.append(read(body))
            except Invalid as invalid:
                place = f"{where}: {section}.{number}"
                errors += [f"{place}: {error.field}: {error.detail}" for error in invalid.errors]
    return drafts


async def load_recognition(
    session: AsyncSession, drafts: list[Draft], known: Mapping[str, UUID], by: str, now: datetime
) -> int:
    """Enter those that no pack said before; returns how many. ``known``: instruments' ids by their codes."""
    entered = 0
    for draft in drafts:
        said, table = fingerprint(plain(draft)), TABLES[type(draft)]
        if await session.scalar(select(table.id).where(table.pack_hash == said)) is None:
            basis = tuple(replace(one, instrument=str(known[one.instrument])) for one in draft.sourced.basis)
            with_ids = replace(draft, sourced=replace(draft.sourced, basis=basis))
            await add_entry(session, with_ids, by, now, pack_hash=said)
            entered += 1
    return entered
