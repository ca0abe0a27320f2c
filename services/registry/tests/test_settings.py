from __future__ import annotations

import base64

import pytest
from pydantic import ValidationError

from imdi_registry.settings import Settings

GIVEN = {
    "PORT": "8001",
    "DATABASE_URL": "postgresql+asyncpg://app@127.0.0.1/imdi_registry",
    "KAFKA_BOOTSTRAP": "127.0.0.1:8020",
    "ISSUER": "http://127.0.0.1:8001",
    "JWKS_URL": "http://127.0.0.1:8001/.well-known/jwks.json",
}


def settings_with(monkeypatch: pytest.MonkeyPatch, master_key: str | None) -> Settings:
    for name, value in GIVEN.items():
        monkeypatch.setenv(f"IMDI_REGISTRY_{name}", value)
    monkeypatch.delenv("IMDI_REGISTRY_MASTER_KEY", raising=False)
    if master_key is not None:
        monkeypatch.setenv("IMDI_REGISTRY_MASTER_KEY", master_key)
    return Settings()  # type: ignore[call-arg]  # the environment gives them


def test_the_master_key_is_read_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    text = base64.b64encode(bytes(range(32))).decode()
    settings = settings_with(monkeypatch, text)
    assert settings.master_secret == bytes(range(32))
    assert text not in repr(settings)


@pytest.mark.parametrize("bad", ["", "secret", "####", base64.b64encode(b"x" * 31).decode(), "é" * 44])
def test_a_bad_master_key_stops_the_start_without_being_shown(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    with pytest.raises(ValidationError, match="32 bytes in base64") as raised:
        settings_with(monkeypatch, bad)
    assert not bad or bad not in str(raised.value)


def test_there_is_no_default_master_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="master_key"):
        settings_with(monkeypatch, None)
