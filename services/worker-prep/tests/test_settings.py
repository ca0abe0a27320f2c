from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr, ValidationError

from imdi_worker_prep.settings import Settings


def settings(key: str) -> Settings:
    return Settings(
        port=0,
        database_url=SecretStr("postgresql+asyncpg://x"),
        kafka_bootstrap="127.0.0.1:1",
        issuer="http://issuer",
        jwks_url="http://issuer",
        master_key=SecretStr(key),
    )


def test_the_master_key_is_read_and_never_shown() -> None:
    key = base64.b64encode(bytes(32)).decode()
    assert settings(key).master_secret == bytes(32)
    assert key not in repr(settings(key))


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(bytes(31)).decode(), "ключ"])
def test_another_master_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(key)
    assert "32 bytes" in str(refused.value)
    assert not key or key not in str(refused.value)
