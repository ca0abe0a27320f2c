"""What matching is told at its start."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from imdi_common.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="IMDI_MATCHING_", hide_input_in_errors=True)
