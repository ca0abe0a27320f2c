"""What is measured: an aggregate that announces, its table at the writer's, its copy at the reader's, and its door."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from fastapi import Response
from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common.database import Announcing, upsert_newer
from imdi_common.door import Caller, door_router
from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.problems import not_found
from imdi_common.reactions import Received
from imdi_common.service import Service
from imdi_common.settings import ServiceSettings
from imdi_common.shapes import LongText, Shape, Versioned
from imdi_contracts.event import Event, Topic

TOPIC = Topic("imdi.bench.things", key="thing")


class Base(DeclarativeBase):
    pass


class Thing(Base, Announcing):
    __tablename__ = "thing"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str]


class ThingState(Event):
    topic: ClassVar = TOPIC
    subject_field: ClassVar = "thing_id"
    happened: ClassVar = "thing.changed"

    thing_id: str
    label: str


copies = MetaData()
known_thing = Table(
    "known_thing",
    copies,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("label", Text, nullable=False),
)


async def keep_things(session: AsyncSession, received: list[Received[Any]]) -> None:
    """The projection."""
    rows = [{"id": one.key, "sequence": one.sequence, "label": one.state.label} for one in received]
    await session.execute(upsert_newer(known_thing, rows))


class NewThing(Shape):
    label: LongText


class ThingShape(Versioned):
    id: UUID
    label: str


async def make_thing(
    session: AsyncSession, label: str, *, thing_id: UUID | None = None, announced: bool = True
) -> UUID:
    """The deed."""
    thing = Thing(id=thing_id or uuid7(), label=label)
    session.add(thing)
    if announced:
        await announce(session, thing, ThingState(thing_id=str(thing.id), label=label))
    return thing.id


async def show_thing(session: AsyncSession, thing_id: UUID | str) -> ThingShape:
    thing = await session.get(Thing, UUID(str(thing_id)))
    if thing is None:
        raise not_found()
    return ThingShape(id=thing.id, label=thing.label, etag=thing.version)


router = door_router(prefix="/v1/things", tags=["things"])


@router.post("", response_model=ThingShape, status_code=201)
async def post_thing(body: NewThing, door: Caller) -> Response:
    door.scope("partner")
    return await door.once(lambda session: make_thing(session, body.label), show_thing, status=201)


SERVICE = Service(
    name="bench",
    title="Bench",
    package="imdi_common",
    settings=ServiceSettings,
    routers=[router],
)
