"""What stops a start, in words for the person who started it."""

from __future__ import annotations


class Trouble(Exception):
    """Something that only a person can put right: what is wrong, and what to do about it."""

    def __init__(self, wrong: str, remedy: str, log: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.remedy = remedy
        self.log = log
        """The last lines that the failing process wrote, or nothing."""

    def __str__(self) -> str:
        said = f"\n  it said:\n    {self.log.strip().replace(chr(10), chr(10) + '    ')}" if self.log else ""
        return f"{self.wrong}{said}\n  what to do: {self.remedy}"
