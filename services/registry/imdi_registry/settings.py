"""What registry is told at its start."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from imdi_common.settings import EncryptingSettings


class Settings(EncryptingSettings):
    model_config = SettingsConfigDict(env_prefix="IMDI_REGISTRY_")

    applications_per_minute: int = 3000
    """How many applications of members one address may send in a minute of one process."""
    tokens_per_minute: int = 6000
    """How many tokens one address may ask for in a minute of one process."""
