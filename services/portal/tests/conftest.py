"""Real HTTP: small services that answer as they are told, and the portal in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

NAMES = ("registry", "matching", "legislation", "worker-prep")


def sound_answers() -> dict[str, tuple[int, Any]]:
    return {
        "/health/ready": (200, {"status": "ready", "degraded": []}),
        "/version": (200, {"version": "0.1.0", "unsafe": []}),
    }


@dataclass
class Stand:
    """A service's stand-in on a real port: status and body by path; silent, or hanging up, where told so."""

    url: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=sound_answers)
    silence_s: float = 0
    hangs_up: bool = False

    def recover(self) -> None:
        self.answers, self.silence_s, self.hangs_up = sound_answers(), 0, False


@contextmanager
def standing() -> Iterator[Stand]:
    made = Stand()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(made.silence_s)
            if made.hangs_up:
                return
            status, body = made.answers[self.path]
            self.send_response(status)
            with suppress(ConnectionError):  # the portal's patience ended first
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}"
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def stood() -> Iterator[dict[str, Stand]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(standing()) for name in NAMES}


@pytest.fixture
def stands(stood: dict[str, Stand]) -> dict[str, Stand]:
    """The four services, all well again."""
    for each in stood.values():
        each.recover()
    return stood


@contextmanager
def serving(stood: dict[str, Stand], **more: str) -> Iterator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    addresses = {f"IMDI_PORTAL_{name.upper().replace('-', '_')}_URL": each.url for name, each in stood.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "imdi_portal", "serve"], env=addresses | more | {"IMDI_PORTAL_PORT": str(port)}
    )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        try:
            wait_until_live(client, process)
            yield client
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module")
def served(stood: dict[str, Stand]) -> Iterator[httpx.Client]:
    with serving(stood) as client:
        yield client


@pytest.fixture
def behind_a_proxy(stands: dict[str, Stand]) -> Iterator[httpx.Client]:
    """A portal whose visitors find registry elsewhere than it does itself."""
    with serving(stands, IMDI_PORTAL_REGISTRY_PUBLIC_URL="https://registry.example.org/") as client:
        yield client


@pytest.fixture
def portal(served: httpx.Client, stands: dict[str, Stand]) -> httpx.Client:
    """``python -m imdi_portal serve`` on a free port, before four sound services."""
    return served


def wait_until_live(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            client.get("/health/live").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)  # the port opens when it opens: there is nothing to wait on
        else:
            return
    raise AssertionError("the portal did not start")
