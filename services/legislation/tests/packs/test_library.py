"""The 47 instruments, loaded: the hard cases of the sources are answered as they are, and never made up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from imdi_legislation.actions.load_packs import load_pack, read_instruments
from imdi_legislation.queries.instruments import Wanted, list_instruments
from imdi_legislation.queries.law_in_force import law_in_force
from imdi_legislation.queries.library import known_instrument
from imdi_legislation.settings import Settings
from imdi_legislation.storage.library import InstrumentStatement
from imdi_legislation.storage.tables import Instrument

MAY_2021 = date(2021, 5, 1)


@pytest.fixture
async def ids(session: Any, parliament: Any) -> dict[str, Any]:
    assert await load_pack(session, read_instruments(Settings.model_fields["packs"].default), parliament.now) == 47
    return {code: found for code, found in await session.execute(select(Instrument.code, Instrument.id))}  # noqa: C416 - rows


@pytest.fixture
def known(session: Any, ids: dict[str, Any]) -> Any:
    async def ask(code: str, on: str = "2026-11-24", known_on: date | None = None) -> dict[str, Any]:
        return await known_instrument(session, ids[code], date.fromisoformat(on), known_on, None)

    return ask


@pytest.fixture
def binds(known: Any) -> Any:
    async def ask(code: str, on: str) -> tuple[str, list[str]]:
        standing = (await known(code, on))["standing"]
        return standing["binds"], standing["reasons"]

    return ask


async def test_all_are_there_once(session: Any, ids: dict[str, Any], parliament: Any) -> None:
    assert len(ids) == 47
    said = await session.scalar(select(func.count()).select_from(InstrumentStatement))
    assert await load_pack(session, read_instruments(Settings.model_fields["packs"].default), parliament.now) == 0
    assert await session.scalar(select(func.count()).select_from(InstrumentStatement)) == said


async def test_what_bound_nepal_and_malaysia_in_may_2021(session: Any, ids: dict[str, Any], parliament: Any) -> None:
    async def asked(known_on: date) -> dict[str, Any]:
        rows = await law_in_force(session, ["NP", "MY"], MAY_2021, known_on, 200, None)
        return {row["code"]: [(each["party"], each["binds"]) for each in row["party_standings"]] for row in rows}

    today = parliament.now.date()
    assert await asked(today) == {
        "ASEAN-MRA-ENGINEERING": [("MY", "presumed")],
        "ASEAN-MRA-NURSING": [("MY", "presumed")],
        "NP-FEA-2064": [("NP", "yes")],
        "NP-MY-2018": [("NP", "presumed"), ("MY", "presumed")],
    }
    assert await asked(today - timedelta(days=1)) == {}


async def test_a_page_after_a_page_is_the_whole(session: Any, ids: dict[str, Any]) -> None:
    whole = [row["code"] for row in await law_in_force(session, ["PH"], MAY_2021, None, 200, None)]
    first = [row["code"] for row in await law_in_force(session, ["PH"], MAY_2021, None, 3, None)]
    rest = [row["code"] for row in await law_in_force(session, ["PH"], MAY_2021, None, 200, first[-1])]
    assert first + rest == whole


async def test_repealed_by_its_successor_on_a_day_that_was_not_read(known: Any, binds: Any) -> None:
    assert await binds("EU-2009-50", "2021-05-01") == ("presumed", ["day_of_end_unread", "day_of_entry_unread"])
    assert (await binds("EU-2009-50", "2026-11-23"))[0] == "no"
    (repeal,) = (await known("EU-2009-50"))["relations"]
    assert (repeal["relation"], repeal["direction"], repeal["code"]) == ("repeals", "in", "EU-2021-1883")


async def test_an_automatic_renewal_has_no_end_and_an_unsigned_agreement_no_beginning(known: Any, binds: Any) -> None:
    (term,) = [each for each in (await known("IN-KW-2019"))["statements"] if each["kind"] == "term"]
    assert (term["duration"], term["renewal"]) == ("P5Y", "automatic")
    assert await binds("IN-KW-2019", "2030-01-01") == ("no", [])


async def test_a_stalled_renewal_is_presumed_after_its_term(binds: Any) -> None:
    assert await binds("NP-MY-2018", "2022-10-28") == ("presumed", ["day_of_entry_unread", "renewal_stalled"])
    standing, reasons = await binds("NP-MY-2018", "2026-11-24")
    assert standing == "presumed"
    assert "renewal_stalled" in reasons


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("ECOWAS-1979", {"1980-04-07": "no", "1980-04-08": "disputed", "1980-06-04": "disputed", "1980-06-05": "yes"}),
        ("QA-15-2017", {"2017-09-11": "no", "2017-09-12": "disputed", "2017-10-09": "disputed", "2017-10-10": "yes"}),
    ],
)
async def test_conflicting_days_stand_side_by_side(known: Any, binds: Any, code: str, days: dict[str, str]) -> None:
    assert {day: (await binds(code, day))[0] for day in days} == days
    assert (await binds(code, list(days)[1]))[1] == ["sources_conflict"]
    what = await known(code)
    ((conflict),) = what["conflicts"]
    assert sorted(each["date"] for each in conflict["days"]) == [list(days)[1], list(days)[3]]
    assert what["in_force_on"] is None
    sources = [each["source"] for each in what["statements"] if each.get("event") == "in_force"]
    assert len(sources) == 2


async def test_the_chain_of_amendments(known: Any) -> None:
    related = [(each["relation"], each["direction"], each["code"]) for each in (await known("PH-RA-8042"))["relations"]]
    assert sorted(related) == [("amends", "in", "PH-RA-10022"), ("amends", "in", "PH-RA-11641")]


async def test_delegated_rules_are_based_on_their_act(known: Any) -> None:
    for rules, act in (("AE-CR-106-2022", "AE-FDL-9-2022"), ("IN-RULES-2017", "IN-EMIGRATION-1983")):
        assert [(each["relation"], each["code"]) for each in (await known(rules))["relations"]] == [("based_on", act)]
        found = (await known(act))["relations"]
        assert ("based_on", "in") in [(each["relation"], each["direction"]) for each in found]


async def test_a_list_is_part_of_its_code(known: Any) -> None:
    (relation,) = (await known("WHO-SAFEGUARDS-2023"))["relations"]
    assert (relation["relation"], relation["code"]) == ("is_part_of", "WHO-CODE-2010")


async def test_four_bind_nobody(session: Any, ids: dict[str, Any], binds: Any) -> None:
    free = set(await session.scalars(select(Instrument.code).where(~Instrument.binding)))
    assert free == {"ILO-FAIR-RECRUITMENT", "WHO-CODE-2010", "WHO-SAFEGUARDS-2023", "UN-GCM-2018"}
    assert {(await binds(code, "2026-11-24"))[0] for code in free} == {"no"}


async def test_a_term_of_five_years_ends_in_doubt(binds: Any) -> None:
    assert await binds("PH-SA-2013", "2013-08-01") == ("yes", [])
    assert await binds("PH-SA-2013", "2018-07-01") == ("presumed", ["renewal_unread"])


async def test_the_list_in_force_on_a_day_is_what_the_statements_say(session: Any, ids: Any, binds: Any) -> None:
    for day in ("1900-01-01", "1980-05-01", "2017-09-20", "2021-05-01", "2026-11-24", "2100-01-01"):
        listed = await list_instruments(session, Wanted(in_force_on=date.fromisoformat(day)), 200, None)
        assert {row["code"] for row in listed} == {code for code in ids if (await binds(code, day))[0] != "no"}, day
