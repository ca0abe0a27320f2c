"""Which version of a rule gives way to a new one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

DAY = timedelta(days=1)


class Activated(Protocol):
    """An activated version: its number, status (``active`` or ``retired``) and days."""

    @property
    def number(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_until(self) -> date | None: ...


Version = TypeVar("Version", bound=Activated)


class Overlap(Exception):
    """A version that begins later binds within the days of the new one."""


def replaced_by(versions: Iterable[Version], begins: date, ends: date | None) -> Version | None:
    """The version in force on the day before it, or on the day that, a new one ``begins``; a retired one has no heir.

    ``Overlap`` where another begins later within the new one's days; one that was ended before it began does not.
    """
    versions = list(versions)
    later = [version for version in versions if version.effective_from > begins and _binds(version)]
    if any(ends is None or version.effective_from <= ends for version in later):
        raise Overlap

    def in_force_then_newest(version: Version) -> tuple[bool, int]:
        return version.effective_until is None or version.effective_until >= begins, version.number

    for version in sorted(versions, key=in_force_then_newest, reverse=True):
        until = version.effective_until
        least = begins - DAY if version.status == "active" else begins
        if version.effective_from <= begins and (until is None or until >= least):
            return version
    return None


def _binds(version: Activated) -> bool:
    """Whether there is a day of its own on which it binds."""
    return version.effective_until is None or version.effective_until >= version.effective_from


def is_ended_by(version: Activated, begins: date) -> bool:
    """Whether a version that is replaced on that day would have gone on."""
    return version.effective_until is None or version.effective_until >= begins
