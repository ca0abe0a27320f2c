"""The caller of a command, as the doors hand it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from imdi_common.problems import forbidden


@dataclass(frozen=True, slots=True)
class Tenant:
    """On whose behalf a client acts, as the token says or, where it is newer, the local copy."""

    id: UUID
    kind: str
    country: str
    status: str
    licensed_until: date | None
    sequence: int


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller: a client with scopes, for one tenant or (the platform's own) for none."""

    client_id: str
    scopes: frozenset[str]
    tenant: Tenant | None

    @property
    def is_steward(self) -> bool:
        return "steward" in self.scopes

    @property
    def tenant_id(self) -> UUID | None:
        return self.tenant.id if self.tenant else None

    @property
    def member(self) -> Tenant:
        """The tenant; 403 for a client that acts for none."""
        if self.tenant is None:
            raise forbidden("Only a member's client may do this.")
        return self.tenant
