"""``run.json``: what a platform that runs tells its users; for its owner alone."""

from __future__ import annotations

from collections.abc import Mapping

from imdi_local.kafka import Kafka
from imdi_local.postgres import Postgres
from imdi_local.surroundings import ROLES

Clients = dict[str, dict[str, str | None]]
"""Per name ``client_id``, ``client_secret`` and the ``member_id`` they speak for; a steward speaks for none."""


def content(
    urls: Mapping[str, str], postgres: Postgres, kafka: Kafka, clients: Clients, pids: Mapping[str, int]
) -> dict[str, object]:
    """The file's content, with the processes of now."""
    return {
        "ready": True,
        "services": {name: {"url": url, "pids": _roles(name, pids)} for name, url in urls.items()},
        "postgres": {
            "host": "127.0.0.1",
            "port": postgres.port,
            "pid": pids["postgres"],
            "data": str(postgres.data),
        },
        "kafka": {"bootstrap": kafka.bootstrap, "pid": pids["kafka"], "data": str(kafka.data)},
        "clients": clients,
    }


def _roles(name: str, pids: Mapping[str, int]) -> dict[str, int]:
    """``{"serve": …}``, or one process per role where each has its own."""
    apart = {role: pids[f"{name}-{role}"] for role in ROLES if f"{name}-{role}" in pids}
    return apart or {"serve": pids[name]}
