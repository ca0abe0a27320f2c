"""Copies of other services' state, for one question: what is a viewer to a worker now. Ids and states only."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from imdi_registry.storage.tables import Base


class PlacementCopy(Base):
    __tablename__ = "placement_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    owner_id: Mapped[UUID]
    status: Mapped[str]
    sequence: Mapped[int]


class PreparationCopy(Base):
    __tablename__ = "preparation_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(index=True)
    status: Mapped[str]
    performers: Mapped[list[UUID]]
    """The members to whom an item of it is assigned."""
    sequence: Mapped[int]


METADATA = Base.metadata
"""All of registry's tables, these included."""
