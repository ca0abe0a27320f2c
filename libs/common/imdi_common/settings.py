"""What a service is told at its start, by environment variables with its own prefix."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings


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
    log_level: str = "INFO"
    clock_offset_file: Path | None = None
    """Shifts the clock by the seconds in this file: for tests, shown as unsafe in ``/version``."""
