"""Registry's keys, all from its master key, and what each of them seals.

Each worker has a random data key of their own, kept wrapped; destroying that one row destroys all that it sealed.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from imdi_common.sealing import derived, new_data_key, seal, unseal


class MasterKey:
    """32 random bytes from the settings, and the keys derived from them, one per use."""

    def __init__(self, secret: bytes) -> None:
        self._wrapping = derived(secret, "imdi registry: worker data keys")
        self._signing = derived(secret, "imdi registry: token signing keys")
        self._index = derived(secret, "imdi registry: passport index")

    def new_data_key(self, worker_id: UUID) -> bytes:
        """A fresh data key, wrapped: only this form is ever stored."""
        return new_data_key(self._wrapping, _place("worker_key", worker_id))

    def seal_identity(self, wrapped: bytes, worker_id: UUID, plain: bytes) -> bytes:
        """Encrypt under the worker's own key; the result opens for this worker alone."""
        return seal(self._data_key(wrapped, worker_id), plain, _place("worker", worker_id))

    def open_identity(self, wrapped: bytes, worker_id: UUID, sealed: bytes) -> bytes:
        """The plain bytes again; ``InvalidTag`` where anything was altered, or moved to another worker."""
        return unseal(self._data_key(wrapped, worker_id), sealed, _place("worker", worker_id))

    def seal_signing_key(self, kid: str, plain: bytes) -> bytes:
        return seal(self._signing, plain, _place("signing_key", kid))

    def open_signing_key(self, kid: str, sealed: bytes) -> bytes:
        return unseal(self._signing, sealed, _place("signing_key", kid))

    def passport_digest(self, number: str, issuing_country: str) -> bytes:
        """A blind index: equal for equal passports, and worth nothing without the master key."""
        return hmac.digest(self._index, f"{issuing_country}|{number}".encode(), hashlib.sha256)

    def _data_key(self, wrapped: bytes, worker_id: UUID) -> bytes:
        return unseal(self._wrapping, wrapped, _place("worker_key", worker_id))


def _place(table: str, row: UUID | str) -> str:
    return f"registry|{table}|{row}"
