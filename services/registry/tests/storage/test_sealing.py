from __future__ import annotations

from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from imdi_registry.storage.sealing import MasterKey

MAYA, RAM = UUID(int=1), UUID(int=2)
MASTER, OTHER = MasterKey(b"m" * 32), MasterKey(b"o" * 32)


@given(st.binary(max_size=400))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    wrapped = MASTER.new_data_key(MAYA)
    sealed = MASTER.seal_identity(wrapped, MAYA, plain)
    assert MASTER.open_identity(wrapped, MAYA, sealed) == plain
    assert len(plain) < 4 or plain not in sealed


def test_each_sealing_differs() -> None:
    wrapped = MASTER.new_data_key(MAYA)
    assert MASTER.new_data_key(MAYA) != wrapped
    assert MASTER.seal_identity(wrapped, MAYA, b"x") != MASTER.seal_identity(wrapped, MAYA, b"x")


def test_it_opens_for_its_own_worker_alone() -> None:
    mine, yours = MASTER.new_data_key(MAYA), MASTER.new_data_key(RAM)
    sealed = MASTER.seal_identity(mine, MAYA, b"Maya")
    for wrapped, worker_id in ((mine, RAM), (yours, MAYA), (yours, RAM)):
        with pytest.raises(InvalidTag):
            MASTER.open_identity(wrapped, worker_id, sealed)


def test_another_master_key_opens_nothing() -> None:
    wrapped = MASTER.new_data_key(MAYA)
    sealed = MASTER.seal_identity(wrapped, MAYA, b"Maya")
    with pytest.raises(InvalidTag):
        OTHER.open_identity(wrapped, MAYA, sealed)


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_any_altered_byte_is_noticed(place: int) -> None:
    wrapped = MASTER.new_data_key(MAYA)
    sealed = bytearray(MASTER.seal_identity(wrapped, MAYA, b"Maya"))
    sealed[place] ^= 1
    with pytest.raises(InvalidTag):
        MASTER.open_identity(wrapped, MAYA, bytes(sealed))


def test_a_signing_key_is_bound_to_its_id() -> None:
    sealed = MASTER.seal_signing_key("one", b"secret")
    assert MASTER.open_signing_key("one", sealed) == b"secret"
    with pytest.raises(InvalidTag):
        MASTER.open_signing_key("two", sealed)


def test_equal_passports_have_equal_digests_under_one_master_key_only() -> None:
    digest = MASTER.passport_digest("PA1234567", "NP")
    assert digest == MasterKey(b"m" * 32).passport_digest("PA1234567", "NP")
    assert digest != MASTER.passport_digest("PA1234567", "PH")
    assert digest != MASTER.passport_digest("PA1234568", "NP")
    assert digest != OTHER.passport_digest("PA1234567", "NP")


@pytest.mark.parametrize("secret", [b"", b"x" * 31, b"x" * 33])
def test_a_master_key_has_32_bytes(secret: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(secret)
