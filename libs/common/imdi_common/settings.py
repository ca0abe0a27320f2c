"""What a service is told at its start, by environment variables with its own prefix."""

from __future__ import annotations

import base64
from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32
"""Of a master key: AES-256."""


class ServiceSettings(BaseSettings):
    """Settings of every service; a service subclasses it with its ``env_prefix``. A missing one fails at the start."""

    host: str = "127.0.0.1"
    port: int
    database_url: SecretStr
    """``postgresql+asyncpg://…`` of the application's role."""
    migrator_database_url: SecretStr | None = None
    """The same database as its owner: for ``migrate`` alone."""
    kafka_bootstrap: str
    issuer: str
    """Who issues access tokens: registry's public address."""
    jwks_url: str
    """Where the issuer's public keys are."""
    instance: str = "0"
    """Names this process among its replicas, so that a restarted one takes its partitions back at once."""
    pool_size: int = 10
    most_requests: int = 128
    """That one process works on at once; more are answered 503 with ``Retry-After``."""
    socket_fd: int | None = None
    """A listening socket that was opened for us, to be used in the place of ``host`` and ``port``."""
    log_level: str = "INFO"
    clock_offset_file: Path | None = None
    """Shifts the clock by the seconds in this file: for tests, shown as unsafe in ``/version``."""


class EncryptingSettings(ServiceSettings):
    """Settings of a service that encrypts what it keeps of people."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    master_key: SecretStr
    """32 random bytes in base64, kept outside the database: who loses it loses all that it seals."""

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
