"""The tables that every service has beside its own: how events leave, how they arrive, what falls due."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
Moment = DateTime(timezone=True)
OPEN = text("status in ('waiting', 'parked', 'quarantined')")
"""Held records on which something is still to be done: as in the index of the same predicate."""

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("traceparent", Text),
    Column("recorded_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("published_position", BigInteger),
    Index("outbox_unpublished", "position", postgresql_where=text("published_at is null")),
    Index(
        "outbox_published",
        "topic",
        "published_position",
        unique=True,
        postgresql_where=text("published_at is not null"),
    ),
)
"""Events on their way. ``position`` orders sending; ``published_position`` is gapless: readers of this database
follow it."""

publication = Table(
    "publication",
    metadata,
    Column("last", BigInteger, nullable=False),
    Column("forgotten", BigInteger, nullable=False, server_default="0"),
)
"""One row: the last ``published_position`` given, and the last that is kept no longer."""

seen = Table(
    "seen",
    metadata,
    Column("reaction", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)
"""How far each policy has come with each key; kept for ever, so that no event is ever acted on twice."""

held_record = Table(
    "held_record",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("reaction", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary),
    Column("error_class", Text),
    Column("attempts", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("decided_by", Text),
    Column("reason", Text),
    UniqueConstraint("reaction", "topic", "partition", "offset"),
    Index(
        "held_record_open",
        "reaction",
        "topic",
        "key",
        postgresql_where=OPEN,
    ),
    Index(
        "held_record_blocking",
        "reaction",
        "topic",
        "key",
        "id",
        postgresql_where=text("status in ('waiting', 'parked')"),
    ),
)
"""Records that could not be applied: *waiting* for a copy, *parked* with their key, or *quarantined* alone."""

decision = Table(
    "decision",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("deed", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text),
)
"""What operators decided, on which held record or copy, who and why; rows are only added."""

rebuild = Table(
    "rebuild",
    metadata,
    Column("copy", Text, primary_key=True),
    Column("status", String(16), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("began_at", Moment),
    Column("ended_at", Moment),
    Column("records", BigInteger, nullable=False, server_default="0"),
    Column("unreadable", BigInteger, nullable=False, server_default="0"),
    Column("changed", BigInteger),
    Column("error_class", Text),
)
"""The last time that each copy was, or is being, made anew from its topic."""

due = Table(
    "due",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
)
"""What happens when a date passes: at most one of a kind for a subject."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False, index=True),
)
"""Commands already done, by the client's own key: their status and what they made, never a body."""

known_keys = Table("known_keys", metadata, Column("issuer", Text, primary_key=True), Column("jwks", JSONB))
"""The issuer's public keys as last fetched, so that a restart does not need the issuer."""
