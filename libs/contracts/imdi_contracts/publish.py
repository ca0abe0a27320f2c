"""Write what the contracts promise into ``published/`` and ``docs/events.md``, or check that it is current.

``python -m imdi_contracts.publish``            writes (``make contracts``)
``python -m imdi_contracts.publish --check``    changes nothing; exits 1 and names what is out of date
``python -m imdi_contracts.publish --release``  writes, and records the schemas as released: from then on they only grow
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from imdi_contracts import asyncapi, examples, schemas
from imdi_contracts.compatibility import Shape, breaks, shape
from imdi_contracts.events_page import page

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "libs" / "contracts" / "published"
RELEASED = PUBLISHED / "released.json"
MADE_BY_HAND = "-needs.json"
"""The end of the name of a consumer's example, beside the made ones."""


def files() -> dict[Path, str]:
    """Everything that is made, as it should be: path → text."""
    made = {ROOT / "docs" / "events.md": page(), PUBLISHED / "asyncapi.json": _json(asyncapi.document())}
    for name, event in schemas.types().items():
        made[PUBLISHED / "schemas" / f"{name}.json"] = _json(schemas.schema(event))
        made[PUBLISHED / "examples" / name / "minimal.json"] = _json(examples.minimal(event))
        made[PUBLISHED / "examples" / name / "full.json"] = _json(examples.full(event))
    return made


def outdated(made: dict[Path, str]) -> list[str]:
    """The files that differ from what they should be, are missing, or should not be there."""
    wrong = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    there = [*PUBLISHED.glob("schemas/*"), *PUBLISHED.glob("examples/*/*")]
    stray = [path for path in there if path not in made and not path.name.endswith(MADE_BY_HAND)]
    return sorted(str(path.relative_to(ROOT)) for path in {*wrong, *stray})


def shapes() -> dict[str, Shape]:
    """What each schema promises now."""
    return {name: shape(schemas.schema(event)) for name, event in sorted(schemas.types().items())}


def released() -> dict[str, Shape]:
    """What each schema promised when it was released; empty where nothing was."""
    if not RELEASED.is_file():
        return {}
    promised: dict[str, Shape] = json.loads(RELEASED.read_text(encoding="utf-8"))
    return promised


def broken() -> list[str]:
    """How the contracts break what was released."""
    now = shapes()
    return [
        f"{name}: {reason}"
        for name, promised in released().items()
        for reason in (breaks(promised, now[name]) if name in now else ["is gone"])
    ]


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; the exit code is 0 where all is well."""
    complaints = broken()
    made = files()
    if arguments == ["--check"]:
        complaints += [f"{path} is out of date: run make contracts" for path in outdated(made)]
    elif not complaints:
        if arguments == ["--release"]:
            made[RELEASED] = _json(shapes())
        for old in outdated(made):
            (ROOT / old).unlink(missing_ok=True)
        for path, text in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print("\n".join(complaints) or f"{len(made)} files are current")
    return 1 if complaints else 0


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
