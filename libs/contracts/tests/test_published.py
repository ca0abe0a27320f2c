"""What is published is current, valid, and what services really send and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from imdi_contracts import asyncapi, catalogue, examples, publish, schemas
from imdi_contracts.event import Event
from imdi_contracts.worker_prep import PreparationState

EVENTS = sorted(schemas.types().items())
NEEDS = sorted(publish.PUBLISHED.glob("examples/*/*-needs.json"))


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_everything_published_is_current() -> None:
    assert publish.outdated(publish.files()) == []


def test_checking_tells_what_is_out_of_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "ROOT", tmp_path)
    monkeypatch.setattr(publish, "PUBLISHED", tmp_path / "published")
    made = {tmp_path / "published" / "schemas" / "a.json": "1", tmp_path / "published" / "schemas" / "b.json": "2"}
    (tmp_path / "published" / "schemas").mkdir(parents=True)
    (tmp_path / "published" / "schemas" / "a.json").write_text("old")
    (tmp_path / "published" / "schemas" / "gone.json").write_text("3")
    assert publish.outdated(made) == [f"published/schemas/{name}.json" for name in ("a", "b", "gone")]


def test_writing_leaves_the_consumers_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "ROOT", tmp_path)
    monkeypatch.setattr(publish, "PUBLISHED", tmp_path / "published")
    monkeypatch.setattr(publish, "RELEASED", tmp_path / "published" / "released.json")
    folder = tmp_path / "published" / "examples" / "org.imdi.vacancy.posted.v1"
    folder.mkdir(parents=True)
    (folder / "matching-needs.json").write_text("{}")
    (folder / "stray.json").write_text("{}")
    assert publish.main([]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["full.json", "matching-needs.json", "minimal.json"]
    assert publish.main(["--check"]) == 0
    (folder / "full.json").write_text("{}")
    assert publish.main(["--check"]) == 1


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_schemas_are_schemas_and_bear_the_name_on_the_wire(name: str, event: type[Event]) -> None:
    made = schemas.schema(event)
    Draft202012Validator.check_schema(made)
    assert made["$id"] == f"urn:imdi:schema:{name}"
    assert made["properties"][event.subject_field]
    assert made.get("additionalProperties") is not False


@pytest.mark.parametrize(("name", "event"), EVENTS)
@pytest.mark.parametrize("example", ["minimal", "full"])
def test_examples_are_valid_and_survive_the_way(name: str, event: type[Event], example: str) -> None:
    data = load(publish.PUBLISHED / "examples" / name / f"{example}.json")
    validator = Draft202012Validator(schemas.schema(event), format_checker=FormatChecker())
    validator.validate(data)
    read = event.model_validate(data)
    validator.validate(read.data)
    assert event.model_validate(read.data) == read
    assert read.subject == data[event.subject_field]


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_a_full_example_fills_every_field(name: str, event: type[Event]) -> None:
    data = examples.full(event)
    assert set(data) == set(event.model_fields)
    assert [field for field, value in data.items() if value is None] == []


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_readers_ignore_what_they_do_not_know(name: str, event: type[Event]) -> None:
    data = examples.full(event)
    more = _with_unknown_fields(data)
    assert more != data
    assert event.model_validate(more) == event.model_validate(data)


def _with_unknown_fields(value: Any, within: str = "") -> Any:
    """The same with an unknown field in every part but in free objects, whose keys are data."""
    if isinstance(value, list):
        return [_with_unknown_fields(item) for item in value]
    if not isinstance(value, dict) or within in ("facts", "fact_types", "effect", "governed_by", "required"):
        return value
    return {key: _with_unknown_fields(item, key) for key, item in value.items()} | {"from_the_future": {"a": [1]}}


def test_an_event_on_an_item_of_a_preparation_names_it() -> None:
    on_preparations = {event for _, event in EVENTS if issubclass(event, PreparationState)}
    naming = {event.happened for event in on_preparations if event.model_fields["item"].is_required()}
    assert naming == {
        "worker.cleared-documents", "worker.cleared-security", "worker.cleared-qualification",
        "worker.cleared-language", "worker.completed-orientation", "worker.cleared-medical", "worker.cleared-finance",
        "worker.cleared-contract", "worker.cleared-permit", "worker.deferred-medical", "worker.failed-item",
        "clearance.expiring", "clearance.expired",
    }  # fmt: skip
    for event in on_preparations:
        assert {"preparation_id", "worker_id", "placement_id"} <= set(schemas.schema(event)["required"])


def test_the_three_receipts_share_one_type_and_look_alike() -> None:
    receipts = [event for event in catalogue.events() if event.happened == "erasure.completed"]
    assert len(receipts) == 3
    assert len({json.dumps(schemas.schema(event)["properties"]) for event in receipts}) == 1


@pytest.mark.parametrize("path", NEEDS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_consumers_need_is_still_given(path: Path) -> None:
    event = schemas.types()[path.parent.name]
    Draft202012Validator(schemas.schema(event), format_checker=FormatChecker()).validate(load(path))
    event.model_validate(load(path))


def test_consumers_are_services_and_not_the_producer() -> None:
    for path in NEEDS:
        consumer = path.name.removesuffix(publish.MADE_BY_HAND)
        assert consumer in catalogue.PRODUCERS
        assert consumer != schemas.types()[path.parent.name].topic.service


class TestAsyncApi:
    document = asyncapi.document()

    def test_every_topic_is_a_channel_with_a_sender(self) -> None:
        names = [topic.name for topic in catalogue.topics()]
        assert list(self.document["channels"]) == names
        assert [operation["channel"]["$ref"] for operation in self.document["operations"].values()] == [
            f"#/channels/{name}" for name in names
        ]

    def test_every_reference_leads_somewhere(self) -> None:
        for reference in _references(self.document):
            if reference.startswith("./"):
                assert (publish.PUBLISHED / reference).is_file()
            else:
                assert _follow(self.document, reference)

    def test_the_public_topic_tells_postings_amendments_and_removals(self) -> None:
        public = self.document["channels"]["imdi.matching.published-vacancies"]["messages"]
        assert {name.split(".")[3] for name in public} == {
            "posted", "amended", "paused", "returned", "filled", "closed", "expired", "withdrawn",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("topic", "settings"),
        [
            ("imdi.registry.members", {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1}),
            (
                "imdi.registry.workers",
                {
                    "cleanup.policy": ["compact"],
                    "min.compaction.lag.ms": 604_800_000,
                    "max.compaction.lag.ms": 2_592_000_000,
                    "segment.ms": 86_400_000,
                },
            ),
        ],
    )
    def test_a_channel_tells_how_its_records_are_kept(self, topic: str, settings: dict[str, Any]) -> None:
        kafka = self.document["channels"][topic]["bindings"]["kafka"]
        assert kafka == {"topic": topic, "partitions": 12, "topicConfiguration": settings}

    def test_headers_are_those_of_an_event(self) -> None:
        headers = self.document["components"]["messageTraits"]["cloudevent"]["headers"]
        assert set(headers["properties"]) - set(headers["required"]) == {"ce_traceparent"}


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in _references(value)]
    return [found for value in node for found in _references(value)] if isinstance(node, list) else []


def _follow(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node
