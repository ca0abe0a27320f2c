"""What registry's doors find in the running service beside its database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from imdi_common.door import Door
from imdi_common.rate_limit import RateLimit
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Resources:
    """The keys, and how often one address may do what needs no token."""

    vault: Vault
    applications: RateLimit
    tokens: RateLimit


def resources_of(door: Door) -> Resources:
    return cast(Resources, door.runtime.resources)


def vault_of(door: Door) -> Vault:
    return resources_of(door).vault


def master_of(door: Door) -> MasterKey:
    return vault_of(door).master
