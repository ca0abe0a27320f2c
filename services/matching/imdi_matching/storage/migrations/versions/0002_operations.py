"""What operators decide, and the copies that are made anew."""

from __future__ import annotations

from imdi_common.migrations import operations_tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    operations_tables()
