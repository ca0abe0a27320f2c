"""A member gets an OAuth2 client, with a secret that is shown once."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import conflict, not_found
from imdi_registry.domain.who_may import may
from imdi_registry.storage import members
from imdi_registry.storage.clients import SECRET_BYTES, digest
from imdi_registry.storage.tables import Client

MEMBER_SCOPES = ["partner"]


async def create_client(
    session: AsyncSession, member_id: UUID, name: str, actor: Actor, now: datetime
) -> tuple[str, str]:
    """The new client's id, and its secret, which is not kept. To others than the member its clients do not exist."""
    member = await members.lock(session, member_id)
    if not may("create_client", members.relations_to(member_id, actor)):
        raise not_found()
    if member.status == "withdrawn":
        raise conflict("wrong-state", "The member has withdrawn.", state=member.status)
    client_id, secret = f"imdi-{uuid7().hex}", secrets.token_urlsafe(SECRET_BYTES)
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
