"""Every event of the contracts is announced by exactly the service that owns it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imdi_contracts import catalogue
from imdi_contracts.event import Event

EVENTS = list(catalogue.events())


def own_names(tree: ast.Module, module: str) -> dict[str, str]:
    """Local name → class, of what a source takes from one contracts module."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == f"imdi_contracts.{module}"
        for alias in node.names
    }


def aliases(tree: ast.Module, module: str) -> set[str]:
    """The names under which a source knows a contracts module itself."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "imdi_contracts"
        for alias in node.names
        if alias.name == module
    }


def mentions(tree: ast.Module, module: str) -> Iterator[tuple[str, bool]]:
    """The classes of one contracts module that a source uses, and whether it makes one there."""
    names, modules = own_names(tree, module), aliases(tree, module)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            yield names[node.id], id(node) in called
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield node.attr, id(node) in called


def sources(code: list[Path], service: str) -> list[Path]:
    return [path for path in code if f"imdi_{service.replace('-', '_')}" in path.parts]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event.topic.service}-{event.happened}")
def test_each_event_is_announced_by_its_producer(  # by its class, or by its name where a domain says what happened
    event: type[Event], code: list[Path], parsed: Callable[[Path], ast.Module]
) -> None:
    service = event.topic.service
    module = service.replace("-", "_")
    trees = [parsed(path) for path in sources(code, service)]
    said = {name for tree in trees for name, _ in mentions(tree, module)}
    named = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert event.__name__ in said or event.happened in named


@pytest.mark.parametrize("service", sorted(catalogue.PRODUCERS))
def test_no_service_announces_what_is_anothers(
    service: str, code: list[Path], parsed: Callable[[Path], ast.Module]
) -> None:
    others = [name for name in catalogue.PRODUCERS if name != service]
    made = {
        f"{path.name}: {name}"
        for other in others
        for path in sources(code, service)
        for name, is_made in mentions(parsed(path), other.replace("-", "_"))
        if is_made and name in {event.__name__ for event in catalogue.events(other)}
    }
    assert made == set()


def test_types_are_unique_but_for_the_receipts() -> None:
    types = [event.type() for event in EVENTS if event.happened != "erasure.completed"]
    assert len(types) == len(set(types))


def test_an_event_is_found_by_either_import() -> None:
    text = "from imdi_contracts import matching as m\nfrom imdi_contracts.matching import VacancyPosted as Posted\n"
    tree = ast.parse(f"{text}Posted(a=1)\nKINDS = [m.VacancyClosed]\n")
    assert sorted(mentions(tree, "matching")) == [("VacancyClosed", False), ("VacancyPosted", True)]
