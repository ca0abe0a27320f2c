"""Texts that mean harm: none is slow, reads anything or ends the process; each is refused at its place, or cheap."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.drafts import check_proposal
from imdi_legislation.domain.effects import read_effect
from imdi_legislation.domain.facts import sample

PROTECTION = read_effect("protection", {"measure": "A bank account"})
SECONDS = 5.0
"""Generous: the slowest of them takes a tenth of one on a machine at rest."""
TEN = "[0,1,2,3,4,5,6,7,8,9]"
HOSTILE = {
    "parentheses": ("(" * 900 + "true" + ")" * 900, "nested too deeply"),
    "lists": ("[" * 900 + "]" * 900 + " == []", "nested too deeply"),
    "conditionals": ("true?true:" * 190 + "true", "nested too deeply"),
    "selections": ("worker" + ".a" * 900 + " == 1", "nested too deeply"),
    "sums": ("+".join(["'aaaaaaaa'"] * 150) + " == ''", "nested too deeply"),
    "a huge list": ("worker.age in [" + ",".join(["1"] * 900) + "]", "over budget"),
    "very many comparisons": ("&&".join(["1==1"] * 333), "over budget"),
    "rounds in rounds": (f"{TEN}.all(a,{TEN}.all(b,{TEN}.all(c,{TEN}.all(d,a+b+c+d>=0))))", "over budget"),
    "lists of lists": (f"{TEN}.map(a,{TEN}.map(b,{TEN}.map(c,[a,b,c]))).size() > 3", "over budget"),
    "rounds over what rounds made": (f"{TEN}.map(a, a).all(b, b > 0)", "written out"),
    "rounds over a sum": (f"({TEN}+{TEN}).all(b, b > 0)", "written out"),
    "rounds over a map": ("{1: 2}.all(k, k > 0)", "written out"),
    "repeated repetitions": ("worker.sex.matches('((a{1,100}){1,100}){1,10}')", "over budget"),
    "many repetitions": ("worker.sex.matches('(a{999}){999}')", "over budget"),
    "letters of Unicode": ("worker.facts.a.matches(r'" + r"\pL+" * 119 + "!')", r"no \p"),
    "all but numbers of Unicode": ("worker.facts.a.matches(r'" + r"\PN+" * 119 + "!')", r"no \p"),
    "repeated letters of Unicode": (r"worker.facts.a.matches(r'\pL{40}')", r"no \p"),
    "letters of Unicode within a class": (r"worker.facts.a.matches(r'[\p{Greek}0-9]+')", r"no \p"),
    "letters of Unicode behind a backslash": (r"worker.facts.a.matches('\\\\\\pL')", r"no \p"),
    "letters of Unicode behind a quotation": (r"worker.facts.a.matches(r'\Qa\\E\pL')", r"no \p"),
    "a flag": (r"worker.facts.a.matches(r'(?i)[a-z]+')", "(?:…) alone"),
    "a flag behind a backslash": (r"worker.facts.a.matches(r'\\(?i)[a-z]+')", "(?:…) alone"),
    "any characters": ("worker.facts.a.matches('" + ".+" * 240 + "!')", "over budget"),
    "any characters, repeated": ("worker.facts.a.matches('.{60}')", "over budget"),
    "all but some characters": ("worker.facts.a.matches('" + "[^a]+" * 60 + "')", "over budget"),
    "all but a class": ("worker.facts.a.matches('" + "[[:^alpha:]]" * 35 + "')", "over budget"),
    "all but words": ("worker.facts.a.matches(r'" + r"\D\W\S" * 60 + "')", "over budget"),
    "ranges beyond ASCII": ("worker.facts.a.matches('" + "[à-\ud7ff]+" * 60 + "')", "over budget"),
    "ranges in hexadecimal": (r"worker.facts.a.matches(r'[\x{80}-\x{ffff}]')", "over budget"),
    "a pattern from a fact": ("'aaaa'.matches(worker.facts.pattern)", "written out"),
    "matches as a function": ("matches('aaaa', worker.facts.pattern)", "written out"),
    "no pattern": ("worker.sex.matches('(')", "likely facts"),
    "open types": (
        " && ".join(["worker.facts.a == worker.facts.b && worker.facts.c == worker.facts.d"] * 20),
        "the type of worker.facts.a is open",
    ),
    "division by nothing": ("worker.age % 0 == 1", "likely facts"),
    "the least number": ("-9223372036854775808 / -1 > 0", "likely facts"),
    "a number too great": ("99999999999999999999999 > 1", "syntax error"),
    "a duration too long": ("duration('9999999999999999h') > duration('1s')", "likely facts"),
    "no day": ("timestamp('0000-00-00T00:00:00Z') > timestamp('2020-01-01T00:00:00Z')", "likely facts"),
    "the environment": ("env.HOME == ''", "no such fact"),
    "Python": ("__import__('os').system('id') == 0", "no such fact"),
    "a file": ("open('/etc/passwd').read() == ''", "no such fact"),
    "a message type": ("google.api.expr.v1alpha1.Expr{}.id == 0", "no such fact"),
    "half a surrogate": ("worker.sex == '\\ud800'", "syntax error"),
    "a byte-order mark": ("\ufeffworker.age > 3", "syntax error"),
    "a Cyrillic a": ("worker.\u0430ge > 3", "syntax error"),
    "right to left": ("'\u202e' == worker.sex && worker.agee > 2", "no such fact"),
}  # fmt: skip


def refusal(text: str) -> Refused:
    with pytest.raises(Refused) as refused:
        check_proposal(PROTECTION, text, {})
    return refused.value


@pytest.mark.parametrize("name", HOSTILE)
def test_what_means_harm_is_refused_soon_and_at_a_place_of_the_text(name: str) -> None:
    text, reason = HOSTILE[name]
    assert len(text) <= 2000
    began = time.monotonic()
    refused = refusal(text)
    assert time.monotonic() - began < SECONDS
    assert reason in refused.reason
    assert 1 <= refused.line <= text.count("\n") + 1
    assert 1 <= refused.column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (f"worker.age > 3 && {TEN}.map(a, a).all(b, b > 0)", 44),
        ("worker.age > 3 && worker.sex.matches(worker.facts.p)", 50),
        ("worker.age > 3 && worker.sex.matches('(a{999}){999}')", 37),
        (f"worker.age > 3 && {TEN}.all(a, {TEN}.all(b, {TEN}.all(c, true)))", 73),
    ],
)
def test_the_part_that_is_too_dear_is_the_place(text: str, column: int) -> None:
    assert (refusal(text).line, refusal(text).column) == (1, column)


@pytest.mark.parametrize(
    "text",
    [
        "!" * 1900 + "true",
        "-" * 1000 + "1 == 1",
        "\n" * 1900 + "worker.age > 3",
        "worker.age > 3 // " + "x" * 1900,
        "worker.sex == '" + "é" * 1900 + "'",
        "worker.sex == '😀\u202e'",
        "'" + "a" * 1900 + "b'.matches('(a+)+$')",
        "worker.sex.matches('^[a-z]{1,20}$')",
        r"worker.sex.matches(r'^(?:\+|00)[0-9]{4,14}$')",
        r"worker.sex.matches(r'\(?[^,;]+\)?, .*\.')",
        "worker.sex.matches('राम|श्याम')",
        "worker.sex.matches('" + ".?" * 38 + "')",
        "worker.sex.matches('" + "a?" * 240 + "')",
        "worker.age in [" + ",".join(str(age) for age in range(18, 60)) + "]",
        "['DE', 'AT', 'CH'].exists(c, c == vacancy.destination && ['nurse', 'carer'].exists(p, p == worker.sex))",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_only_odd_is_cheap(text: str) -> None:
    began = time.monotonic()
    condition = check_proposal(PROTECTION, text, {})
    assert condition is not None
    facts = {name: sample(name, "string" if name == "worker.sex" else "int") for name in condition.facts}
    for _ in range(100):
        condition.ask(facts)
    assert time.monotonic() - began < SECONDS


def test_five_answers_compared_with_literals_are_typed_soon() -> None:
    text = "worker.facts.a > 1 && worker.facts.b == 'x' && worker.facts.c && !worker.facts.d && worker.facts.e in [1]"
    condition = check_proposal(PROTECTION, text, {})
    assert condition is not None
    kinds = ["int", "string", "bool", "bool", "int"]
    assert condition.answer_types == dict(zip((f"worker.facts.{name}" for name in "abcde"), kinds, strict=True))


PIECES = st.sampled_from(
    ["worker.age", "worker.facts.a", "'x'", "3", "true", "[1, 2]", ".all(x, ", ".map(x, ", ")", "(", "!", "-", " && ",
     " || ", " == ", " in ", " + ", "?", ":", ".matches(", "size(", "{", "}", "\n", "\u00e9", "\U0001f600", "//", "\\"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_whatever_stands_there_it_is_a_condition_or_refused_within_the_text(text: str) -> None:
    place, failed = outcome(text)
    assert place is None or (1 <= place[0] <= text.count("\n") + 1 and 1 <= place[1] <= len(text) + 1)
    assert not failed


def outcome(text: str) -> tuple[tuple[int, int] | None, bool]:
    """Where it is refused; else whether it fails without facts."""
    try:
        condition = check_proposal(PROTECTION, text, {})
    except Refused as refused:
        return (refused.line, refused.column), False
    return None, condition is not None and condition.ask({}).failed
