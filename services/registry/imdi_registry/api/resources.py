"""What registry's doors find in the running service beside its database."""

from __future__ import annotations

from typing import cast

from imdi_common.door import Door
from imdi_registry.storage.sealing import MasterKey
from imdi_registry.storage.vault import Vault


def vault_of(door: Door) -> Vault:
    return cast(Vault, door.runtime.resources)


def master_of(door: Door) -> MasterKey:
    return vault_of(door).master
