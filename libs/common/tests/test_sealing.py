from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from imdi_common.sealing import derived, new_data_key, seal, unseal

SECRET = bytes(range(32))
KEY, OTHER = derived(SECRET, "one use"), derived(SECRET, "another use")
PLACE = "house|table|1"


@given(st.binary(max_size=400), st.text(max_size=40))
def test_what_is_sealed_opens_at_its_place_and_shows_nothing(plain: bytes, place: str) -> None:
    sealed = seal(KEY, plain, place)
    assert unseal(KEY, sealed, place) == plain
    assert len(plain) < 4 or plain not in sealed
    assert seal(KEY, plain, place) != sealed


@pytest.mark.parametrize(("key", "place"), [(OTHER, PLACE), (KEY, "house|table|2"), (KEY, "")])
def test_it_opens_by_no_other_key_and_nowhere_else(key: bytes, place: str) -> None:
    with pytest.raises(InvalidTag):
        unseal(key, seal(KEY, b"plain", PLACE), place)


@given(st.integers(0, 32), st.integers(1, 255))
def test_any_altered_byte_is_noticed(where: int, change: int) -> None:
    sealed = bytearray(seal(KEY, b"plain", PLACE))
    sealed[where] ^= change
    with pytest.raises(InvalidTag):
        unseal(KEY, bytes(sealed), PLACE)


def test_a_data_key_has_32_random_bytes_and_opens_at_its_place() -> None:
    first, second = (unseal(KEY, new_data_key(KEY, PLACE), PLACE) for _ in range(2))
    assert len(first) == len(second) == 32
    assert first != second


def test_keys_are_derived_as_hkdf_says() -> None:
    """Worked by hand (RFC 5869 with SHA-256, no salt): what was sealed in one release opens in the next."""
    assert derived(SECRET, "one use").hex() == "baf36d93f4575b301cd5f494e3d849745d4e65a57276850a71c4d867f5070fa9"
    assert derived(SECRET, "one use") != derived(SECRET[::-1], "one use")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_secret_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        derived(bytes(length), "one use")
