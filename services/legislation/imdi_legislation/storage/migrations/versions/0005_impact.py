"""What is cleared of a preparation, so that a change of the law can be weighed before it binds.

Copies that are there already count as nothing cleared until the next event of their subject, or until made anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("preparation_copy", sa.Column("done", JSONB, nullable=False, server_default="{}"))
