"""Whether personal data of the storm's workers stands where none may: by the marks that all of it bears."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from pathlib import Path

from tests.storm import bodies
from tests.storm.verdicts import Verdict

WORDS = (bodies.MARK, bodies.MARK.lower(), bodies.PASSPORT_MARK, bodies.PHONE_MARK.removeprefix("+"))


def _forms(word: str) -> set[bytes]:
    """Plain (which is URL-encoded too), in hexadecimal, and in base64 at each of its three alignments."""
    plain = word.encode()
    return {plain, plain.hex().encode(), plain.hex().upper().encode(), *(_base64(plain, shift) for shift in range(3))}


def _base64(plain: bytes, shift: int) -> bytes:
    """Those characters that the word alone decides, when ``shift`` bytes stand before it."""
    encoded = base64.b64encode(b"\0" * shift + plain + b"\0\0\0")
    first = (shift * 8 + 5) // 6
    last = (shift + len(plain)) * 8 // 6
    return encoded[first:last]


PATTERN = re.compile(b"|".join(re.escape(form) for word in WORDS for form in sorted(_forms(word))))
NEAR = 60


def found_in(where: str, texts: Iterable[bytes]) -> list[Verdict]:
    """A verdict for each text that holds a mark; what is near is shown, for these persons are not."""
    verdicts = []
    for text in texts:
        if match := PATTERN.search(text):
            near = text[max(0, match.start() - NEAR) : match.end() + NEAR]
            verdicts.append(Verdict("leaked", where, near.decode(errors="replace")))
    return verdicts


def in_logs(folder: Path) -> list[Verdict]:
    """Line by line, the files that were turned over too."""
    verdicts = []
    for path in sorted(folder.glob("*.log*")):
        with path.open("rb") as lines:
            verdicts += found_in(f"log {path.name}", lines)
    return verdicts
