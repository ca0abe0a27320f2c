"""Profiles and the claims behind them, vacancies, placements, and copies of members, workers and rules."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from imdi_common.migrations import mechanics_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
BINDING = "status in ('agreed', 'deployed', 'ready')"
LIVE = "status in ('accepted', 'agreed', 'deployed', 'offered', 'proposed', 'ready', 'selected')"


def upgrade() -> None:
    mechanics_tables()
    _profiles()
    _vacancies()
    _placements()
    _copies()


def _announcing() -> list[sa.Column[int]]:
    return [
        sa.Column("event_number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    ]


def _profiles() -> None:
    op.create_table(
        "claim",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("entry", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "profile",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("controller_id", sa.Uuid),
        sa.Column("entry", JSONB, nullable=False),
        sa.Column("minor_groups", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("available_from", sa.Date),
        sa.Column("worker_sequence", sa.Integer, nullable=False),
        *_announcing(),
        sa.Index("profile_live", "minor_groups", postgresql_using="gin", postgresql_where=sa.text("status = 'live'")),
    )
    op.create_table(
        "erased_worker",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        sa.Column("erased_at", MOMENT, nullable=False),
        *_announcing(),
    )


def _vacancies() -> None:
    op.create_table(
        "vacancy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("owner_kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        *_terms(),
        sa.Column("agreed", sa.Integer, nullable=False),
        sa.Column("submitted_on", sa.Date, nullable=False),
        sa.Column("breaches", JSONB, nullable=False),
        sa.Column("assessment_sequence", sa.Integer, nullable=False),
        sa.Column("held_by", sa.Text),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        *_announcing(),
        sa.CheckConstraint("agreed >= 0", "vacancy_agreed"),
        sa.Index("vacancy_status", "status", "id"),
        sa.Index("vacancy_owner", "owner_id", "id"),
    )


def _terms() -> list[sa.Column[Any]]:
    return [
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("occupation", sa.Text, nullable=False),
        sa.Column("employer_name", sa.Text),
        sa.Column("employer_kind", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("origins", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("positions", sa.Integer, nullable=False),
        sa.Column("wage_amount", sa.Numeric, nullable=False),
        sa.Column("wage_currency", sa.Text, nullable=False),
        sa.Column("contract", JSONB, nullable=False),
        sa.Column("worker_pays", JSONB, nullable=False),
        sa.Column("languages", JSONB, nullable=False),
        sa.Column("essential_skills", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("optional_skills", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("start_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
    ]


def _placements() -> None:
    op.create_table(
        "placement",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("vacancy_id", sa.Uuid, sa.ForeignKey("vacancy.id"), nullable=False, index=True),
        sa.Column("worker_id", sa.Uuid, nullable=False, index=True),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("controller_id", sa.Uuid),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("departure_on", sa.Date),
        sa.Column("terms", JSONB),
        sa.Column("first_departure", sa.Boolean, nullable=False),
        sa.Column("departed", sa.Boolean, nullable=False),
        sa.Column("conflict", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("acceptance", JSONB),
        sa.Column("agreement", JSONB),
        *_announcing(),
        sa.Index("placement_binding", "worker_id", unique=True, postgresql_where=sa.text(BINDING)),
        sa.Index("placement_live", "vacancy_id", "worker_id", unique=True, postgresql_where=sa.text(LIVE)),
        sa.Index("placement_owner", "owner_id", "id"),
        sa.Index("placement_controller", "controller_id", "id"),
    )


def _copies() -> None:
    op.create_table(
        "member_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("licensed_until", sa.Date),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "worker_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("controller_id", sa.Uuid),
        sa.Column("birth_date", sa.Date),
        sa.Column("sex", sa.Text),
        sa.Column("nationality", sa.Text),
        sa.Column("country", sa.Text),
        sa.Column("consents", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "rule_copy",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("versions", JSONB, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
