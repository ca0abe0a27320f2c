"""What authorities decided of workers' qualifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "recognition_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("decisions", JSONB, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
