from __future__ import annotations

from typing import get_args

import pytest

from imdi_registry.domain.who_may import WHO_MAY, Deed, Relation, may

BY_HAND: dict[Relation, set[Deed]] = {
    "steward": {
        "accreditation",
        "suspension",
        "reinstatement",
        "withdrawal",
        "record_licence",
        "create_client",
        "list_clients",
        "delete_client",
        "change_controller",
        "read_duplicates",
    },
    "self": {"withdrawal", "create_client", "list_clients", "delete_client"},
    "member": {"register_worker"},
    "controller": {"change_facts", "give_consent", "ask_erasure", "read_disclosures"},
    "origin_government": {"change_controller"},
}


def test_every_deed_has_someone_who_may() -> None:
    assert set(WHO_MAY) == set(get_args(Deed))
    assert all(WHO_MAY.values())


@pytest.mark.parametrize("relation", get_args(Relation))
@pytest.mark.parametrize("deed", get_args(Deed))
def test_each_relation_may_what_is_written_here(relation: Relation, deed: Deed) -> None:
    assert may(deed, {relation}) == (deed in BY_HAND[relation])


@pytest.mark.parametrize("deed", get_args(Deed))
def test_a_stranger_may_nothing(deed: Deed) -> None:
    assert not may(deed, set())
    assert not may(deed, {"employer"})
