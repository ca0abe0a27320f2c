"""Requests that nobody should send: seeded mutations of those that a service's OpenAPI document describes."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from tests.abuse.raw import request

NASTY: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**30, 10**400, 1.5, -0.0, 1e308, float("nan"),
    float("inf"), "", " ", "\t", "a" * 300, "a" * 5000, "\x00", "\x07", "\ud800", "\U0001f600", "\u202e", "٣",
    "0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30", "2026-13-01", "2026-11-25T25:00:00Z", "NaN", "-0", "1e400",
    "1,000.00", "00000000-0000-0000-0000-000000000000", "' or 1=1 --", "${jndi:x}", "../../etc", "<script>", "%s%n",
    "SA", "sa", "XX", "PHP", "5322", "999999999999999999999999", "-1.00", "1e5", "0.001", [], [[]], {}, {"": ""},
    [None], ["a"] * 1000, {"amount": "1", "currency": "XXX"}, {"a": {"a": {"a": {}}}}, "a@b", "http://[::1", "+1",
]  # fmt: skip
IN_ADDRESS = [
    b"", b"%", b"%zz", b"%ff", b"%C0%80", b"%ED%A0%80", b"%00", b"..", b"%2e%2e%2f", b"a" * 3000,
    b"null", b"-1", b"0", b"1e9",
    b"9999999999999999999999", b"%F0%9F%98%80", b"'", b"%22", b"%0d%0aX:1", b"true", b"2026-02-30", b"%20", b"+", b"*",
    b"a%26b=c", b"[]", b"{}", b"NaN", b"WyJhIl0", b"e30", b"WzFd", b"eyJhIjoxfQ==",
]  # fmt: skip
IN_HEADERS = [
    b"", b"*", b'"', b'""', b'"1"', b'W/"1"', b'"1", "2"', b"x" * 300, b"\xff\xfe", b"0", b"-1",
    b'"99999999999999999999"',
    b"a\tb", b",,,", b"=?utf-8?q?x?=",
]  # fmt: skip
TYPES = [
    b"text/plain", b"application/xml", b"application/json; charset=utf-16", b"", b"multipart/form-data; boundary=x",
    b"application/x-www-form-urlencoded", b"\xff", b"application/json;" + b"x" * 200, b"application/problem+json",
]  # fmt: skip
DESTROYS = re.compile(r"suspension|withdrawal|erasure|closure|clients|rebuild|controller|consents")
"""Deeds that would close the doors behind us: they are sent to objects that do not exist."""


@dataclass(frozen=True)
class Operation:
    """One operation of a service, and a request that it would take."""

    service: str
    method: str
    path: str
    queries: tuple[str, ...]
    example: Any

    @property
    def takes_form(self) -> bool:
        return self.path == "/oauth/token"


def operations(service: str, document: dict[str, Any]) -> Iterator[Operation]:
    """All that a service's document describes."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            queries = tuple(each["name"] for each in operation.get("parameters", []) if each["in"] == "query")
            content = operation.get("requestBody", {}).get("content", {})
            example = content.get("application/json", {}).get("example")
            yield Operation(service, method.upper(), path, queries, example)


