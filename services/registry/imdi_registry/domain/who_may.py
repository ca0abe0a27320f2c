"""Who may do what (the table of deeds and actors), as data. An actor stands to the object in one or more relations."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Literal

Relation = Literal["steward", "self", "member", "controller", "origin_government"]
Deed = Literal[
    "accreditation",
    "suspension",
    "reinstatement",
    "withdrawal",
    "record_licence",
    "create_client",
    "list_clients",
    "delete_client",
    "register_worker",
    "change_facts",
    "give_consent",
    "ask_erasure",
    "change_controller",
    "read_disclosures",
    "read_duplicates",
]

WHO_MAY: dict[Deed, frozenset[Relation]] = {
    "accreditation": frozenset({"steward"}),
    "suspension": frozenset({"steward"}),
    "reinstatement": frozenset({"steward"}),
    "withdrawal": frozenset({"steward", "self"}),
    "record_licence": frozenset({"steward"}),
    "create_client": frozenset({"steward", "self"}),
    "list_clients": frozenset({"steward", "self"}),
    "delete_client": frozenset({"steward", "self"}),
    "register_worker": frozenset({"member"}),
    "change_facts": frozenset({"controller"}),
    "give_consent": frozenset({"controller"}),
    "ask_erasure": frozenset({"controller"}),
    "change_controller": frozenset({"steward", "origin_government"}),
    "read_disclosures": frozenset({"controller"}),
    "read_duplicates": frozenset({"steward"}),
}


def may(deed: Deed, relations: AbstractSet[str]) -> bool:
    """Whether one of the actor's relations to the object allows the deed."""
    return bool(WHO_MAY[deed] & relations)
