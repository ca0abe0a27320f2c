"""What is refused of a statement, a version and a file, and by which field."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.csv_form import COLUMNS, csv_line, from_csv, to_csv
from imdi_legislation.domain.fields import Invalid
from imdi_legislation.domain.instruments import read_instrument
from imdi_legislation.domain.json_ld import CONTEXT, RELATIONS, from_json_ld, to_json_ld
from imdi_legislation.domain.statements import read_statement
from imdi_legislation.domain.versions import read_version, version_on

SOURCE = {"source": "a gazette"}
ACT: dict[str, Any] = {
    "code": "XX-ACT", "title": "Act", "type": "act", "level": "national", "parties": ["NP"], "status": "in_force",
    "topics": ["fees", "wages"], "confidence": "secondary",
}  # fmt: skip
TEXT = {"number": "s. 1", "language": "en", "text": "Text"}


def wrong(read: Any, body: Any) -> list[str]:
    with pytest.raises(Invalid) as invalid:
        read(body)
    return [error.field for error in invalid.value.errors]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["kind"]),
        ({"kind": "song"}, ["kind"]),
        ({"kind": []}, ["kind"]),
        ({"kind": {"event": "signed"}}, ["kind"]),
        ({"kind": "event", "event": "in_force"}, ["date"]),
        ({"kind": "event", "event": "in_force", "date": "2017-02-29"}, ["date"]),
        ({"kind": "event", "event": "in_force", "date": 2017}, ["date"]),
        ({"kind": "event", "event": "renewed", "date": "2017"}, ["until"]),
        ({"kind": "event", "event": "signed", "date": "2017", "until": "2018-01-01"}, ["until"]),
        ({"kind": "event", "event": "born", "date": "2017"}, ["event"]),
        ({"kind": "event", "event": "signed", "date": "2017", "verified_on": "2026-W10-1"}, ["verified_on"]),
        ({"kind": "event", "event": "signed", "date": "2017", "verified_on": "20260301"}, ["verified_on"]),
        ({"kind": "status", "status": "signed"}, ["status"]),
        ({"kind": "status", "status": "in_force", "date": "2017"}, ["date"]),
        ({"kind": "parties", "parties": ["NP", "XX"]}, ["parties"]),
        ({"kind": "term", "renewal": "none"}, ["duration"]),
        ({"kind": "term", "duration": "5 years", "renewal": "none"}, ["duration"]),
        ({"kind": "term", "duration": "P5Y", "renewal": "perhaps"}, ["renewal"]),
        ({"kind": "party", "party": "XX", "status": "signed"}, ["party"]),
        ({"kind": "party", "party": ["NP"], "status": "signed"}, ["party"]),
        ({"kind": "party", "party": "NP", "status": "reservation"}, ["text"]),
        ({"kind": "party", "party": "NP", "status": "repealed"}, ["status"]),
        ({"kind": "relation", "relation": "likes", "object": "A"}, ["relation"]),
        ({"kind": "relation", "relation": "amends", "object": "a b"}, ["object"]),
        ({"kind": "withdrawal"}, ["replaces"]),
        ({"kind": "withdrawal", "replaces": "x", "date": "2017"}, ["date"]),
    ],
)
def test_a_wrong_statement_is_refused_by_its_fields(body: dict[str, Any], fields: list[str]) -> None:
    assert wrong(read_statement, body | SOURCE) == fields


def test_a_statement_has_a_source() -> None:
    assert wrong(read_statement, {"kind": "status", "status": "in_force"}) == ["source"]


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"provisions": []}, ["provisions"]),
        ({"provisions": [TEXT, TEXT]}, ["provisions"]),
        ({"provisions": [TEXT | {"language": "English"}]}, ["provisions.0.language"]),
        ({"provisions": [TEXT, {"number": "s. 2"}]}, ["provisions.1.language", "provisions.1.text"]),
        ({"provisions": [TEXT | {"colour": "red"}]}, ["provisions.0.colour"]),
        ({"titles": [{"language": "ne"}]}, ["titles.0.title"]),
        ({"provisions": [TEXT | {"number": str(n)} for n in range(2001)]}, ["provisions"]),
        ({"effective_from": "2017"}, ["effective_from"]),
    ],
)
def test_a_wrong_version_is_refused_by_its_fields(other: dict[str, Any], fields: list[str]) -> None:
    version = {"effective_from": "2017-01-01", "provisions": [TEXT]} | SOURCE
    assert read_version(version).provisions[0].number == "s. 1"
    assert wrong(read_version, version | other) == fields


def test_a_text_may_stand_in_several_languages() -> None:
    provisions = [TEXT, TEXT | {"language": "ne"}, TEXT | {"language": "zh-Hant"}]
    read = read_version({"effective_from": "2017-01-01", "provisions": provisions} | SOURCE)
    assert [each.language for each in read.provisions] == ["en", "ne", "zh-Hant"]


def test_the_parts_of_an_instrument_are_refused_with_their_place() -> None:
    body = ACT | {"binding": "yes", "statements": [{"kind": "status"}], "versions": [{"provisions": [TEXT]} | SOURCE]}
    assert wrong(read_instrument, body) == [
        "binding", "statements.0.status", "statements.0.source", "versions.0.effective_from",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "binding"), [("act", True), ("code", True), ("guidelines", False), ("list", False)])
def test_guidelines_and_lists_bind_nobody_unless_it_is_said(kind: str, binding: bool) -> None:
    assert read_instrument(ACT | {"type": kind}).binding is binding
    assert read_instrument(ACT | {"type": kind, "binding": True}).binding is True


@pytest.mark.parametrize(
    ("on", "before", "number"),
    [
        ("2009-12-31", None, None),
        ("2010-01-01", None, 1),
        ("2019-12-31", None, 1),
        ("2020-01-01", None, 3),
        ("2020-01-01", 3, 2),
        ("2020-01-01", 2, 1),
        ("2020-01-01", 1, None),
    ],
)
def test_the_version_in_effect_as_known_then(on: str, before: int | None, number: int | None) -> None:
    def version(number: int, begins: str) -> Any:
        recorded = datetime(2026, 1, number, tzinfo=UTC)
        return SimpleNamespace(number=number, effective_from=date.fromisoformat(begins), recorded_at=recorded)

    versions = [version(1, "2010-01-01"), version(2, "2020-01-01"), version(3, "2020-01-01")]
    moment = datetime(2026, 1, before, tzinfo=UTC) if before else None
    found = version_on(versions, date.fromisoformat(on), moment)
    assert (found.number if found else None) == number


@given(
    st.fixed_dictionaries({
        "title": st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30),
        "note": st.text("=+-@'\",;\n\r\t é", min_size=1, max_size=8).filter(str.strip),
        "parties": st.lists(st.sampled_from(["NP", "MY", "PH"]), unique=True),
    })
)  # fmt: skip
def test_what_is_written_as_csv_reads_the_same(other: dict[str, Any]) -> None:
    body = ACT | {"binding": True} | other
    (read,) = from_csv(csv_line(COLUMNS) + to_csv(body))
    assert read == body


def test_no_spreadsheet_reckons_what_is_written_as_csv() -> None:
    assert to_csv(ACT | {"title": '=HYPERLINK("x")'}).split(",")[1].startswith("\"'=")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\r\n"])
def test_a_cell_that_begins_as_a_formula_stands_after_an_apostrophe(start: str) -> None:
    (row,) = csv.reader(io.StringIO(to_csv(ACT | {"title": f"{start}1+1"}), newline=""))
    assert row[1] == f"'{start}1+1"


@pytest.mark.parametrize(
    "content",
    ["", "\n", "title\nAct", "code,colour\nA,red", "code,code\nA,B", 'code,title\nA,"open', 'code\nA"b"c,"d"e'],
)
def test_what_is_no_such_csv_is_refused(content: str) -> None:
    assert wrong(from_csv, content) == ["content"]


def test_a_cell_too_many_is_told_on_its_row() -> None:
    rows = from_csv("code,title\nA,B,C,D\n\nE\n")
    assert [row["code"] for row in rows] == ["A", "E"]
    assert "columns" in wrong(read_instrument, rows[0])


def test_what_is_written_as_json_ld_reads_the_same() -> None:
    said = [{"kind": "relation", "relation": name, "object": "YY", "source": "s"} for name in RELATIONS.values()]
    node = to_json_ld(ACT | {"binding": True}, said)
    assert node["@type"] == "Legislation"
    assert node["legislationRepeals"] == [{"@id": "urn:imdi:instrument:YY"}]
    assert node["legislationLegalForce"] == "https://schema.org/InForce"
    assert from_json_ld({"@context": CONTEXT, "@graph": [node]}) == [ACT | {"binding": True, "statements": said}]
    del node["imdi:statements"]
    (read,) = from_json_ld([node])
    assert [(each["relation"], each["object"]) for each in read["statements"]] == [
        (name, "YY") for name in RELATIONS.values()
    ]


@pytest.mark.parametrize(
    "context",
    [
        "https://schema.org",
        "https://schema.org/",
        "http://schema.org",
        "http://schema.org/",
        {"@vocab": "http://schema.org/"},
        CONTEXT,
        ["https://schema.org", {"eli": "http://data.europa.eu/eli/ontology#"}],
        None,
    ],
)
def test_the_usual_spellings_of_the_vocabulary_are_read(context: Any) -> None:
    assert from_json_ld({"@context": context, "@graph": [{"name": "Act"}]})[0]["title"] == "Act"


@pytest.mark.parametrize(
    "document",
    [
        [3],
        {"@graph": 3},
        {"@context": "https://example.org"},
        {"@context": ["https://schema.org", "https://example.org"]},
        {"@context": ["https://schema.org", {"name": "urn:other"}]},
        {"@context": {"@vocab": []}},
        {"@context": 3},
        {"@graph": [[]]},
    ],
)
def test_what_is_no_such_json_ld_is_refused(document: Any) -> None:
    assert wrong(from_json_ld, document)[0].startswith("document")


def test_an_unknown_term_is_told_on_its_row() -> None:
    (read,) = from_json_ld({"@type": "Legislation", "legislationIdentifier": "A", "colour": "red"})
    assert "colour" in wrong(read_instrument, read)
