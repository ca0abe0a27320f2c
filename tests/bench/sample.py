"""What is measured: an aggregate that announces, its table at the writer's and its copy at the reader's."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common.database import Announcing
from imdi_contracts.event import Event, Topic

TOPIC = Topic("imdi.bench.things", key="thing")
FLOOR_TOPIC = "imdi.bench.floor"


class Base(DeclarativeBase):
    pass


class Thing(Base, Announcing):
    __tablename__ = "thing"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str]


class ThingState(Event):
    """About as large as a vacancy's event."""

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
LABEL = "x" * 600
