"""What legislation is told at its start."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from imdi_common.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="IMDI_LEGISLATION_", hide_input_in_errors=True)

    packs: Path = Path(__file__).parent.parent / "packs"
    """Where ``load-packs`` finds law as data: ``instruments.csv``, ``instruments.yaml``, packs and ``procedures/``; or
    one pack alone."""
    previews_per_minute: int = 6000
    """How many previews one address may ask for in a minute of one process."""
