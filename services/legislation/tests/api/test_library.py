"""Search with its facets and snippets, files out and in, and bad questions, over HTTP."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from services.legislation.tests.api.conftest import IMPORT_ID, INSTRUMENT_ID, Send, Stage
from services.legislation.tests.conftest import NOW
from sqlalchemy import func, select, text, update

from imdi_common.database import Database
from imdi_legislation.actions.import_instruments import go_on_importing
from imdi_legislation.storage.library import InstrumentImportRow, moment_of_recording

SOURCE = {"source": "a gazette"}


@pytest.fixture
async def shelf(stage: Stage) -> Stage:
    """Three acts of Saudi Arabia: on wages with a text in two languages, on fees, and on both."""
    for code, title, topics in (
        ("SA-A", "Wages of domestic workers", ["wages"]),
        ("SA-B", "Recruitment fees", ["fees"]),
        ("SA-C", "Fees, and fees on wages", ["fees", "wages"]),
    ):
        body = {"code": code, "title": title, "type": "act", "level": "national", "parties": ["SA"], "topics": topics}
        body |= {"status": "in_force", "confidence": "secondary", "in_force_on": "2020-01-01"}
        made = await stage.send("POST", "/v1/instruments", "government", body)
        assert made.status_code == 201, made.text
        stage.ids[code] = made.json()["id"]
    texts = [
        {"number": "art. 9", "language": "en", "text": "Salaries shall be paid through the protected bank account."},
        {"number": "art. 9", "language": "ar", "text": "تدفع الأجور عن طريق الحساب البنكي"},
    ]
    version = {"effective_from": "2020-01-01", "provisions": texts} | SOURCE
    made = await stage.send("POST", f"/v1/instruments/{stage.ids['SA-A']}/versions", "government", version)
    assert made.json()["languages"] == ["ar", "en"]
    return stage


async def search(stage: Stage, query: str) -> Any:
    answer = await stage.send("GET", f"/v1/instruments?{query}", "anybody")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_words_are_found_by_their_stem_and_shown_where_they_stand(shelf: Stage) -> None:
    (item,) = (await search(shelf, "q=salary%20accounts"))["items"]
    assert item["code"] == "SA-A"
    assert item["found"]["place"] == "art. 9"
    assert "«Salaries» shall be paid" in item["found"]["snippet"]
    (item,) = (await search(shelf, f"language=ar&q={quote('الأجور')}"))["items"]
    assert (item["code"], item["found"]["language"]) == ("SA-A", "ar")
    assert [each["code"] for each in (await search(shelf, "q=SA-B"))["items"]] == ["SA-B"]


async def test_the_best_answer_is_first_and_pages_go_on_from_it(shelf: Stage) -> None:
    page = await search(shelf, "q=fees%20or%20wages&limit=2")
    assert page["items"][0]["code"] == "SA-C"
    after = await search(shelf, f"q=fees%20or%20wages&limit=2&cursor={page['next']}")
    assert {each["code"] for each in page["items"] + after["items"]} == {"SA-A", "SA-B", "SA-C"}
    assert after["next"] is None


async def test_facets_count_the_whole_list_and_filters_narrow_it(shelf: Stage) -> None:
    page = await search(shelf, "facets=topic,country,level,type,status&limit=1")
    assert page["facets"] == {
        "topic": {"fees": 2, "wages": 2}, "country": {"SA": 3}, "level": {"national": 3}, "type": {"act": 3},
        "status": {"in_force": 3},
    }  # fmt: skip
    for query, codes in (
        ("q=fees&topic=wages", ["SA-C"]),
        ("in_force_on=2019-12-31", []),
        ("in_force_on=2020-01-01&country=SA&topic=fees", ["SA-B", "SA-C"]),
        ("country=NP", []),
        ("q=fees%20-wages", ["SA-B"]),
        ("q=%22domestic%20workers%22", ["SA-A"]),
        ("q=%22workers%20domestic%22", []),
    ):
        assert [each["code"] for each in (await search(shelf, query))["items"]] == codes, query


async def test_no_question_is_an_error_of_ours(shelf: Stage) -> None:
    words = [
        "'",
        '"',
        "\\",
        "!!!",
        "(",
        "a & | !",
        "the",
        "-",
        ":*",
        "<->",
        "%",
        "\u0000",
        "💥",
        "x" * 200,
        "x" * 201,
        "' or 1=1 --",
    ]
    queries = [f"q={quote(each)}" for each in words] + [
        "q=", "language=english", "language=xx&q=wage", "facets=,", "in_force_on=2021-02-30", "cursor=%C3%A9",
        "colour=red",
        "q=wage&cursor=WyIxIl0", "q=wage&cursor=WyI5OTk5OTk5OTk5OTk5OSIsICJBIl0", "cursor=WyJcdTAwMDAiXQ", "limit=0",
    ]  # fmt: skip
    paths = [f"/v1/instruments?{query}" for query in queries]
    paths += [f"/v1/instruments/export?{query}" for query in [*queries, "format=pdf"]]
    paths += [
        f"/v1/law-in-force?{query}"
        for query in (
            "", "parties=", "parties=XX", "parties=SA&on=9999-12-31", "parties=SA&on=0001-01-01", "parties=SA,SA",
            "parties=SA&known_on=0001-01-01", "parties=SA&known_on=9999-12-31", "parties=SA&cursor=x",
        )
    ]  # fmt: skip
    statuses = {path: (await shelf.send("GET", path, "anybody")).status_code for path in paths}
    assert {path: status for path, status in statuses.items() if status not in {200, 422}} == {}
    assert statuses["/v1/instruments?q=%27"] == 200
    assert statuses["/v1/law-in-force?parties=SA&on=9999-12-31"] == 200


async def import_all(stage: Stage, body: Any, who: str = "government") -> Any:
    begun = await stage.send("POST", "/v1/instruments/imports", who, body)
    assert begun.status_code == 202, begun.text
    path = f"/v1/instruments/imports/{begun.json()['id']}"
    for _ in range(20):
        told = (await stage.send("GET", path, who)).json()
        if told["status"] == "done":
            return told
        async with stage.database.transaction() as session:
            await go_on_importing(session, begun.json()["id"], NOW)
    raise AssertionError("the import has no end")


async def test_each_row_of_a_file_is_entered_whole_or_refused_by_its_field(stage: Stage, send: Send) -> None:
    rows = [
        "code,title,type,level,parties,status,confidence,verified_on",
        "SA-1,One,act,national,SA,in_force,secondary,",
        "SA-2,Two,song,village,SA,in_force,secondary,",
        "NP-1,Another's,act,national,NP,in_force,secondary,",
        "SA-3,Three,act,national,SA,in_force,secondary,2999-01-01",
        "SA-1,One again,act,national,SA,in_force,secondary,",
        "SA-1,One,act,national,SA,in_force,secondary,",
        *(f"SA-X{number},Many,act,national,SA,in_force,secondary," for number in range(30)),
    ]
    told = await import_all(stage, {"format": "csv", "content": "\n".join(rows)})
    counts = {name: told[name] for name in ("rows", "done", "created", "updated", "unchanged", "refused")}
    assert counts == {"rows": 36, "done": 36, "created": 31, "updated": 0, "unchanged": 1, "refused": 4}
    found = [(row["row"], row["outcome"], [error["field"] for error in row["errors"]]) for row in told["items"][:6]]
    assert found == [
        (1, "created", []),
        (2, "refused", ["type", "level"]),
        (3, "refused", ["code"]),
        (4, "refused", ["verified_on"]),
        (5, "refused", ["code"]),
        (6, "unchanged", []),
    ]
    listed = await search(stage, "limit=200")
    assert len(listed["items"]) == 31
    again = await import_all(stage, {"format": "csv", "content": "\n".join(rows[:2])})
    assert again["unchanged"] == 1


async def test_what_was_exported_is_imported_without_loss(shelf: Stage) -> None:
    relation = {"kind": "relation", "relation": "amends", "object": "SA-C", "date": "2021-06"} | SOURCE
    await shelf.send("POST", f"/v1/instruments/{shelf.ids['SA-A']}/statements", "government", relation)
    file = await shelf.send("GET", "/v1/instruments/export?format=jsonld", "anybody")
    assert file.headers["content-type"] == "application/ld+json"
    told = await import_all(shelf, {"format": "jsonld", "document": file.json()})
    assert (told["unchanged"], told["refused"]) == (3, 0)
    renamed = file.text.replace("SA-", "SB-")
    told = await import_all(shelf, {"format": "jsonld", "document": json.loads(renamed)})
    assert told["created"] == 3
    again = await shelf.send("GET", "/v1/instruments/export?format=jsonld", "anybody")
    graph = {node["legislationIdentifier"]: node for node in again.json()["@graph"]}
    assert str(graph["SA-A"]).replace("SA-", "SB-") == str(graph["SB-A"])
    sheet = await shelf.send("GET", "/v1/instruments/export?format=csv&topic=wages", "anybody")
    assert [line.split(",")[0] for line in sheet.text.splitlines()] == ["code", "SA-A", "SA-C", "SB-A", "SB-C"]


async def test_what_a_file_says_of_the_law_of_another_is_refused_on_its_row(shelf: Stage) -> None:
    repeal = {"kind": "relation", "relation": "repeals", "object": "SA-A", "date": "2021"} | SOURCE
    node = {
        "legislationIdentifier": "NP-1", "name": "Act", "legislationType": "act", "legislationJurisdiction": ["NP"],
        "imdi:level": "national", "imdi:status": "in_force", "imdi:confidence": "secondary",
    }  # fmt: skip
    other = node | {"legislationIdentifier": "NP-2", "citation": "urn:imdi:instrument:SA-A"}
    document = {"@context": "https://schema.org/", "@graph": [node | {"imdi:statements": [repeal]}, other]}
    told = await import_all(shelf, {"format": "jsonld", "document": document}, "government-np")
    found = [(row["outcome"], [error["field"] for error in row["errors"]]) for row in told["items"]]
    assert found == [("refused", ["object"]), ("created", [])]
    listed = await search(shelf, "in_force_on=2026-01-01&country=SA&topic=wages")
    assert [each["code"] for each in listed["items"]] == ["SA-A", "SA-C"]


async def test_a_row_that_nobody_foresaw_is_noted_and_the_others_are_entered(stage: Stage) -> None:
    rows = ["code,title,type,level,parties,status,confidence", "SA-1,One,act,national,SA,in_force,secondary"]
    rows += ["SA-2,Two,act,national,SA,in_force,secondary", "SA-3,Three,act,national,SA,in_force,secondary"]
    body = {"format": "csv", "content": "\n".join(rows)}
    begun = await stage.send("POST", "/v1/instruments/imports", "government", body)
    async with stage.database.transaction() as session:
        unforeseen = update(InstrumentImportRow).where(InstrumentImportRow.number == 2)
        await session.execute(unforeseen.values(body=["no object"]))
    for _ in range(2):
        async with stage.database.transaction() as session:
            await go_on_importing(session, begun.json()["id"], NOW)
    found = select(InstrumentImportRow.outcome).order_by(InstrumentImportRow.number)
    async with stage.database.transaction() as session:
        assert list(await session.scalars(found)) == ["created", "refused", "created"]


async def test_who_may_not_record_waits_for_nobody_and_holds_nobody_up(stage: Stage) -> None:
    await stage.instrument()
    path = f"/v1/instruments/{stage.ids[INSTRUMENT_ID]}"
    title = {"effective_from": "2013-07-31", "titles": [{"language": "en", "title": "Mine"}]} | SOURCE
    said = {"kind": "event", "event": "repealed", "date": "2020"} | SOURCE
    async with stage.database.transaction() as session:
        await moment_of_recording(session, NOW)
        for place, body in (("statements", said), ("versions", title)):
            refused = await stage.send("POST", f"{path}/{place}", "government-np", body)
            assert (refused.status_code, place) == (403, place), refused.text


async def test_who_waited_to_record_records_when_the_wait_is_over(database: Database) -> None:
    told = select(func.clock_timestamp())
    queue = text(
        "select count(*) from pg_locks join pg_database on pg_database.oid = database and datname = current_database() "
        "where not granted and locktype = 'advisory'"
    )

    async def record() -> datetime:
        async with database.transaction() as session:
            return await moment_of_recording(session, NOW)

    async with database.transaction() as session:
        assert await moment_of_recording(session, NOW) == NOW
        waiting = asyncio.create_task(record())
        async with asyncio.timeout(20):
            while not await session.scalar(queue):
                pass
        began = (await session.execute(told)).scalar_one()
        held = (await session.execute(told)).scalar_one() - began
    assert await waiting >= NOW + held > NOW


async def test_an_import_is_its_owners_to_read(stage: Stage) -> None:
    await stage.importing()
    path = f"/v1/instruments/imports/{stage.ids[IMPORT_ID]}"
    assert (await stage.send("GET", path, "steward")).status_code == 200
    assert (await stage.send("GET", path, "government-2")).status_code == 200
    assert (await stage.send("GET", path, "government-np")).status_code == 404
    assert (await stage.send("GET", f"/v1/instruments/imports/{uuid4()}", "steward")).status_code == 404
    page = (await stage.send("GET", f"{path}?limit=1", "government")).json()
    assert [row["row"] for row in page["items"]] == [1]
    rest = (await stage.send("GET", f"{path}?limit=1&cursor={page['next']}", "government")).json()
    assert ([row["row"] for row in rest["items"]], rest["next"]) == ([2], None)


async def test_the_same_statement_sent_again_is_recorded_once(stage: Stage) -> None:
    await stage.instrument()
    path = f"/v1/instruments/{stage.ids[INSTRUMENT_ID]}/statements"
    said = {"kind": "event", "event": "signed", "date": "2013"} | SOURCE
    keyed = {"Idempotency-Key": str(uuid4())}
    first, second = [await stage.send("POST", path, "government", said, **keyed) for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
