"""The operator sets the clients of the platform's own people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from annotated_types import MinLen
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_registry.storage.clients import SECRET_BYTES, digest
from imdi_registry.storage.tables import Client


@dataclass(frozen=True, slots=True)
class PlatformClient:
    """A client of the platform's own people, as the operator names it."""

    name: str
    client_id: Annotated[str, MinLen(1)]
    client_secret: Annotated[str, MinLen(SECRET_BYTES)]
    """Random, and long: it is stored as ``digest`` says, and one that was forgotten would open everything."""
    scopes: Sequence[str]


async def set_platform_clients(session: AsyncSession, clients: Sequence[PlatformClient], now: datetime) -> None:
    """Make the operator's own clients as given, or make those that exist so again. A member's client is never taken."""
    for client in clients:
        row = insert(Client).values(
            id=client.client_id,
            member_id=None,
            name=client.name,
            secret_digest=digest(client.client_secret),
            scopes=list(client.scopes),
            created_at=now,
        )
        kept = {name: row.excluded[name] for name in ("name", "secret_digest", "scopes")}
        await session.execute(
            row.on_conflict_do_update(index_elements=["id"], set_=kept, where=Client.member_id.is_(None))
        )
