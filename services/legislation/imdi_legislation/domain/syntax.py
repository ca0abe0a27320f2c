"""The syntax tree of a CEL text, read from the bytes that the CEL library serialises it to.

The library shows a compiled expression only as a serialised ``cel.expr.CheckedExpr`` (or ``ParsedExpr``); this
module decodes the few fields of those protobuf messages that IMDI reads
(github.com/google/cel-spec, ``cel/expr/syntax.proto`` and ``checked.proto``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["constant", "name", "select", "call", "list", "comprehension", "other"]
Scalar = bool | int | str | float | bytes | None


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a CEL expression.

    ``text`` is the name, the selected field or the called function; ``value`` that of a constant; ``parts`` the
    operands, elements or arguments in order, of a comprehension what it goes over, its accumulator's beginning, the
    condition and the step of each round, and the result; ``offset`` counts characters from the beginning of the text.
    """

    kind: Kind
    offset: int
    text: str = ""
    value: Scalar = None
    parts: tuple[Node, ...] = ()
    presence: bool = False
    """A ``has(…)`` test."""

    def walk(self) -> Iterator[Node]:
        yield self
        for part in self.parts:
            yield from part.walk()

    def dotted(self) -> str | None:
        """``a.b.c`` of a name or a chain of selections, else None."""
        if self.kind == "name":
            return self.text.removeprefix(".")
        if self.kind == "select":
            before = self.parts[0].dotted()
            return None if before is None else f"{before}.{self.text}"
        return None


_Fields = dict[int, list[int | bytes]]


def read_tree(serialised: bytes) -> Node:
    """The root of a serialised checked or parsed expression."""
    wrapped = _fields(serialised)
    checked = _bytes(wrapped, 1).endswith(b"CheckedExpr")
    message = _fields(_bytes(wrapped, 2))
    expression, source = (
        (_bytes(message, 4), _bytes(message, 5)) if checked else (_bytes(message, 2), _bytes(message, 3))
    )
    positions = {_int(entry, 1): _int(entry, 2) for entry in _messages(_fields(source), 4)}
    return _node(expression, positions)


def _node(data: bytes, positions: dict[int, int]) -> Node:
    fields = _fields(data)
    offset = positions.get(_int(fields, 2), 0)

    def inner(message: _Fields, *numbers: int) -> tuple[Node, ...]:
        return tuple(
            _node(part, positions) for number in numbers for part in message.get(number, []) if isinstance(part, bytes)
        )

    if 3 in fields:
        return Node("constant", offset, value=_constant(_fields(_bytes(fields, 3))))
    if 4 in fields:
        return Node("name", offset, _text(_fields(_bytes(fields, 4)), 1))
    if 5 in fields:
        select = _fields(_bytes(fields, 5))
        return Node("select", offset, _text(select, 2), parts=inner(select, 1), presence=bool(_int(select, 3)))
    if 6 in fields:
        call = _fields(_bytes(fields, 6))
        return Node("call", offset, _text(call, 2), parts=inner(call, 1, 3))
    if 7 in fields:
        return Node("list", offset, parts=inner(_fields(_bytes(fields, 7)), 1))
    several: Kind = "comprehension" if 9 in fields else "other"
    return Node(several, offset, parts=_parts_of_several(fields, inner))


def _parts_of_several(fields: _Fields, inner: Callable[..., tuple[Node, ...]]) -> tuple[Node, ...]:
    """Keys and values of a map, or the expressions of a comprehension."""
    entries = _messages(_fields(_bytes(fields, 8)), 2)
    return (
        *(part for entry in entries for part in inner(entry, 3, 4)),
        *inner(_fields(_bytes(fields, 9)), 2, 4, 5, 6, 7),
    )


def _constant(fields: _Fields) -> Scalar:
    if 2 in fields:
        return bool(_int(fields, 2))
    if 3 in fields:
        number = _int(fields, 3)
        return number - (1 << 64) if number >= 1 << 63 else number
    if 6 in fields:
        return _text(fields, 6)
    return None


def _fields(data: bytes) -> _Fields:
    """The fields of one protobuf message: number → values, varints as int, the rest as bytes."""
    found: _Fields = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        value: int | bytes
        if wire == 0:
            value, at = _varint(data, at)
        else:
            length, at = (8, at) if wire == 1 else (4, at) if wire == 5 else _varint(data, at)
            value, at = data[at : at + length], at + length
        found.setdefault(number, []).append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return number, at
        shift += 7


def _int(fields: _Fields, number: int) -> int:
    value = fields.get(number, [0])[-1]
    return value if isinstance(value, int) else 0


def _bytes(fields: _Fields, number: int) -> bytes:
    value = fields.get(number, [b""])[-1]
    return value if isinstance(value, bytes) else b""


def _text(fields: _Fields, number: int) -> str:
    return _bytes(fields, number).decode()


def _messages(fields: _Fields, number: int) -> Iterator[_Fields]:
    return (_fields(part) for part in fields.get(number, []) if isinstance(part, bytes))
