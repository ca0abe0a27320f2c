"""Passwords and keys of a home: made at the first start, the same ever after."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field

from imdi_local.home import Home, write_private
from imdi_local.trouble import Trouble

STEWARDS = ("steward", "steward-2")
"""Two, for activation of a rule needs a second person."""


@dataclass
class Secrets:
    """What a home keeps to itself. Losing the master keys loses every identity and all evidence."""

    superuser: str = field(default_factory=secrets.token_urlsafe, repr=False)
    master_keys: dict[str, str] = field(default_factory=dict, repr=False)
    """32 random bytes in base64 per service that encrypts."""
    databases: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    """Per service the passwords of its roles ``migrator`` and ``app``."""
    clients: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    """Per steward ``client_id`` and ``client_secret``."""

    def complete(self, services: list[str], encrypting: list[str]) -> None:
        """Makes what is missing."""
        for service in services:
            made = {role: secrets.token_urlsafe(24) for role in ("migrator", "app")}
            self.databases.setdefault(service, made)
        for service in encrypting:
            self.master_keys.setdefault(service, base64.b64encode(secrets.token_bytes(32)).decode())
        for name in STEWARDS:
            self.clients.setdefault(name, {"client_id": name, "client_secret": secrets.token_urlsafe(32)})


def kept_secrets(home: Home, services: list[str], encrypting: list[str]) -> Secrets:
    """The home's secrets, completed and kept. Raises Trouble if their file is damaged, or gone while data is there."""
    if home.secrets_file.exists():
        try:
            kept = Secrets(**json.loads(home.secrets_file.read_text()))
        except (ValueError, TypeError) as error:
            raise Trouble(
                f"{home.secrets_file} is damaged ({type(error).__name__})",
                "restore it from a copy: without it the data cannot be opened",
            ) from error
    elif (home.folder / "postgres").exists():
        raise Trouble(
            f"{home.secrets_file} is gone, and the data beside it cannot be opened without it",
            f"restore it from a copy, or remove {home.folder} and start anew: that loses all data",
        )
    else:
        kept = Secrets()
    kept.complete(services, encrypting)
    write_private(home.secrets_file, asdict(kept))
    return kept