class Malformer:
    """Makes one request after another, by chance from a seed; ``ids`` are of objects that exist, by parameter."""

    def __init__(self, seed: int, ids: dict[str, list[str]], tokens: dict[str, list[str]]) -> None:
        self._chance = random.Random(seed)
        self._ids = ids
        self.tokens = tokens

    def request(self, operation: Operation) -> bytes:
        """A request with a fault or more, as bytes."""
        body = self._body(operation)
        target = self._target(operation)
        headers = self._headers(operation)
        if self._now_and_then(0.03):
            return self._torn(request(operation.method, target, headers, body))
        if self._now_and_then(0.03):
            chunked = [*headers, ("Transfer-Encoding", b"chunked")]
            return request(operation.method, target, chunked, self._chunks(body))
        return request(operation.method, target, headers, body)

    def _now_and_then(self, share: float) -> bool:
        return self._chance.random() < share

    def _target(self, operation: Operation) -> bytes:
        target = re.sub(rb"\{(\w+)\}", lambda found: self._id(found[1].decode(), operation), operation.path.encode())
        names = [quote(name).encode() for name in operation.queries] + [b"unknown"]
        asked = [self._chance.choice(names) for _ in range(self._chance.choice((0, 0, 1, 2)))]
        said = [name + b"=" + self._chance.choice(IN_ADDRESS) for name in asked]
        return target + (b"?" + b"&".join(said) if said else b"")

    def _id(self, name: str, operation: Operation) -> bytes:
        known = self._ids.get(name, [])
        if known and not DESTROYS.search(operation.path) and self._now_and_then(0.7):
            return self._chance.choice(known).encode()
        if self._now_and_then(0.5):
            return str(UUID(int=self._chance.getrandbits(128))).encode()
        return self._chance.choice(IN_ADDRESS).replace(b"..", b"x") or b"x"

    def _headers(self, operation: Operation) -> list[tuple[str, bytes]]:
        chance = self._chance
        token = chance.choice(self.tokens[operation.service]).encode()
        headers = [("Authorization", b"Bearer " + (token if chance.random() < 0.97 else chance.choice(IN_HEADERS)))]
        usual = b"application/x-www-form-urlencoded" if operation.takes_form else b"application/json"
        headers.append(("Content-Type", usual if chance.random() < 0.95 else chance.choice(TYPES)))
        if operation.method == "POST" and chance.random() < 0.97:
            key = b"%032x" % chance.getrandbits(128)
            headers.append(("Idempotency-Key", key if chance.random() < 0.95 else chance.choice(IN_HEADERS)))
        if chance.random() < 0.5:
            headers.append(("If-Match", chance.choice([b'"1"', b"*", *IN_HEADERS])))
        if chance.random() < 0.02:
            headers.append((chance.choice(["Last-Event-ID", "traceparent", "Accept"]), chance.choice(IN_HEADERS)))
        return headers

    def _body(self, operation: Operation) -> bytes:
        if operation.takes_form:
            return b"&".join(self._chance.choice(IN_ADDRESS) + b"=" + self._chance.choice(IN_ADDRESS) for _ in range(4))
        if operation.example is None:
            return b"" if self._now_and_then(0.9) else self._text(self._chance.choice(NASTY))
        value = copy.deepcopy(operation.example)
        for _ in range(self._chance.choice((0, 1, 1, 1, 2, 3))):
            value = self._mutated(value)
        text = self._text(value)
        return self._spoiled(text) if self._now_and_then(0.1) else text

    def _text(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=self._now_and_then(0.7)).encode("utf-8", "surrogatepass")

    def _mutated(self, value: Any) -> Any:
        """The value with one thing in it changed, at whatever depth."""
        chance = self._chance
        if isinstance(value, dict) and value and chance.random() < 0.85:
            name = chance.choice(list(value))
            deed = chance.random()
            if deed < 0.1:
                del value[name]
            elif deed < 0.15:
                value[chance.choice(["unknown", "", "id", "status", "\ud800"])] = chance.choice(NASTY)
            else:
                value[name] = self._mutated(value[name])
            return value
        if isinstance(value, list) and value and chance.random() < 0.85:
            place = chance.randrange(len(value))
            if chance.random() < 0.2:
                return value * chance.choice((0, 2, 50))
            value[place] = self._mutated(value[place])
            return value
        return copy.deepcopy(chance.choice(NASTY))

    def _spoiled(self, text: bytes) -> bytes:
        """The text with bytes cut, turned or put in; or a member said twice; or far too deep, or far too long."""
        chance, place = self._chance, self._chance.randrange(len(text) + 1)
        return chance.choice(
            (
                text[:place],
                text[:place] + bytes([chance.randrange(256)]) + text[place:],
                text[:place] + bytes([chance.randrange(256)]) + text[place + 1 :],
                text.replace(b"{", b'{"a": 1, "a": 2, ', 1),
                text[:-1] + b", " + text[1:],
                b"[" * chance.choice((31, 33, 1000, 100_000)),
                b'{"a":' * 5000 + b"1" + b"}" * 5000,
                b" " * 270_000 + text,
                b"\xef\xbb\xbf" + text,
                text.decode("utf-8", "replace").encode("utf-16"),
                b"1" * 5000,
            )
        )

    def _chunks(self, body: bytes) -> bytes:
        good = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n" if body else b"0\r\n\r\n"
        bad = (
            b"zz\r\nabc\r\n0\r\n\r\n",
            b"-5\r\nabcde\r\n0\r\n\r\n",
            b"fffffffffffffffff\r\na",
            b"5;x=y\r\nabcde\r\nx\r\n",
        )
        return good if self._now_and_then(0.5) else self._chance.choice(bad)

    def _torn(self, whole: bytes) -> bytes:
        """Bytes of the head turned: no HTTP any more, or another request."""
        head = whole.find(b"\r\n\r\n")
        place = self._chance.randrange(head)
        return whole[:place] + bytes([self._chance.randrange(256)]) + whole[place + 1 :]
