"""The machine-readable zone of a passport: where its fields stand, and its check digits (ICAO Doc 9303, parts 3–6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imdi_registry.domain.faults import Fault

Span = tuple[int, int, int]
"""Line, first column, column after the last; all from 0."""
FIELD = "passport.mrz"
_WEIGHTS = (7, 3, 1)
_CHARACTERS = re.compile(r"[A-Z0-9<]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of one size of document stand. A check digit follows its field."""

    size: str
    lines: int
    width: int
    number: Span
    nationality: Span
    birth: Span
    sex: Span
    expiry: Span
    optional: Span
    composite: tuple[Span, ...]
    composite_digit: Span
    optional_digit: bool = False
    """Whether the optional data have a check digit of their own."""


TD3 = Layout(
    size="TD3",
    lines=2,
    width=44,
    number=(1, 0, 9),
    nationality=(1, 10, 13),
    birth=(1, 13, 19),
    sex=(1, 20, 21),
    expiry=(1, 21, 27),
    optional=(1, 28, 42),
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 43)),
    composite_digit=(1, 43, 44),
    optional_digit=True,
)
"""Passport booklets, 2 × 44 (part 4)."""
TD2 = Layout(
    size="TD2",
    lines=2,
    width=36,
    number=(1, 0, 9),
    nationality=(1, 10, 13),
    birth=(1, 13, 19),
    sex=(1, 20, 21),
    expiry=(1, 21, 27),
    optional=(1, 28, 35),
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 35)),
    composite_digit=(1, 35, 36),
)
"""Larger cards, 2 × 36 (part 6)."""
TD1 = Layout(
    size="TD1",
    lines=3,
    width=30,
    number=(0, 5, 14),
    nationality=(1, 15, 18),
    birth=(1, 0, 6),
    sex=(1, 7, 8),
    expiry=(1, 8, 14),
    optional=(0, 15, 30),
    composite=((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)),
    composite_digit=(1, 29, 30),
)
"""Passport cards, 3 × 30 (part 5)."""
LAYOUTS = (TD3, TD2, TD1)
_ISSUER: Span = (0, 2, 5)


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says. Dates are ``YYMMDD`` as printed, unknown parts ``<``; codes are those of ICAO 9303-3 §5."""

    issuer: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str


def check_digit(text: str) -> str:
    """The check digit of a text: weights 7-3-1, modulus 10; digits count as themselves, A–Z as 10–35, ``<`` as 0."""
    values = (0 if sign == "<" else int(sign, 36) for sign in text)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def read(lines: Sequence[str]) -> Zone | list[Fault]:
    """The zone's fields, or everything that is wrong with its form and its check digits."""
    lines = ["".join(line.upper().split()) for line in lines]
    layout = next((known for known in LAYOUTS if [len(line) for line in lines] == [known.width] * known.lines), None)
    if layout is None:
        return [Fault(FIELD, "size", "must be two lines of 44 signs (or of 36), or three lines of 30.")]
    if not all(_CHARACTERS.fullmatch(line) for line in lines):
        return [Fault(FIELD, "characters", "may hold only A–Z, 0–9 and <.")]
    if lines[0][0] != "P" and layout is TD3:
        return [Fault(FIELD, "document_code", "must begin with P: the document is a passport.")]
    number, number_digit = _number(lines, layout)
    zone = Zone(
        issuer=_cut(lines, _ISSUER).rstrip("<"),
        number=number.replace("<", ""),
        nationality=_cut(lines, layout.nationality).rstrip("<"),
        birth=_cut(lines, layout.birth),
        sex=_cut(lines, layout.sex),
        expiry=_cut(lines, layout.expiry),
    )
    return _digit_faults(lines, layout, number, number_digit) or zone


def _cut(lines: Sequence[str], span: Span) -> str:
    line, start, stop = span
    return lines[line][start:stop]


def _digit_after(lines: Sequence[str], span: Span) -> str:
    line, _, stop = span
    return lines[line][stop]


def _number(lines: Sequence[str], layout: Layout) -> tuple[str, str]:
    """The document number and its check digit; a long one goes on in the optional data (parts 5 and 6, note j)."""
    number, digit = _cut(lines, layout.number), _digit_after(lines, layout.number)
    rest = _cut(lines, layout.optional).split("<")[0]
    if digit != "<" or layout.optional_digit or len(rest) < 2:
        return number, digit
    return number + rest[:-1], rest[-1]


def _digit_faults(lines: Sequence[str], layout: Layout, number: str, number_digit: str) -> list[Fault]:
    checked = [
        ("document number", number, number_digit),
        ("birth date", _cut(lines, layout.birth), _digit_after(lines, layout.birth)),
        ("expiry date", _cut(lines, layout.expiry), _digit_after(lines, layout.expiry)),
        ("whole zone", "".join(_cut(lines, span) for span in layout.composite), _cut(lines, layout.composite_digit)),
    ]
    optional = _cut(lines, layout.optional)
    if layout.optional_digit and not (optional.strip("<") == "" and _digit_after(lines, layout.optional) == "<"):
        checked.append(("personal number", optional, _digit_after(lines, layout.optional)))
    return [
        Fault(FIELD, "check_digit", f"the check digit of the {name} does not fit; look for a misread sign.")
        for name, text, digit in checked
        if check_digit(text) != digit
    ]
