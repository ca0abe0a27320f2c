"""Procedures whose versions cannot overlap, and the days that preparations' items took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "procedure_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("occupations", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("steps", JSONB, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_until", sa.Date),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.Column("verified_by", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("drafted_by", sa.Text, nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_by", sa.Text),
        sa.Column("pack_hash", sa.Text),
        sa.UniqueConstraint("code", "number"),
        ExcludeConstraint(
            ("code", "="),
            (sa.text("daterange(effective_from, effective_until + 1, '[)')"), "&&"),
            where=sa.text("status in ('active', 'retired')"),
            name="procedure_version_days",
            using="gist",
        ),
    )
    op.create_table(
        "observed_item",
        sa.Column("preparation_id", sa.Uuid, primary_key=True),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("worker_id", sa.Uuid, nullable=False, index=True),
        sa.Column("required_on", sa.Date),
        sa.Column("booked_on", sa.Date),
        sa.Column("cleared_on", sa.Date),
        sa.Column("failed", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
