"""The access log: each reading of personal fields, written in the transaction that reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_registry.domain.disclosure import Row, Table, parse
from imdi_registry.storage.tables import Disclosure

TABLE: Table = parse(files("imdi_registry.domain").joinpath("disclosure.csv").read_text("utf-8").splitlines())
"""The stored table of role × stage × consent × field."""


def record(
    session: AsyncSession, worker_id: UUID, actor: Actor, rows: Iterable[Row], fields: Iterable[str], now: datetime
) -> None:
    """Note that the caller reads these fields; nothing is noted where there are none."""
    read = sorted(fields)
    if read:
        session.add(
            Disclosure(
                id=uuid7(),
                worker_id=worker_id,
                at=now,
                client_id=actor.client_id,
                member_id=actor.tenant_id,
                roles=sorted({role for role, _ in rows}),
                fields=read,
            )
        )
