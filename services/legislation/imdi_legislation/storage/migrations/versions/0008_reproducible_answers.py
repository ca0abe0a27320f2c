"""What a vacancy offered, beside the facts of its assessment; who owns it; who read answers at a worker's erasure.

Assessments that are there already have no offer: they are not reproducible. Copies of vacancies that are there already
name no owner until the vacancy's next event, or until they are made anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("determination_facts", sa.Column("offer", JSONB))
    op.add_column("vacancy_copy", sa.Column("owner_id", sa.Uuid))
    op.add_column("subject", sa.Column("parties", sa.ARRAY(sa.Uuid), nullable=False, server_default="{}"))
