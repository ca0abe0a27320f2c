"""OAuth2 clients: made with a secret that is shown once, and deleted."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import MinLen
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import conflict, not_found
from imdi_registry.domain.who_may import may
from imdi_registry.storage import members
from imdi_registry.storage.members import relations_to
from imdi_registry.storage.tables import Client

MEMBER_SCOPES = ["partner"]
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class PlatformClient:
    """A client of the platform's own people, as the operator names it."""

    name: str
    client_id: Annotated[str, MinLen(1)]
    client_secret: Annotated[str, MinLen(_SECRET_BYTES)]
    """Random, and long: it is stored as ``digest`` says, and one that was forgotten would open everything."""
    scopes: Sequence[str]


def digest(secret: str) -> bytes:
    """How a secret is stored: random ones of 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


async def create_client(
    session: AsyncSession, member_id: UUID, name: str, actor: Actor, now: datetime
) -> tuple[str, str]:
    """The new client's id, and its secret, which is not kept. To others than the member its clients do not exist."""
    member = await members.lock(session, member_id)
    if not may("create_client", relations_to(member_id, actor)):
        raise not_found()
    if member.status == "withdrawn":
        raise conflict("wrong-state", "The member has withdrawn.", state=member.status)
    client_id, secret = f"imdi-{uuid7().hex}", secrets.token_urlsafe(_SECRET_BYTES)
    session.add(
        Client(
            id=client_id,
            member_id=member_id,
            name=name,
            secret_digest=digest(secret),
            scopes=MEMBER_SCOPES,
            created_at=now,
        )
    )
    return client_id, secret


async def delete_client(session: AsyncSession, client_id: str, actor: Actor) -> str:
    """No token is issued to it any more; those it has end within ten minutes."""
    client = await session.get(Client, client_id, with_for_update=True)
    if client is None or not may("delete_client", relations_to(client.member_id, actor)):
        raise not_found()
    await session.delete(client)
    return client_id


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
