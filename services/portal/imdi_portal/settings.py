"""What the portal is told at its start."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where it listens, and where the four services are."""

    model_config = SettingsConfigDict(env_prefix="IMDI_PORTAL_")

    host: str = "127.0.0.1"
    port: int
    registry_url: str
    matching_url: str
    legislation_url: str
    worker_prep_url: str

    def addresses(self) -> dict[str, str]:
        """The services' addresses by name, without a slash at the end."""
        return {
            "registry": self.registry_url.rstrip("/"),
            "matching": self.matching_url.rstrip("/"),
            "legislation": self.legislation_url.rstrip("/"),
            "worker-prep": self.worker_prep_url.rstrip("/"),
        }
