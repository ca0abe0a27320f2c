"""Steps for the tests of procedures: six by hand, and any by Hypothesis."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from imdi_legislation.domain.drafts import BasisDraft
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.procedures import Payment, Step, TimeLimit

ACT = BasisDraft("ACT", "sec. 15")
TUPLES = ("documents_in", "documents_out", "after", "fees")


def a_step(code: str, actor: str = "government", days: int | None = None, **other: Any) -> Step:
    """``days`` is a limit in calendar days; lists become tuples."""
    said: dict[str, Any] = {name: tuple(value) if name in TUPLES else value for name, value in other.items()}
    limit = said.pop("time_limit", None) or (TimeLimit(days, None, None, ACT) if days is not None else None)
    return Step(code=code, title=code.title(), actor=actor, time_limit=limit, **said)


def paid(payer: str, amount: str, currency: str) -> Payment:
    return Payment(payer, Money(Decimal(amount), currency))


SIX = (
    a_step("demand", "employer", documents_out=["demand letter"], fees=[paid("employer", "400", "MYR")]),
    a_step(
        "certify", days=15, documents_in=["demand letter"], documents_out=["certified demand letter"], after=["demand"],
    ),
    a_step("approve", days=4, documents_in=["certified demand letter"], after=["certify"]),
    a_step("passport", "worker", documents_out=["passport"]),
    a_step(
        "medical", "medical_provider", 3, documents_in=["Passport"], documents_out=["fitness report"],
        after=["passport"], item="medical_examination", fees=[paid("worker", "2000.00", "NPR")],
    ),
    a_step(
        "permit", time_limit=TimeLimit(None, None, "P1M", ACT), item="exit_permit", after=["approve", "medical"],
        documents_in=["passport ", "Demand  Letter", "certified demand letter", "fitness report"],
        documents_out=["labour permit"], fees=[paid("worker", "1500", "NPR")],
    ),
)  # fmt: skip

_DOCUMENTS = st.lists(st.sampled_from(["passport", "visa", "contract", "photo", "receipt"]), max_size=4, unique=True)
_FEES = st.lists(
    st.builds(
        paid, st.sampled_from(["worker", "employer"]), st.integers(0, 5000).map(str), st.sampled_from(["NPR", "SAR"])
    ),
    max_size=2,
)


@st.composite
def procedures(draw: st.DrawFn) -> tuple[Step, ...]:
    """One to nine steps, each after some of those before it."""
    codes = [f"step_{letter}" for letter in "abcdefghi"[: draw(st.integers(1, 9))]]
    return tuple(
        a_step(
            code,
            draw(st.sampled_from(["government", "worker", "employer"])),
            draw(st.none() | st.integers(0, 60)),
            documents_in=draw(_DOCUMENTS),
            documents_out=draw(_DOCUMENTS),
            fees=draw(_FEES),
            after=draw(st.lists(st.sampled_from(codes[:number]), max_size=3, unique=True)) if number else [],
        )
        for number, code in enumerate(codes)
    )
