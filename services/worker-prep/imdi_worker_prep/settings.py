"""What worker-prep is told at its start."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from imdi_common.settings import EncryptingSettings


class Settings(EncryptingSettings):
    model_config = SettingsConfigDict(env_prefix="IMDI_WORKER_PREP_")
