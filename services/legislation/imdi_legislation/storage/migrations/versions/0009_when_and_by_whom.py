"""When versions became law and were retired, and by whom; subjects set aside; answers and decisions that stay as given.

Of what was activated or retired before, nobody knows the moment any more: there these columns are empty. A trigger
refuses to change or delete a determination (a person's facts lie apart, and are erased with the worker), and to change
a decision, which is erased with the worker.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)
NEVER = {"determination": "update or delete", "recognition_decision": "update"}


def upgrade() -> None:
    for table in ("rule_version", "procedure_version"):
        op.add_column(table, sa.Column("activated_at", MOMENT))
        op.add_column(table, sa.Column("retired_by", sa.Text))
        op.add_column(table, sa.Column("retired_at", MOMENT))
    op.add_column("subject", sa.Column("failed_at", MOMENT))
    op.execute("""
        create or replace function refuse_change() returns trigger language plpgsql as
        $$ begin raise exception '% is only added to', tg_table_name using errcode = 'restrict_violation'; end $$
    """)
    for table, change in NEVER.items():
        op.execute(
            f"create trigger only_added before {change} on {table} for each row execute function refuse_change()"
        )
