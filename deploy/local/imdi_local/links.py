"""Loopback ports through which the services reach the servers, where something stands between: tests slow and cut it.

``IMDI_LINK_POSTGRES`` and ``IMDI_LINK_KAFKA`` name the ports. Whoever holds such a port passes on to PostgreSQL's own
port, and to the port on which Kafka waits for it (base + 22): there Kafka names the link's port as its own address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imdi_local.trouble import Trouble

POSTGRES, KAFKA = "IMDI_LINK_POSTGRES", "IMDI_LINK_KAFKA"


@dataclass(frozen=True)
class Links:
    """The ports, where there are any."""

    postgres: int | None = None
    kafka: int | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Links:
        """As the environment says. Raises Trouble for what is no port."""
        return cls(_port(environment, POSTGRES), _port(environment, KAFKA))


def _port(environment: Mapping[str, str], name: str) -> int | None:
    said = environment.get(name, "")
    if not said:
        return None
    if not said.isdecimal() or not 0 < int(said) < 65536:
        raise Trouble(f"{name} is no port", "set it to a number from 1 to 65535, or unset it")
    return int(said)


NONE = Links()
