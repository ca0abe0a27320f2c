"""What the pair deals in: things that announce each change, the reader's copy of them, and what its policy did."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, MetaData, Table, Text, insert
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common import mechanics
from imdi_common.database import Announcing
from imdi_contracts.event import Event, Topic


class Base(DeclarativeBase):
    pass


class Thing(Base, Announcing):
    __tablename__ = "thing"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str]


read = MetaData()
known_thing = Table(
    "known_thing",
    read,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("label", Text, nullable=False),
)
effect = Table(
    "effect",
    read,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("thing", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)
"""One row each time that the policy acted."""


class ThingState(Event):
    """A thing after a change; each run of the pair puts it on a topic of its own."""

    subject_field: ClassVar = "thing_id"
    happened: ClassVar = "thing.changed"

    thing_id: str
    label: str


def state_on(topic: str) -> type[ThingState]:
    """The event of a thing, on a topic of that name."""
    return type("ThingOnTopic", (ThingState,), {"topic": Topic(topic, key="thing")})


async def make_tables(owner_url: str, tables: MetaData) -> None:
    engine = create_async_engine(owner_url)
    async with engine.begin() as connection:
        for metadata in (mechanics.metadata, tables):
            await connection.run_sync(metadata.create_all)
        await connection.execute(insert(mechanics.publication).values(last=0))
    await engine.dispose()
