"""Encryption at rest: everything hangs on one master key that the database never sees.

Each worker has a random data key of their own, kept wrapped; destroying that one row destroys all that it sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class MasterKey:
    """32 random bytes from the settings, and the keys derived from them, one per use (HKDF, RFC 5869)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("the master key must have 32 bytes")
        self._wrapping = _derived(secret, b"worker data keys")
        self._signing = _derived(secret, b"token signing keys")
        self._index = _derived(secret, b"passport index")

    def new_data_key(self, worker_id: UUID) -> bytes:
        """A fresh data key, wrapped: only this form is ever stored."""
        return _seal(self._wrapping, os.urandom(KEY_BYTES), _bound("worker_key", worker_id))

    def seal_identity(self, wrapped: bytes, worker_id: UUID, plain: bytes) -> bytes:
        """Encrypt under the worker's own key; the result opens for this worker alone."""
        return _seal(self._data_key(wrapped, worker_id), plain, _bound("worker", worker_id))

    def open_identity(self, wrapped: bytes, worker_id: UUID, sealed: bytes) -> bytes:
        """The plain bytes again; ``InvalidTag`` where anything was altered, or moved to another worker."""
        return _open(self._data_key(wrapped, worker_id), sealed, _bound("worker", worker_id))

    def seal_signing_key(self, kid: str, plain: bytes) -> bytes:
        return _seal(self._signing, plain, _bound("signing_key", kid))

    def open_signing_key(self, kid: str, sealed: bytes) -> bytes:
        return _open(self._signing, sealed, _bound("signing_key", kid))

    def passport_digest(self, number: str, issuing_country: str) -> bytes:
        """A blind index: equal for equal passports, and worth nothing without the master key."""
        return hmac.digest(self._index, f"{issuing_country}|{number}".encode(), hashlib.sha256)

    def _data_key(self, wrapped: bytes, worker_id: UUID) -> bytes:
        return _open(self._wrapping, wrapped, _bound("worker_key", worker_id))


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"imdi registry: " + use).derive(secret)


def _bound(table: str, row: UUID | str) -> bytes:
    """Associated data: what is sealed cannot be moved to another row or table."""
    return f"registry|{table}|{row}".encode()


def _seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _open(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
