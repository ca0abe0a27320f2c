"""Preparations with their items, results, bookings and lots; keys; erased workers; copies of members and workers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from imdi_common.migrations import mechanics_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    mechanics_tables()
    _preparations()
    _items()
    _work()
    _workers()
    _copies()


def _needed(name: str, kind: Any, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **more)


def _announcing() -> list[sa.Column[Any]]:
    return [
        _needed("event_number", sa.Integer, server_default="0"),
        _needed("version", sa.Integer, server_default="1"),
    ]


def _preparations() -> None:
    op.create_table(
        "preparation",
        sa.Column("id", sa.Uuid, primary_key=True),
        _needed("placement_id", sa.Uuid, unique=True),
        _needed("worker_id", sa.Uuid, index=True),
        sa.Column("controller_id", sa.Uuid, index=True),
        _needed("owner_id", sa.Uuid, index=True),
        _needed("origin", sa.Text),
        _needed("destination", sa.Text),
        _needed("status", sa.Text, index=True),
        _needed("revision", sa.Integer),
        _needed("opened_on", sa.Date),
        _needed("departure_on", sa.Date),
        sa.Column("departed_on", sa.Date),
        sa.Column("arrived_on", sa.Date),
        _needed("facts", JSONB),
        _needed("fact_types", JSONB),
        sa.Column("requirements_id", sa.Uuid),
        _needed("requirements_sequence", sa.BigInteger),
        _needed("bars", JSONB),
        _needed("criteria", JSONB),
        sa.Column("feasible", sa.Boolean),
        _needed("notes", JSONB),
        sa.Column("reason", sa.Text),
        *_announcing(),
    )


def _items() -> None:
    op.create_table(
        "item",
        sa.Column("preparation_id", sa.Uuid, sa.ForeignKey("preparation.id"), primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        _needed("position", sa.Integer),
        _needed("law", JSONB),
        _needed("performed_by", sa.Text),
        _needed("status", sa.Text),
        sa.Column("assigned_to", sa.Uuid, index=True),
        sa.Column("earliest_on", sa.Date),
        sa.Column("latest_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("performed_on", sa.Date),
        sa.Column("issued_on", sa.Date),
        sa.Column("valid_until", sa.Date),
    )


def _work() -> None:
    op.create_table(
        "result",
        sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
        _needed("id", sa.Uuid, unique=True),
        _needed("preparation_id", sa.Uuid),
        _needed("code", sa.Text),
        _needed("member_id", sa.Uuid, index=True),
        _needed("outcome", sa.Text),
        _needed("performed_on", sa.Date),
        sa.Column("issued_on", sa.Date),
        sa.Column("expires_on", sa.Date),
        _needed("sealed", sa.LargeBinary),
        _needed("recorded_at", MOMENT),
        sa.ForeignKeyConstraint(["preparation_id"], ["preparation.id"]),
        sa.Index("result_item", "preparation_id", "code"),
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid, primary_key=True),
        _needed("preparation_id", sa.Uuid),
        _needed("code", sa.Text),
        sa.Column("member_id", sa.Uuid),
        _needed("booked_on", sa.Date),
        _needed("booked_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["preparation_id", "code"], ["item.preparation_id", "item.code"], ondelete="CASCADE"),
        sa.Index("booking_open", "preparation_id", "code", unique=True, postgresql_where=sa.text("ended_at is null")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("preparation_id", sa.Uuid, sa.ForeignKey("preparation.id"), nullable=False, index=True),
        _needed("code", sa.Text),
        _needed("seed", sa.Text),
        _needed("candidates", sa.ARRAY(sa.Uuid)),
        _needed("drawn", sa.Uuid),
        _needed("drawn_at", MOMENT),
    )


def _workers() -> None:
    op.create_table(
        "worker_key",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        _needed("wrapped", sa.LargeBinary),
    )
    op.create_table(
        "erased_worker",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        _needed("erased_at", MOMENT),
        *_announcing(),
    )


def _copies() -> None:
    op.create_table(
        "member_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        _needed("kind", sa.Text, index=True),
        _needed("country", sa.Text),
        _needed("status", sa.Text),
        sa.Column("licensed_until", sa.Date),
        _needed("services", JSONB),
        _needed("sequence", sa.BigInteger),
    )
    op.create_table(
        "worker_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        _needed("status", sa.Text),
        sa.Column("controller_id", sa.Uuid),
        sa.Column("country", sa.Text),
        _needed("consents", sa.ARRAY(sa.Text)),
        _needed("sequence", sa.BigInteger),
    )
