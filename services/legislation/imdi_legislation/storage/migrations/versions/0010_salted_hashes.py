"""A salt for the hash of each case's input, which the facts of a person could be found out from by trying.

Cases that are there already have none: the hash of an answer is never changed, and must come out again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("subject", sa.Column("salt", sa.Text))
    op.alter_column("subject", "salt", server_default=sa.text("gen_random_uuid()::text"))
