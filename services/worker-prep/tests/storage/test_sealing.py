from __future__ import annotations

import os
from collections.abc import Callable
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from imdi_worker_prep.storage.sealing import MasterKey

WORKER, RESULT = uuid4(), uuid4()


def test_what_is_sealed_opens_again_and_shows_nothing(master: MasterKey) -> None:
    wrapped = master.new_data_key(WORKER)
    sealed = master.seal(wrapped, WORKER, RESULT, b"haemoglobin")
    assert b"haemoglobin" not in sealed
    assert master.open(wrapped, WORKER, RESULT, sealed) == b"haemoglobin"
    assert master.seal(wrapped, WORKER, RESULT, b"haemoglobin") != sealed


def test_it_opens_for_nobody_else(master: MasterKey) -> None:
    wrapped = master.new_data_key(WORKER)
    sealed = master.seal(wrapped, WORKER, RESULT, b"haemoglobin")
    other = MasterKey(os.urandom(32))
    attempts: tuple[Callable[[], bytes], ...] = (
        lambda: master.open(wrapped, WORKER, uuid4(), sealed),
        lambda: master.open(wrapped, uuid4(), RESULT, sealed),
        lambda: master.open(master.new_data_key(WORKER), WORKER, RESULT, sealed),
        lambda: other.open(wrapped, WORKER, RESULT, sealed),
        lambda: master.open(wrapped, WORKER, RESULT, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    )
    for opening in attempts:
        with pytest.raises(InvalidTag):
            opening()


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(bytes(length))
