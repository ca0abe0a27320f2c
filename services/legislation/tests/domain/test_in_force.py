"""When an instrument is in force by what its sources say, day by day, whom it binds, and what was known of it when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.days import Span, is_span, span, the_one_day
from imdi_legislation.domain.in_force import Period, Repeal, in_force, status_of
from imdi_legislation.domain.parties import bound, entitled, parties_of
from imdi_legislation.domain.statements import Statement, known

START = datetime(2026, 1, 1, tzinfo=UTC)
Say = Callable[..., Statement]


def saying() -> Say:
    """``say(kind, **body)`` → a statement, each recorded a second after the one before."""
    numbers = count()

    def say(kind: str, replaces: str | None = None, verified_on: date | None = None, **body: Any) -> Statement:
        number = next(numbers)
        return Statement(
            f"{number:04}", "one", kind, body, START + timedelta(seconds=number), replaces, verified_on=verified_on
        )

    return say


@pytest.fixture
def say() -> Say:
    return saying()


def event(say: Say, name: str, day: str) -> Statement:
    return say("event", event=name, date=day)


def days(period: Period, *asked: str) -> list[str]:
    return [period.on(date.fromisoformat(day)) for day in asked]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017-10-10", "2017-10-10", "2017-10-10"),
        ("2017-10", "2017-10-01", "2017-10-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2017", "2017-01-01", "2017-12-31"),
        ("0001-01-01", "0001-01-01", "0001-01-01"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_a_month_or_a_year_is_all_of_its_days(text: str, first: str, last: str) -> None:
    assert span(text) == Span(date.fromisoformat(first), date.fromisoformat(last))


NO_DAYS = "|17|2017-13|2017-02-29|2017-1-1|0000|0000-01|2017-00|2017-00-10|2017-10-00|2017-10-1٠"


@pytest.mark.parametrize("text", [*NO_DAYS.split("|"), 2017])
def test_what_is_no_day_is_none(text: Any) -> None:
    assert not is_span(text)


def test_sources_agree_on_a_day_only_where_all_give_it() -> None:
    assert the_one_day([span("2017-10-10"), span("2017-10-10")]) == date(2017, 10, 10)
    assert the_one_day([span("2017-10-10"), span("2017-10-11")]) is None
    assert the_one_day([span("2017-10")]) is None
    assert the_one_day([]) is None


def test_an_act_is_in_force_from_its_day_to_the_day_before_its_repeal(say: Say) -> None:
    said = [
        event(say, "in_force", "2000-02-29"),
        say("status", status="repealed"),
        event(say, "repealed", "2010-01-01"),
    ]
    asked = ("2000-02-28", "2000-02-29", "2009-12-31", "2010-01-01")
    assert days(in_force(said), *asked) == ["no", "yes", "yes", "no"]


def test_in_force_and_repealed_on_the_same_day_binds_on_none(say: Say) -> None:
    said = [event(say, "in_force", "2000-01-01"), event(say, "repealed", "2000-01-01")]
    assert days(in_force(said), "1999-12-31", "2000-01-01", "2000-01-02") == ["no", "no", "no"]


def test_where_sources_conflict_the_days_between_are_disputed(say: Say) -> None:
    said = [
        event(say, "in_force", "2017-09-12"),
        event(say, "in_force", "2017-10-10"),
        say("status", status="in_force"),
    ]
    asked = ("2017-09-11", "2017-09-12", "2017-10-09", "2017-10-10")
    assert days(in_force(said), *asked) == ["no", "disputed", "disputed", "yes"]


def test_sources_may_conflict_on_the_end(say: Say) -> None:
    said = [
        event(say, "in_force", "2000"),
        event(say, "denounced", "2010-03-01"),
        event(say, "denounced", "2010-05-01"),
    ]
    asked = ("2000-06-01", "2001-01-01", "2010-02-28", "2010-03-01", "2010-04-30", "2010-05-01")
    assert days(in_force(said), *asked) == ["presumed", "yes", "yes", "disputed", "disputed", "no"]


def test_of_an_entry_into_force_that_nobody_read_it_is_presumed_from_its_making(say: Say) -> None:
    said = [event(say, "signed", "2018-10-29"), say("status", status="in_force", verified_on=date(2026, 11, 23))]
    period = in_force(said)
    assert days(period, "2018-10-28", "2018-10-29", "2021-05-01", "2026-11-23") == ["no", "presumed", "presumed", "yes"]
    assert period.reasons == {"day_of_entry_unread"}


@pytest.mark.parametrize("status", ["draft", "adopted", "not_in_force"])
def test_what_was_only_made_binds_nobody(say: Say, status: str) -> None:
    said = [event(say, "adopted", "2018-01-29"), say("status", status=status)]
    assert days(in_force(said), "2018-01-29", "2026-01-01") == ["no", "no"]


def test_a_provisional_application_counts_until_an_entry_into_force_is_known(say: Say) -> None:
    provisional = event(say, "applied_provisionally", "2002-02-04")
    assert days(in_force([provisional]), "2002-02-03", "2002-02-04") == ["no", "yes"]
    assert days(in_force([provisional, event(say, "in_force", "2006")]), "2003-01-01") == ["no"]


@pytest.mark.parametrize(
    ("renewal", "expected", "reasons"),
    [
        ("automatic", ["yes", "yes", "yes"], set()),
        ("none", ["yes", "no", "no"], set()),
        ("by_agreement", ["yes", "presumed", "presumed"], {"renewal_unread"}),
        ("stalled", ["yes", "presumed", "presumed"], {"renewal_stalled"}),
    ],
)
def test_a_term_of_years(say: Say, renewal: str, expected: list[str], reasons: set[str]) -> None:
    said = [event(say, "in_force", "2016-02-29"), say("term", duration="P5Y", renewal=renewal)]
    period = in_force([*said, say("status", status="in_force")])
    assert days(period, "2021-02-27", "2021-02-28", "2030-01-01") == expected
    assert period.reasons == reasons


def test_a_renewal_lengthens_the_term_to_its_own_end(say: Say) -> None:
    said = [event(say, "in_force", "2013-07-01"), say("term", duration="P5Y", renewal="by_agreement")]
    said.append(say("event", event="renewed", date="2018-06-01", until="2023-06-30"))
    assert days(in_force(said), "2018-07-01", "2023-06-30", "2023-07-01") == ["yes", "yes", "presumed"]


def test_a_term_that_leaves_the_calendar_never_ends_in_it(say: Say) -> None:
    said = [event(say, "in_force", "9500"), say("term", duration="P999Y", renewal="none")]
    assert days(in_force(said), "9501-01-01", "9999-12-31") == ["yes", "yes"]
    said = [event(say, "in_force", "9500"), say("term", duration="P5Y", renewal="by_agreement")]
    said.append(say("event", event="renewed", date="9504", until="9999-12-31"))
    assert days(in_force(said), "9999-12-31") == ["yes"]


def test_an_automatic_renewal_ends_by_denunciation(say: Say) -> None:
    said = [event(say, "in_force", "2010"), say("term", duration="P5Y", renewal="automatic")]
    assert days(in_force([*said, event(say, "denounced", "2020-01-01")]), "2019-12-31", "2020-01-01") == ["yes", "no"]


def test_a_repeal_of_unread_day_was_not_before_the_repealing_instrument_was_made(say: Say) -> None:
    said = [event(say, "adopted", "2009-05-25"), say("status", status="repealed", verified_on=date(2026, 11, 23))]
    period = in_force(said, [Repeal(None, date(2021, 10, 20))])
    assert (period.ends, period.over) == (date(2021, 10, 20), date(2026, 11, 23))
    assert days(period, "2009-05-24", "2021-05-01", "2024-01-01", "2026-11-23") == ["no", "presumed", "presumed", "no"]
    assert period.reasons == {"day_of_entry_unread", "day_of_end_unread"}


def test_a_dated_repeal_by_another_instrument_ends_it(say: Say) -> None:
    period = in_force([event(say, "in_force", "2000-01-01")], [Repeal(span("2020-06"), None)])
    assert days(period, "2020-05-31", "2020-06-15", "2020-07-01") == ["yes", "presumed", "no"]


def test_the_newest_status_counts_whenever_it_was_recorded(say: Say) -> None:
    newer, older = (
        say("status", status="repealed", date="2020-01-01"),
        say("status", status="in_force", date="2010-01-01"),
    )
    assert status_of([newer, older]) == "repealed"


BINDING = Period(date(2000, 1, 1), date(2000, 1, 1))


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([], ["no", "presumed", "presumed"]),
        ([("signed", "1999")], ["no", "no", "no"]),
        ([("ratified", "2006-06-05")], ["no", "no", "presumed"]),
        ([("acceded", "2006-06-05")], ["no", "no", "presumed"]),
        ([("signed", "1999"), ("in_force", "2006-07-05")], ["no", "no", "yes"]),
        ([("in_force", "1998")], ["no", "yes", "yes"]),
        ([("in_force", "2006"), ("denounced", "2007-01-01")], ["no", "no", "no"]),
        ([("in_force", "2001-01-01"), ("in_force", "2009-01-01")], ["no", "no", "disputed"]),
        ([("reservation", None)], ["no", "presumed", "presumed"]),
        ([("denounced", None)], ["no", "presumed", "presumed"]),
    ],
)
def test_a_convention_binds_each_party_by_its_own_deeds(say: Say, claims: list[Any], expected: list[str]) -> None:
    said = [say("parties", parties=["PH"])]
    said += [say("party", party="PH", status=status, **({"date": day} if day else {})) for status, day in claims]
    period = bound("PH", said, BINDING, "international", "convention")
    assert days(period, "1999-12-31", "2000-06-01", "2008-01-01") == expected


@pytest.mark.parametrize(
    ("level", "kind"), [("national", "act"), ("bilateral", "memorandum"), ("regional", "directive")]
)
def test_some_bind_their_parties_of_themselves(say: Say, level: str, kind: str) -> None:
    said = [say("parties", parties=["PH", "SA"])]
    assert days(bound("PH", said, BINDING, level, kind), "1999-12-31", "2000-01-01") == ["no", "yes"]
    assert bound("NP", said, BINDING, level, kind).on(date(2020, 1, 1)) == "no"
    left = [*said, say("party", party="PH", status="denounced", date="2010-01-01")]
    assert days(bound("PH", left, BINDING, level, kind), "2009-12-31", "2010-01-01") == ["yes", "no"]
    assert days(bound("SA", left, BINDING, level, kind), "2010-01-01") == ["yes"]


@pytest.mark.parametrize(
    ("level", "parties"),
    [
        ("national", ["PH", "NP"]),
        ("bilateral", ["PH", "NP"]),
        ("regional", ["PH"]),
        ("international", ["PH"]),
    ],
)
def test_where_any_government_may_claim_to_be_a_party_a_claim_gives_no_right(
    say: Say, level: str, parties: list[str]
) -> None:
    said = [say("parties", parties=["PH"]), say("party", party="NP", status="in_force", date="2020")]
    assert entitled(said, level) == parties
    assert entitled([*said, say("parties", parties=["NP"])], level) == ["PH", "NP"]


def test_parties_are_those_named_and_those_that_acted(say: Say) -> None:
    assert parties_of([say("parties", parties=["PH"]), say("party", party="NP", status="signed")]) == ["PH", "NP"]


def test_what_was_replaced_or_withdrawn_stood_until_then(say: Say) -> None:
    wrong = event(say, "in_force", "2001")
    right = say("event", replaces=wrong.id, event="in_force", date="2002")
    gone = say("withdrawal", replaces=right.id)
    told = [gone, right, wrong]
    assert known(told, START) == []
    assert known(told, right.recorded_at) == [wrong]
    assert known(told, gone.recorded_at) == [right]
    assert known(told) == []


KINDS = st.one_of(
    st.tuples(
        st.just("event"), st.sampled_from(["in_force", "adopted", "repealed", "denounced"]), st.integers(1990, 2030)
    ),
    st.tuples(st.just("status"), st.sampled_from(["in_force", "repealed", "adopted"]), st.integers(1990, 2030)),
    st.tuples(st.just("term"), st.sampled_from(["automatic", "none", "stalled"]), st.integers(1, 9)),
    st.tuples(
        st.just("party"), st.sampled_from(["signed", "ratified", "in_force", "denounced"]), st.integers(1990, 2030)
    ),
    st.tuples(st.just("replace"), st.just(""), st.integers(0, 9)),
)
BODIES: dict[str, Callable[[str, int], dict[str, Any]]] = {
    "event": lambda name, number: {"event": name, "date": str(number)},
    "status": lambda name, number: {"status": name, "date": f"{number}-01-01"},
    "term": lambda name, number: {"duration": f"P{number}Y", "renewal": name},
    "party": lambda name, number: {"party": "PH", "status": name, "date": str(number)},
}


def history(drawn: list[tuple[str, str, int]]) -> list[Statement]:
    say, told = saying(), []
    for kind, name, number in drawn:
        if kind != "replace":
            told.append(say(kind, **BODIES[kind](name, number)))
        elif told:
            told.append(say("withdrawal", replaces=told[number % len(told)].id))
    return told


@given(st.lists(KINDS, max_size=12), st.lists(KINDS, max_size=12), st.dates(date(1985, 1, 1), date(2040, 1, 1)))
def test_what_was_known_on_a_day_never_changes(before: Any, after: Any, day: date) -> None:
    told = history(before)
    moment = START + timedelta(seconds=len(told))
    later = history(before + after)

    def answer(statements: list[Statement]) -> Any:
        said = known(statements, moment)
        period = in_force(said)
        return period.on(day), bound("PH", said, period, "international", "convention").on(day), status_of(said)

    assert later[: len(told)] == told
    assert answer(told) == answer(later)


@given(st.lists(KINDS, max_size=12), st.dates(date(1985, 1, 1), date(2040, 1, 1)))
def test_a_party_is_bound_only_while_the_instrument_is_in_force(drawn: Any, day: date) -> None:
    said = known(history(drawn))
    period = in_force(said)
    if period.on(day) == "no":
        assert bound("PH", said, period, "international", "convention").on(day) == "no"


@given(st.lists(KINDS, max_size=8), st.randoms(use_true_random=False), st.dates(date(1985, 1, 1), date(2040, 1, 1)))
def test_the_order_in_which_statements_are_read_is_no_matter(drawn: Any, chance: Any, day: date) -> None:
    told = history(drawn)
    shuffled = chance.sample(told, len(told))
    assert in_force(known(told)).on(day) == in_force(known(shuffled)).on(day)
