"""Instruments, rules whose days cannot overlap, answers with their facts apart, and the copies that are judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint

from imdi_common.migrations import mechanics_tables

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TEXTS = sa.ARRAY(sa.Text)


def upgrade() -> None:
    mechanics_tables()
    op.execute("create extension if not exists btree_gist")
    _instruments()
    _rules()
    _answers()
    _copies()
    op.execute("insert into law_state (id, epoch, stamp) values (1, 0, gen_random_uuid())")


def _announcing() -> list[sa.Column[int]]:
    return [
        sa.Column("event_number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    ]


def _instruments() -> None:
    op.create_table(
        "instrument",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("parties", TEXTS, nullable=False),
        sa.Column("adopted_on", sa.Date),
        sa.Column("in_force_on", sa.Date),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("official_url", sa.Text),
        sa.Column("topics", TEXTS, nullable=False),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.Column("note", sa.Text),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
    )


def _rules() -> None:
    op.create_table(
        "rule_code",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        *_announcing(),
    )
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.Text, sa.ForeignKey("rule_code.code"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("origins", TEXTS, nullable=False),
        sa.Column("destinations", TEXTS, nullable=False),
        sa.Column("occupations", TEXTS, nullable=False),
        sa.Column("condition", sa.Text),
        sa.Column("effect", JSONB, nullable=False),
        sa.Column("basis", JSONB, nullable=False),
        sa.Column("disputed", JSONB, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_until", sa.Date),
        sa.Column("transition", sa.Text, nullable=False),
        sa.Column("replaces", sa.Uuid),
        sa.Column("confidence", sa.Text, nullable=False),
        sa.Column("verified_on", sa.Date),
        sa.Column("verified_by", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("drafted_by", sa.Text, nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("proposed_by", sa.Text),
        sa.Column("activated_by", sa.Text),
        sa.Column("pack_hash", sa.Text),
        sa.UniqueConstraint("code", "number"),
        ExcludeConstraint(
            ("code", "="),
            (sa.text("daterange(effective_from, effective_until + 1, '[)')"), "&&"),
            where=sa.text("status in ('active', 'retired')"),
            name="rule_version_days",
            using="gist",
        ),
    )
    op.create_table(
        "answer_type",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("fixed_by", sa.Uuid, nullable=False),
    )
    op.create_table(
        "law_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("stamp", sa.Uuid, nullable=False),
    )


def _answers() -> None:
    op.create_table(
        "subject",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("determination_id", sa.Uuid),
        sa.Column("law_epoch", sa.Integer, nullable=False),
        sa.Column("stale", sa.Boolean, nullable=False),
        *_announcing(),
    )
    op.create_index("subject_stale", "subject", ["id"], postgresql_where=sa.text("stale"))
    op.create_table(
        "determination",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subject_id", sa.Uuid, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("judged_on", sa.Date, nullable=False),
        sa.Column("law_epoch", sa.Integer, nullable=False),
        sa.Column("input_hash", sa.Text, nullable=False),
        sa.Column("outcome", JSONB, nullable=False),
        sa.Column("determined_at", MOMENT, nullable=False),
    )
    op.create_table(
        "determination_facts",
        sa.Column("determination_id", sa.Uuid, sa.ForeignKey("determination.id"), primary_key=True),
        sa.Column("worker_id", sa.Uuid, index=True),
        sa.Column("facts", JSONB, nullable=False),
    )
    op.create_table(
        "erased_worker",
        sa.Column("worker_id", sa.Uuid, primary_key=True),
        sa.Column("erased_at", MOMENT, nullable=False),
        *_announcing(),
    )


def _copies() -> None:
    op.create_table(
        "member_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("licensed_until", sa.Date),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "worker_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("birth_date", sa.Date),
        sa.Column("sex", sa.Text),
        sa.Column("nationality", sa.Text),
        sa.Column("country", sa.Text),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "profile_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("experience", JSONB, nullable=False),
        sa.Column("languages", JSONB, nullable=False),
        sa.Column("isced", sa.Integer),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    _copies_of_cases()


def _copies_of_cases() -> None:
    op.create_table(
        "placement_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("worker_id", sa.Uuid, nullable=False, index=True),
        sa.Column("first_departure", sa.Boolean, nullable=False),
        sa.Column("occupation", sa.Text),
        sa.Column("destination", sa.Text),
        sa.Column("terms", JSONB),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "vacancy_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("occupation", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("origins", TEXTS, nullable=False),
        sa.Column("submitted_on", sa.Date, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "preparation_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("placement_id", sa.Uuid, nullable=False, index=True),
        sa.Column("worker_id", sa.Uuid, nullable=False, index=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("departure_on", sa.Date, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("readers", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
