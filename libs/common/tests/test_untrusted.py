"""What no door can use: told by field and rule, in time that no text can stretch."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_common.problems import Problem
from imdi_common.untrusted import DEEPEST, check_address, check_body

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=40,
)


def refused(body: bytes) -> tuple[str, str] | None:
    try:
        check_body(body)
    except Problem as problem:
        error = (problem.errors or [{}])[0]
        return error["field"], error["rule"]
    return None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", None),
        (b"no JSON", None),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), ("body", "depth")),
        (b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), ("body", "depth")),
        (b"[" * 100_000, ("body", "depth")),
        (b"[" + b"[{}]," * 100 + b"[]]", None),
        (b'"' + b"[" * 100 + b'"', None),
        (b'{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', None),
        (b'{"a": NaN}', ("body", "finite_number")),
        (b'{"a": -Infinity}', ("body", "finite_number")),
        (b'{"a": "NaN and Infinity"}', None),
        (b'{"a": "\\ud83d\\ude00"}', None),
        (b'{"a": {"b": ["x", "\\ud83d"]}}', ("a.b.1", "text")),
        (b'{"a": "\\uDE00"}', ("a", "text")),
        (b'{"a": {"\\ud83d": 1}}', ("a", "text")),
        (b'"\\ud83d"', ("body", "text")),
        (b'{"a": "\\\\ud83d"}', None),
        (b'{"a": "\\ud83d"', None),
        (b'{"a": "\\u0000"}', ("body", "text")),
        (b"a\x00b", ("body", "text")),
    ],
)
def test_what_is_told_of_a_body(body: bytes, told: Any) -> None:
    assert refused(body) == told


@pytest.mark.parametrize("address", ["/a?b=%00", "/a\x00"])
def test_nul_in_an_address_is_refused(address: str) -> None:
    with pytest.raises(Problem):
        check_address(address)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0) if isinstance(value, dict | list) else 0


@given(JSON, st.booleans())
def test_good_json_is_let_through_and_deep_json_is_not(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    body = text.encode("utf-8", "surrogatepass")
    holds_nul = "\\u0000" in text or "\x00" in text
    expected = ("body", "text") if holds_nul else ("body", "depth") if depth(value) > DEEPEST else None
    assert refused(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        b'"' + b'\\"' * 128_000 + b"[" * 40,
        b"[" * 125_000 + b"]" * 125_000,
        b"[" + b"[[1]]," * 40_000 + b"1]",
        b'"[' * 128_000,
    ],
    ids=["quotes", "depth", "width", "open ends"],
)
def test_no_text_takes_long_to_look_at(body: bytes) -> None:
    began = time.process_time()
    refused(body)
    assert time.process_time() - began < 0.1
