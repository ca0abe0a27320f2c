"""Members, clients, workers with their sealed identity, and the copies that decide disclosure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from imdi_common.migrations import mechanics_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    mechanics_tables()
    _members()
    _workers()
    _records_of_workers()
    _copies()


def _announcing() -> list[sa.Column[int]]:
    return [
        sa.Column("event_number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    ]


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("contact_email", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("services", JSONB, nullable=False),
        sa.Column("licensed_until", sa.Date),
        sa.Column("reason", sa.Text),
        sa.Column("applied_at", MOMENT, nullable=False),
        *_announcing(),
    )
    op.create_table(
        "licence",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, sa.ForeignKey("member.id"), nullable=False, index=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("member_id", sa.Uuid, sa.ForeignKey("member.id"), index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret_digest", sa.LargeBinary, nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("signs_from", MOMENT, nullable=False),
    )


def _workers() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("controller_id", sa.Uuid, sa.ForeignKey("member.id")),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("passport_digest", sa.LargeBinary),
        sa.Column("consents", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        *_announcing(),
        sa.Index("worker_of_controller", "controller_id", "id"),
        sa.Index("worker_passport", "passport_digest", postgresql_where=sa.text("passport_digest is not null")),
    )
    op.create_table(
        "worker_key",
        sa.Column("worker_id", sa.Uuid, sa.ForeignKey("worker.id"), primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )


def _records_of_workers() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, sa.ForeignKey("worker.id"), nullable=False, index=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("member_id", sa.Uuid),
    )
    op.create_table(
        "controller_change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, sa.ForeignKey("worker.id"), nullable=False, index=True),
        sa.Column("from_id", sa.Uuid),
        sa.Column("to_id", sa.Uuid, nullable=False),
        sa.Column("evidence_kind", sa.Text, nullable=False),
        sa.Column("evidence_reference", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("member_id", sa.Uuid),
    )
    op.create_table(
        "erasure",
        sa.Column("worker_id", sa.Uuid, sa.ForeignKey("worker.id"), primary_key=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("member_id", sa.Uuid),
        sa.Column("matching_at", MOMENT),
        sa.Column("legislation_at", MOMENT),
        sa.Column("worker_prep_at", MOMENT),
        sa.Column("completed_at", MOMENT),
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, sa.ForeignKey("worker.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("member_id", sa.Uuid),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text), nullable=False),
        sa.Index("disclosure_of_worker", "worker_id", "id"),
    )
    op.create_table(
        "duplicate_notice",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, sa.ForeignKey("worker.id"), nullable=False, index=True),
        sa.Column("earlier_worker_id", sa.Uuid, sa.ForeignKey("worker.id"), nullable=False, index=True),
        sa.Column("noticed_at", MOMENT, nullable=False),
    )


def _copies() -> None:
    op.create_table(
        "placement_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, nullable=False, index=True),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "preparation_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, nullable=False, index=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("performers", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
