"""Professions, routes to recognition, accepted issuers; decisions on workers' qualifications; who controls a worker.

Copies of workers that are there already name no controller until the worker's next event, or until they are made anew.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
TEXTS = sa.ARRAY(sa.Text)


def upgrade() -> None:
    op.add_column("worker_copy", sa.Column("controller_id", sa.Uuid))
    _entries()
    _decisions()


def _sourced() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("basis", JSONB, nullable=False),
        sa.Column("effective_from", sa.Date),
        sa.Column("effective_until", sa.Date),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.Column("verified_by", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("pack_hash", sa.Text),
    ]


def _entries() -> None:
    op.create_table(
        "profession",
        *_sourced(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("occupations", TEXTS, nullable=False),
        sa.Column("regulated", sa.Boolean, nullable=False),
        ExcludeConstraint(
            ("country", "="),
            ("code", "="),
            (sa.text("daterange(effective_from, effective_until + 1, '[)')"), "&&"),
            name="profession_days",
            using="gist",
        ),
    )
    op.create_table(
        "recognition_route",
        *_sourced(),
        sa.Column("profession", sa.Text, nullable=False),
        sa.Column("origins", TEXTS, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("time_limits", JSONB, nullable=False),
        sa.Column("fee", JSONB),
    )
    op.create_table(
        "accepted_issuer",
        *_sourced(),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("issued_in", TEXTS, nullable=False),
        sa.Column("authority", sa.Text, nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "worker_recognitions",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        sa.Column("standing", JSONB, nullable=False),
        sa.Column("event_number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )
    op.create_table(
        "recognition_decision",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, nullable=False, index=True),
        sa.Column("profession", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("qualification", JSONB),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("differences", JSONB, nullable=False),
        sa.Column("compensation", JSONB, nullable=False),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
