"""Who reads what of the requirements: the parties all of them, a performer its own items while the worker consents.

Copies that are there already are read by nobody until the next event of their subject, or until they are made anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_column("preparation_copy", "readers")
    op.add_column("preparation_copy", sa.Column("parties", sa.ARRAY(sa.Uuid), nullable=False, server_default="{}"))
    op.add_column("preparation_copy", sa.Column("assigned", JSONB, nullable=False, server_default="{}"))
    op.add_column("worker_copy", sa.Column("preparing", sa.Boolean, nullable=False, server_default=sa.false()))
