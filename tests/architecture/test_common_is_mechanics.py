"""``imdi_common`` serves any domain: no word of ours stands in it."""

from __future__ import annotations

import re
from pathlib import Path

WORDS = [
    *("agency", "clearance", "corridor", "determination", "employer", "erasure", "instrument", "labour", "legislation"),
    *("matching", "medical", "occupation", "passport", "placement", "preparation", "prohibited", "recruit"),
    *("shortlist", "vacancies", "vacancy", "visa", "worker"),
]
PATTERN = re.compile("|".join(rf"{word}s?" for word in WORDS), re.IGNORECASE)


def test_no_word_of_the_domain_stands_in_common(code: list[Path]) -> None:
    found = [
        f"{path.name}:{number}: {match.group()}"
        for path in code
        if "imdi_common" in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in PATTERN.finditer(line)
    ]
    assert found == []


def test_the_words_are_found_where_they_belong(root: Path) -> None:
    text = (root / "libs/contracts/imdi_contracts/matching.py").read_text(encoding="utf-8")
    assert {"worker", "vacancy", "placement"} <= {match.group().lower() for match in PATTERN.finditer(text)}
