"""compose, Kubernetes and the image against the code: unrun here, so checked as far as reading goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from imdi_local.kafka_jars import VERSION
from imdi_local.provision import wanted
from imdi_local.surroundings import ENCRYPTING, PORTAL, PORTS, ROLES, ServiceCode, installed

DEPLOY = Path(__file__).parents[2]
ROOT = DEPLOY.parent
SERVICES = {service.name: service for service in installed()}
BACKENDS = [service for service in SERVICES.values() if service.has_database]
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())
MANIFESTS: dict[str, list[dict[str, Any]]] = {
    path.stem: list(yaml.safe_load_all(path.read_text())) for path in (DEPLOY / "kubernetes").glob("*.yaml")
}
PRODUCTION_KEYS = {"DATABASE_URL", "MASTER_KEY", "MIGRATOR_DATABASE_URL"}
"""What Kubernetes gives by secrets rather than in the open."""


def settings_of(service: ServiceCode) -> type[BaseSettings]:
    found: type[BaseSettings] = import_module(f"{service.command[-1]}.settings").Settings
    return found


def demanded(service: ServiceCode) -> set[str]:
    fields = settings_of(service).model_fields.items()
    return {service.prefix + name.upper() for name, field in fields if field.is_required()}


def readable(service: ServiceCode) -> set[str]:
    return {service.prefix + name.upper() for name in settings_of(service).model_fields}


def test_every_service_is_known_to_these_files() -> None:
    assert set(SERVICES) == set(PORTS)


@pytest.mark.parametrize("service", BACKENDS, ids=lambda service: service.name)
def test_compose_has_every_role_of_a_service(service: ServiceCode) -> None:
    containers = COMPOSE["services"]
    whole = containers[service.name]
    assert (whole["command"], whole["profiles"]) == (["serve"], ["together"])
    for role in ROLES:
        assert (containers[f"{service.name}-{role}"]["command"]) == [role]
        assert containers[f"{service.name}-{role}"]["profiles"] == ["apart"]
    assert containers[f"{service.name}-api"]["networks"]["default"]["aliases"] == [service.name]
    assert containers[f"{service.name}-migrate"]["command"] == ["migrate"]


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_compose_tells_each_service_what_it_reads_and_demands(service: ServiceCode) -> None:
    for name in [service.name, *(f"{service.name}-{role}" for role in (*ROLES, "migrate"))]:
        if name in COMPOSE["services"]:
            told = set(COMPOSE["services"][name]["environment"])
            assert demanded(service) <= told <= readable(service)
            assert (f"{service.prefix}MIGRATOR_DATABASE_URL" in told) == name.endswith("-migrate")
    port = str(8000 + PORTS[service.name])
    assert COMPOSE["services"][service.name]["environment"][f"{service.prefix}PORT"] == port
    assert COMPOSE["services"][service.name]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert COMPOSE["services"][service.name]["build"]["args"] == {"SERVICE": service.name}


def test_compose_waits_for_what_is_there_and_needs_no_secret_it_does_not_name() -> None:
    for container in COMPOSE["services"].values():
        assert set(container.get("depends_on", {})) <= set(COMPOSE["services"])
    used = set(re.findall(r"\$\{(\w+):\?\}", (DEPLOY / "compose/compose.yaml").read_text()))
    named = {line.split("=")[0] for line in (DEPLOY / "compose/.env.example").read_text().splitlines() if "=" in line}
    assert used == named


@pytest.mark.parametrize("service", BACKENDS, ids=lambda service: service.name)
def test_provisioning_makes_the_databases_that_the_services_open(service: ServiceCode) -> None:
    filled = {
        name: re.sub(r"\$\{\w+:\?\}", "filled", str(value))
        for name, value in COMPOSE["services"]["provision"]["environment"].items()
    }
    assert wanted(service, filled).name == service.database
    opened = COMPOSE["services"][service.name]["environment"][f"{service.prefix}DATABASE_URL"]
    assert opened == COMPOSE["services"]["provision"]["environment"][f"{service.prefix}DATABASE_URL"]


def test_servers_are_the_versions_that_are_tested() -> None:
    assert COMPOSE["services"]["kafka"]["image"] == f"apache/kafka:{VERSION}"
    assert int(COMPOSE["services"]["postgres"]["image"].split(":")[1]) >= 18


def resources(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, documents in MANIFESTS.items():
        yield from ((name, document) for document in documents if document["kind"] == kind)


def one(name: str, kind: str, called: str) -> dict[str, Any]:
    [found] = [each for each in MANIFESTS[name] if each["kind"] == kind and each["metadata"]["name"] == called]
    return found


def container_of(workload: dict[str, Any]) -> dict[str, Any]:
    [container] = workload["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = container
    return found


def test_kustomization_names_every_manifest() -> None:
    [kustomization] = MANIFESTS["kustomization"]
    assert {f"{name}.yaml" for name in MANIFESTS} - {"kustomization.yaml"} == set(kustomization["resources"])


@pytest.mark.parametrize("service", BACKENDS, ids=lambda service: service.name)
def test_kubernetes_scales_each_role_apart(service: ServiceCode) -> None:
    for role in ROLES:
        stateful = role in {"projections", "policies"}
        workload = one(service.name, "StatefulSet" if stateful else "Deployment", f"{service.name}-{role}")
        container = container_of(workload)
        assert container["args"] == [role]
        own = {each["name"]: each for each in container.get("env", [])}
        assert (f"{service.prefix}INSTANCE" in own) == stateful
        assert set(own) <= readable(service)
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert workload["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert container_of(one(service.name, "Job", f"{service.name}-migrate"))["args"] == ["migrate"]


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_kubernetes_tells_each_service_what_it_reads_and_demands(service: ServiceCode) -> None:
    told = one(service.name, "ConfigMap", service.name)["data"]
    secret = {service.prefix + name for name in PRODUCTION_KEYS}
    assert demanded(service) - secret <= set(told) <= readable(service) - secret
    assert all(isinstance(value, str) for value in told.values())
    port = 8000 + PORTS[service.name]
    assert told[f"{service.prefix}PORT"] == str(port)
    assert one(service.name, "Service", service.name)["spec"]["ports"][0]["port"] == port
    front = one(service.name, "Deployment", service.name if service.name == PORTAL else f"{service.name}-api")
    assert container_of(front)["ports"][0]["containerPort"] == port
    assert container_of(front)["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_no_workload_runs_as_root_or_knows_a_secret_it_does_not_need() -> None:
    for kind in ("Deployment", "StatefulSet", "Job"):
        for name, workload in resources(kind):
            pod = workload["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"] is True
            container = container_of(workload)
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            secrets = {source["secretRef"]["name"] for source in container["envFrom"] if "secretRef" in source}
            owners = {f"{name}-migrator"} if workload["metadata"]["name"].endswith("-migrate") else set()
            assert secrets == ({name} if name != PORTAL else set()) | owners


def test_master_keys_are_asked_of_those_who_encrypt() -> None:
    asked = {service.name for service in BACKENDS if f"{service.prefix}MASTER_KEY" in demanded(service)}
    assert asked == set(ENCRYPTING)


def test_the_image_is_made_of_what_is_there() -> None:
    text = (DEPLOY / "images/service.Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    [version] = re.findall(r"ARG UV_VERSION=(\S+)", text)
    assert f"UV_VERSION := {version}" in (ROOT / "Makefile").read_text()
    assert "uv sync --frozen --no-dev --no-editable --package" in text
