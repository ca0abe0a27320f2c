"""The topics that the local servers make are those that AsyncAPI tells of."""

from __future__ import annotations

import pytest

from imdi_contracts import asyncapi, catalogue
from imdi_local import topics


def test_they_have_the_partitions_told() -> None:
    assert topics.PARTITIONS == asyncapi.PARTITIONS


@pytest.mark.parametrize("kept", sorted(asyncapi.RETENTION))
def test_they_are_kept_as_told(kept: str) -> None:
    told = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in asyncapi.RETENTION[kept].items()
    }
    assert told.items() <= topics.SETTINGS[kept].items()


def test_every_topic_is_kept_in_a_way_that_is_told() -> None:
    assert {topic.kept for topic in catalogue.topics()} == set(asyncapi.RETENTION) == set(topics.SETTINGS)
