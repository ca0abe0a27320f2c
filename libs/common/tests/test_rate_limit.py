from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import Request

from imdi_common.problems import Problem
from imdi_common.rate_limit import RateLimit

NOON = datetime(2026, 11, 23, 12, 0, 50, tzinfo=UTC)


def sent_from(address: str | None) -> Request:
    return Request({"type": "http", "client": (address, 1) if address else None})


def test_each_address_has_its_share_of_each_minute() -> None:
    limit = RateLimit(2)
    one, other = sent_from("192.0.2.1"), sent_from("192.0.2.2")
    for _ in range(2):
        limit.demand(one, NOON)
    with pytest.raises(Problem) as refused:
        limit.demand(one, NOON)
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "10"})
    assert "192.0.2.1" not in str(refused.value.document())
    limit.demand(other, NOON)
    limit.demand(one, NOON + timedelta(seconds=10))


def test_who_has_no_address_shares_one() -> None:
    limit = RateLimit(1)
    limit.demand(sent_from(None), NOON)
    with pytest.raises(Problem):
        limit.demand(sent_from(None), NOON)
