"""What the portal is told at its start."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where it listens, and where the four services are: to itself, and to visitors where that is elsewhere."""

    model_config = SettingsConfigDict(env_prefix="IMDI_PORTAL_")

    host: str = "127.0.0.1"
    port: int
    socket_fd: int | None = None
    """A listening socket that was opened for us, to be used in the place of ``host`` and ``port``."""
    registry_url: str
    matching_url: str
    legislation_url: str
    worker_prep_url: str
    registry_public_url: str | None = None
    matching_public_url: str | None = None
    legislation_public_url: str | None = None
    worker_prep_public_url: str | None = None

    def addresses(self) -> dict[str, str]:
        """Where the portal asks each service, by name, without a slash at the end."""
        return {
            "registry": self.registry_url.rstrip("/"),
            "matching": self.matching_url.rstrip("/"),
            "legislation": self.legislation_url.rstrip("/"),
            "worker-prep": self.worker_prep_url.rstrip("/"),
        }

    def public_addresses(self) -> dict[str, str]:
        """Where a visitor finds each service."""
        told = {
            "registry": self.registry_public_url,
            "matching": self.matching_public_url,
            "legislation": self.legislation_public_url,
            "worker-prep": self.worker_prep_public_url,
        }
        return {name: (told[name] or address).rstrip("/") for name, address in self.addresses().items()}
