"""Instruments as JSON-LD: schema.org's Legislation, terms of ELI where schema.org has none, and our own beside them.

What schema.org and ELI can say is said in their terms; ``imdi:statements`` holds all of it, so that what is exported
can be entered elsewhere without loss. A file that has no such statements is read by its schema.org and ELI relations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imdi_legislation.domain.fields import FieldError, Invalid

CONTEXT: dict[str, Any] = {
    "@vocab": "https://schema.org/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "imdi": "urn:imdi:vocabulary:",
    "imdi:statements": {"@type": "@json"},
}
SCHEMA_ORG = ("https://schema.org", "https://schema.org/", "http://schema.org", "http://schema.org/")
"""The spellings in use of the one vocabulary."""
FIELDS = {
    "legislationIdentifier": "code",
    "name": "title",
    "legislationType": "type",
    "legislationJurisdiction": "parties",
    "legislationDate": "adopted_on",
    "eli:first_date_entry_in_force": "in_force_on",
    "url": "official_url",
    "keywords": "topics",
    "imdi:level": "level",
    "imdi:status": "status",
    "imdi:confidence": "confidence",
    "imdi:verified_on": "verified_on",
    "imdi:note": "note",
    "imdi:binding": "binding",
    "imdi:statements": "statements",
}
RELATIONS = {
    "legislationAmends": "amends",
    "legislationRepeals": "repeals",
    "legislationEnsuresImplementationOf": "implements",
    "legislationTransposes": "transposes",
    "citation": "cites",
    "legislationConsolidates": "consolidates",
    "legislationCommences": "commences",
    "eli:based_on": "based_on",
    "isPartOf": "is_part_of",
}
FORCE = {"in_force": "InForce", "partly_in_force": "PartiallyInForce"}
_SAID = {"@type", "@id", "@context", "legislationLegalForce"}
_URN = "urn:imdi:instrument:"


def to_json_ld(instrument: Mapping[str, Any], statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One instrument as a node; ``statements`` are bodies of ``POST …/statements``."""
    plain = {**instrument, "statements": list(statements)}
    node: dict[str, Any] = {"@type": "Legislation", "@id": f"{_URN}{instrument['code']}"}
    node |= {term: plain[name] for term, name in FIELDS.items() if plain.get(name) not in (None, [])}
    node["legislationLegalForce"] = f"https://schema.org/{FORCE.get(instrument['status'], 'NotInForce')}"
    terms = {relation: term for term, relation in RELATIONS.items()}
    for each in statements:
        if each["kind"] == "relation":
            node.setdefault(terms[each["relation"]], []).append({"@id": f"{_URN}{each['object']}"})
    return node


def from_json_ld(document: Any) -> list[dict[str, Any]]:
    """The nodes of a document as bodies of ``POST /v1/instruments``; ``Invalid`` where it is no such document.

    Keys are read as this module writes them: another context would give them another meaning.
    """
    if isinstance(document, Mapping) and not _is_ours(document.get("@context")):
        raise Invalid(
            [FieldError("document.@context", "context", "The context of an export, https://schema.org, or none.")]
        )
    graph = document.get("@graph", [document]) if isinstance(document, Mapping) else document
    if not isinstance(graph, list) or not all(isinstance(node, Mapping) for node in graph):
        raise Invalid([FieldError("document", "json_ld", "A node of type Legislation, a list of them, or a @graph.")])
    return [_body(node) for node in graph]


def _is_ours(context: Any) -> bool:
    """Whether keys mean under a context, or each of a list of them, what this module writes by them."""
    if isinstance(context, list):
        return all(_is_ours(each) for each in context)
    if isinstance(context, Mapping):
        vocabulary = context.get("@vocab", CONTEXT["@vocab"])
        return vocabulary in SCHEMA_ORG and all(
            name == "@vocab" or meaning == CONTEXT.get(name) for name, meaning in context.items()
        )
    return context is None or context in SCHEMA_ORG


def _body(node: Mapping[str, Any]) -> dict[str, Any]:
    """An unknown term keeps its name, so that the row is refused by it."""
    body: dict[str, Any] = {}
    for term, value in node.items():
        if term in FIELDS:
            body[FIELDS[term]] = [value] if FIELDS[term] in {"parties", "topics"} and isinstance(value, str) else value
        elif term not in _SAID and term not in RELATIONS:
            body[term] = value
    if "statements" not in body:
        source = body["official_url"] if isinstance(body.get("official_url"), str) else "as imported"
        body["statements"] = [
            {"kind": "relation", "relation": RELATIONS[term], "object": _code(each), "source": source}
            for term, value in node.items()
            if term in RELATIONS
            for each in (value if isinstance(value, list) else [value])
        ]
    return body


def _code(reference: Any) -> Any:
    """The code to which a node refers, by its ``@id`` or ``legislationIdentifier``, or as a text."""
    if isinstance(reference, Mapping):
        reference = reference.get("legislationIdentifier") or reference.get("@id")
    return reference.removeprefix(_URN) if isinstance(reference, str) else None
