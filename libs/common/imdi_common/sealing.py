"""Encryption at rest: all hangs on one master secret that the database never sees.

Each subject has a random data key of its own, kept only wrapped; destroying that one row destroys all that it sealed.
What is sealed is bound to its place, so that it opens nowhere else (AES-256-GCM; the place is associated data).
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from imdi_common.settings import KEY_BYTES

_NONCE_BYTES = 12


def derived(secret: bytes, use: str) -> bytes:
    """The key for one use of the master secret (HKDF, RFC 5869); ``ValueError`` unless the secret has 32 bytes."""
    if len(secret) != KEY_BYTES:
        raise ValueError(f"the master key must have {KEY_BYTES} bytes")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use.encode()).derive(secret)


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    """Encrypt for one place, as in ``service|table|row``."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """The plain bytes again; ``InvalidTag`` where anything was altered or moved, or the key is another."""
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())


def new_data_key(wrapping: bytes, place: str) -> bytes:
    """A fresh data key, wrapped for its place: only this form is ever stored, and ``unseal`` opens it."""
    return seal(wrapping, os.urandom(KEY_BYTES), place)
