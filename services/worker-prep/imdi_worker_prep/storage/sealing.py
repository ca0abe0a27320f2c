"""Evidence at rest: each worker has a data key of their own, kept wrapped by a key the database never sees.

Destroying that one row destroys all that it sealed.
"""

from __future__ import annotations

from uuid import UUID

from imdi_common.sealing import derived, new_data_key, seal, unseal


class MasterKey:
    """32 random bytes from the settings, and the wrapping key derived from them."""

    def __init__(self, secret: bytes) -> None:
        self._wrapping = derived(secret, "imdi worker-prep: worker data keys")

    def new_data_key(self, worker_id: UUID) -> bytes:
        """A fresh data key, wrapped: only this form is ever stored."""
        return new_data_key(self._wrapping, _place("worker_key", worker_id))

    def seal(self, wrapped: bytes, worker_id: UUID, result_id: UUID, plain: bytes) -> bytes:
        """Encrypt what supports one result; it opens for this worker and this result alone."""
        return seal(self._data_key(wrapped, worker_id), plain, _place("result", result_id))

    def open(self, wrapped: bytes, worker_id: UUID, result_id: UUID, sealed: bytes) -> bytes:
        """The plain bytes again; ``InvalidTag`` where anything was altered or moved."""
        return unseal(self._data_key(wrapped, worker_id), sealed, _place("result", result_id))

    def _data_key(self, wrapped: bytes, worker_id: UUID) -> bytes:
        return unseal(self._wrapping, wrapped, _place("worker_key", worker_id))


def _place(table: str, row: UUID) -> str:
    return f"worker-prep|{table}|{row}"
