"""A client is deleted."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_registry.domain.who_may import may
from imdi_registry.storage.members import relations_to
from imdi_registry.storage.tables import Client


async def delete_client(session: AsyncSession, client_id: str, actor: Actor) -> str:
    """No token is issued to it any more; those it has end within ten minutes."""
    client = await session.get(Client, client_id, with_for_update=True)
    if client is None or not may("delete_client", relations_to(client.member_id, actor)):
        raise not_found()
    await session.delete(client)
    return client_id
