"""What worker-prep is told at its start."""

from __future__ import annotations

import base64

from pydantic import SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from imdi_common.settings import ServiceSettings
from imdi_worker_prep.storage.sealing import KEY_BYTES


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="IMDI_WORKER_PREP_", hide_input_in_errors=True)

    master_key: SecretStr
    """32 random bytes in base64, kept outside the database: who loses it loses all evidence."""

    @field_validator("master_key")
    @classmethod
    def _has_32_bytes(cls, value: SecretStr) -> SecretStr:
        try:
            good = len(base64.b64decode(value.get_secret_value(), validate=True)) == KEY_BYTES
        except ValueError:  # not base64, or not even ASCII
            good = False
        if not good:
            raise ValueError(f"must be {KEY_BYTES} bytes in base64 (make one: openssl rand -base64 {KEY_BYTES})")
        return value

    @property
    def master_secret(self) -> bytes:
        return base64.b64decode(self.master_key.get_secret_value())
