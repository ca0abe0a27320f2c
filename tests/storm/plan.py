"""The faults of a storm, drawn from its seed before it begins: the same seed, the same faults in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Kind = Literal[
    "kill",
    "pause",
    "slow-link",
    "cut-link",
    "torn-link",
    "broker-away",
    "zombie-relay",
    "disk-full",
    "clock-off",
    "redelivery",
]
KILL_S, ZOMBIE_S, DISK_S, CLOCK_S, RECOVERY_S = 15.0, 20.0, 12.0, 20.0, 10.0
"""What a fault of each kind takes, about; with what comes after it."""
LONGEST_PAUSE_S = 60.0
CLOCK_OFF_S = 600.0
SERVERS = ("postgres", "kafka")
AT_ONCE = (1, 1, 1, 2, 2, 3)
"""How many are killed before anything has recovered; one in half of the cases."""
AND = " + "


@dataclass(frozen=True)
class Fault:
    """One fault: what, to whom, for how long, after how much quiet."""

    kind: Kind
    target: str
    seconds: float = 0.0
    quiet: float = 0.0
    strength: float = 0.0
    """Seconds of latency, or by which a clock is off."""

    @property
    def targets(self) -> list[str]:
        """More than one where several are killed at once."""
        return self.target.split(AND)


def faults(seed: int, kills: int, seconds: float, targets: Sequence[str], *, away_s: float, disks: bool) -> list[Fault]:
    """A plan of ``kills`` kills, with other faults among them as far as ``seconds`` allow.

    ``targets`` are processes as ``postgres``, ``kafka``, ``matching relay``.
    """
    chance = Random(f"faults/{seed}")
    killed = list(_killed(chance, kills, targets))
    others = _others(chance, seconds - len(killed) * KILL_S - away_s, targets, disks=disks)
    mixed = killed + others
    chance.shuffle(mixed)
    if away_s:
        mixed.insert(len(mixed) // 3, Fault("broker-away", "kafka", away_s, 1.0))
    return mixed


def _killed(chance: Random, kills: int, targets: Sequence[str]) -> Iterator[Fault]:
    while kills:
        victims = {_victim(chance, targets) for _ in range(min(kills, chance.choice(AT_ONCE)))}
        kills -= len(victims)
        yield Fault("kill", AND.join(sorted(victims)), quiet=chance.uniform(0.5, 3.0))


def _others(chance: Random, budget: float, targets: Sequence[str], *, disks: bool) -> list[Fault]:
    """Rounds of one of each kind, until the budget is spent."""
    found: list[Fault] = []
    while True:
        for fault in _round(chance, targets, disks=disks):
            budget -= fault.seconds + RECOVERY_S
            if budget < 0:
                return found
            found.append(fault)


def _round(chance: Random, targets: Sequence[str], *, disks: bool) -> list[Fault]:
    relays = [target for target in targets if target.endswith(" relay")]
    services = sorted({target.split()[0] for target in targets} - {*SERVERS, "portal"})
    found = [
        Fault("pause", _victim(chance, targets), _pause(chance), chance.uniform(0.5, 2)),
        Fault("slow-link", chance.choice(SERVERS), chance.uniform(5, 15), 1, chance.uniform(0.2, 1.5)),
        Fault("pause", _victim(chance, targets), _pause(chance), chance.uniform(0.5, 2)),
        Fault("torn-link", chance.choice(SERVERS), chance.uniform(3, 8), 1),
        Fault("redelivery", "kafka", quiet=1),
        Fault("cut-link", chance.choice(SERVERS), chance.uniform(3, 15), 1),
        Fault("clock-off", chance.choice(services), CLOCK_S, 1, chance.choice([-CLOCK_OFF_S, CLOCK_OFF_S])),
    ]
    if relays:
        found.append(Fault("zombie-relay", chance.choice(relays), ZOMBIE_S, 1))
    if disks:
        found.append(Fault("disk-full", chance.choice(SERVERS), DISK_S, 1))
    chance.shuffle(found)
    return found


def _pause(chance: Random) -> float:
    """From a second to a minute, mostly short: some outlast every lease and session."""
    return round(chance.triangular(1, LONGEST_PAUSE_S, 4), 1)


def _victim(chance: Random, targets: Sequence[str]) -> str:
    """A server in one of four cases, else any process of a service."""
    if chance.random() < 0.25:
        return chance.choice(SERVERS)
    return chance.choice([target for target in targets if target not in SERVERS])
