"""The library: statements, versions, searched texts, imports. What was entered before is stated as it was entered.

Statements, versions and texts are only added: a trigger refuses to change or delete one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
APPENDED = ("instrument_statement", "instrument_version", "instrument_text")


def upgrade() -> None:
    _instrument()
    _statements()
    _versions()
    _imports()
    _state_what_was_entered()
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as
        $$ begin raise exception 'the library is only added to' using errcode = 'restrict_violation'; end $$
    """)
    for table in APPENDED:
        op.execute(f"""create trigger only_added before update or delete on {table}
                       for each row execute function refuse_change()""")


def _instrument() -> None:
    """Whether it binds, and what is known now of when it is in force (``domain.in_force.Period``)."""
    op.add_column("instrument", sa.Column("binding", sa.Boolean, nullable=False, server_default=sa.true()))
    op.execute("""update instrument set binding = false
                  where type in ('guidelines', 'compact', 'list') or code = 'WHO-CODE-2010'""")
    for name in ("begins", "surely", "ends", "over"):
        op.add_column("instrument", sa.Column(name, sa.Date))


def _statements() -> None:
    op.create_table(
        "instrument_statement",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("instrument_id", sa.Uuid, sa.ForeignKey("instrument.id"), nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("parties", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("object_id", sa.Uuid, sa.ForeignKey("instrument.id"), index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.Column("note", sa.Text),
        sa.Column("replaces", sa.Uuid, sa.ForeignKey("instrument_statement.id"), unique=True),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False, index=True),
        sa.Column("recorded_by", sa.Text, nullable=False),
    )
    op.create_index("ix_instrument_statement_parties", "instrument_statement", ["parties"], postgresql_using="gin")


def _versions() -> None:
    op.create_table(
        "instrument_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("instrument_id", sa.Uuid, sa.ForeignKey("instrument.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False, index=True),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.UniqueConstraint("instrument_id", "number"),
    )
    op.create_table(
        "instrument_text",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("instrument_id", sa.Uuid, sa.ForeignKey("instrument.id"), nullable=False, index=True),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("instrument_version.id"), index=True),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("heading", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("search", TSVECTOR, nullable=False),
    )
    op.create_index("ix_instrument_text_search", "instrument_text", ["search"], postgresql_using="gin")


def _imports() -> None:
    op.create_table(
        "instrument_import",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("government_of", sa.Text),
        sa.Column("is_steward", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
    )
    op.create_table(
        "instrument_import_row",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("instrument_import.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("instrument_id", sa.Uuid),
        sa.Column("errors", JSONB, nullable=False),
    )


def _state_what_was_entered() -> None:
    """As ``actions.enter_instrument`` does; the days in force are told when the next statement is recorded."""
    op.execute("""
        insert into instrument_statement
            (id, instrument_id, kind, body, parties, source, confidence, verified_on, said, recorded_at, recorded_by)
        select gen_random_uuid(), i.id, said.kind, said.body,
               case said.kind when 'parties' then i.parties else '{}' end,
               coalesce(i.official_url, 'as entered'), i.confidence, i.verified_on, '', i.entered_at, i.entered_by
        from instrument i cross join lateral (values
            ('event', jsonb_build_object('event', 'adopted', 'date', i.adopted_on), i.adopted_on is not null),
            ('event', jsonb_build_object('event', 'in_force', 'date', i.in_force_on), i.in_force_on is not null),
            ('status', jsonb_build_object('status', i.status), true),
            ('parties', jsonb_build_object('parties', i.parties), i.parties <> '{}')
        ) as said (kind, body, given) where said.given
    """)
    op.execute("""
        insert into instrument_text (id, instrument_id, place, position, language, body, search)
        select gen_random_uuid(), i.id, said.place, said.position, 'en', said.body,
               to_tsvector('simple', said.searched) || to_tsvector('english', said.searched)
        from instrument i cross join lateral (values
            ('title', 0, i.title, i.code || ' ' || i.title), ('note', 1, i.note, i.note)
        ) as said (place, position, body, searched) where said.body is not null
    """)
    op.execute("""
        update instrument set
            begins = coalesce(in_force_on, case when status <> 'adopted' then coalesce(adopted_on, '0001-01-01') end),
            surely = coalesce(in_force_on, case when status in ('in_force', 'partly_in_force') then verified_on end),
            over = case when status in ('repealed', 'expired', 'denounced') then verified_on end
        where status not in ('draft', 'not_in_force')
    """)
    op.execute("update instrument set ends = begins where status in ('repealed', 'expired', 'denounced')")
