"""Evidence at rest: each worker has a data key of their own, kept wrapped by a key the database never sees.

Destroying that one row destroys all that it sealed.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class MasterKey:
    """32 random bytes from the settings, and the wrapping key derived from them (HKDF, RFC 5869)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("the master key must have 32 bytes")
        use = b"imdi worker-prep: worker data keys"
        self._wrapping = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(secret)

    def new_data_key(self, worker_id: UUID) -> bytes:
        """A fresh data key, wrapped: only this form is ever stored."""
        return _seal(self._wrapping, os.urandom(KEY_BYTES), _bound("worker_key", worker_id))

    def seal(self, wrapped: bytes, worker_id: UUID, result_id: UUID, plain: bytes) -> bytes:
        """Encrypt what supports one result; it opens for this worker and this result alone."""
        return _seal(self._data_key(wrapped, worker_id), plain, _bound("result", result_id))

    def open(self, wrapped: bytes, worker_id: UUID, result_id: UUID, sealed: bytes) -> bytes:
        """The plain bytes again; ``InvalidTag`` where anything was altered or moved."""
        return _open(self._data_key(wrapped, worker_id), sealed, _bound("result", result_id))

    def _data_key(self, wrapped: bytes, worker_id: UUID) -> bytes:
        return _open(self._wrapping, wrapped, _bound("worker_key", worker_id))


def _bound(table: str, row: UUID) -> bytes:
    """Associated data: what is sealed cannot be moved to another row or table."""
    return f"worker-prep|{table}|{row}".encode()


def _seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _open(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
