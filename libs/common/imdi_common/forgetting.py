"""Forgetting a key: where a subject is erased, the mechanics keep no record of it either."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import held_record, outbox
from imdi_contracts.event import Topic

IN_USE = ("waiting", "parked")
"""Held records that later ones of their key still stand behind: deleting one would let those pass it by."""


async def forget(session: AsyncSession, topic: Topic, key: str) -> None:
    """Delete what was sent of a key on a topic, and what was held of it and is settled or cannot be read."""
    sent = (outbox.c.topic == topic.name, outbox.c.key == key, outbox.c.published_at.is_not(None))
    await session.execute(delete(outbox).where(*sent))
    held = (held_record.c.topic == topic.name, held_record.c.key == key, held_record.c.status.not_in(IN_USE))
    await session.execute(delete(held_record).where(*held))
