from __future__ import annotations

import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

import imdi_portal


class Page(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_with_all_ready_it_says_so_and_links_to_each(portal: httpx.Client, stands: dict[str, Any]) -> None:
    answer = portal.get("/")
    assert answer.status_code == 200
    assert "All four services are ready." in answer.text
    links = {link["href"] for link in Page(answer.text).all("a")}
    for each in stands.values():
        assert {f"{each.url}/docs", f"{each.url}/openapi.json"} <= links
    assert answer.text.count("0.1.0") >= 4


def test_visitors_are_led_to_where_they_can_go(behind_a_proxy: httpx.Client, stands: dict[str, Any]) -> None:
    text = behind_a_proxy.get("/").text
    assert "All four services are ready." in text
    assert "POST https://registry.example.org/v1/members" in text
    assert "https://registry.example.org/oauth/token" in text
    links = {link["href"] for link in Page(text).all("a")}
    assert {"https://registry.example.org/docs", f"{stands['matching'].url}/docs"} <= links
    assert stands["registry"].url not in text


def test_it_asks_anew_each_time(portal: httpx.Client, stands: dict[str, Any]) -> None:
    portal.get("/")
    stands["matching"].answers["/health/ready"] = (200, {"status": "degraded", "degraded": ["kafka"]})
    stands["legislation"].answers["/health/ready"] = (503, {"status": "not_ready", "degraded": []})
    stands["registry"].answers["/version"] = (200, {"version": "0.1.0", "unsafe": ["clock_offset_file"]})
    stands["worker-prep"].hangs_up = True
    text = portal.get("/").text
    assert "Matching is degraded; legislation is not ready; worker-prep is away." in text
    assert "(without kafka)" in text
    assert "unsafe: clock_offset_file" in text


def test_a_silent_service_costs_no_more_than_the_patience(portal: httpx.Client, stands: dict[str, Any]) -> None:
    for each in stands.values():
        each.silence_s = 3
    began = time.monotonic()
    text = portal.get("/", timeout=10).text
    assert time.monotonic() - began < 2.8
    assert text.count('class="state away"') == 4


@pytest.mark.parametrize(
    "body", [b"", b"<html>", [], {"degraded": 7}, b'{"degraded": null}', {"degraded": ["<script>alert(1)</script>"]}]
)
def test_strange_answers_break_nothing(portal: httpx.Client, stands: dict[str, Any], body: Any) -> None:
    stands["registry"].answers["/health/ready"] = (200, body)
    answer = portal.get("/")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "Registry is" in answer.text


def test_nothing_but_its_own_style_is_let_in(portal: httpx.Client) -> None:
    for path in ("/", "/static/portal.css", "/health/live", "/nowhere"):
        policy = portal.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
    page = Page(portal.get("/").text)
    assert not page.all("script")
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in page.tags)
    assert [sheet["href"] for sheet in page.all("link")] == ["/static/portal.css"]
    assert len(portal.get("/static/portal.css").content) < 4096


def test_it_can_be_read_by_everybody(portal: httpx.Client) -> None:
    page = Page(portal.get("/").text)
    assert page.all("html")[0]["lang"] == "en"
    assert all(len(page.all(tag)) == 1 for tag in ("header", "main", "footer", "h1", "title", "caption"))
    assert {cell["scope"] for cell in page.all("th")} == {"col", "row"}
    assert page.all("a")[0]["href"] == f"#{page.all('main')[0]['id']}"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(sign * 2 for sign in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_colour_has_contrast_in_light_and_dark() -> None:
    sheet = (Path(str(imdi_portal.__file__)).parent / "static/portal.css").read_text()
    schemes = [line for line in sheet.splitlines() if "--paper:" in line]
    assert len(schemes) == 2
    for scheme in schemes:
        pairs = (part.split(":") for part in scheme.replace("{", ";").replace("}", ";").split(";") if "--" in part)
        colours = {name.strip(): luminance(value.strip()) for name, value in pairs}
        paper = colours.pop("--paper")
        colours.pop("--line")
        for name, ink in colours.items():
            high, low = max(ink, paper), min(ink, paper)
            assert (high + 0.05) / (low + 0.05) >= 4.5, name


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/health/live", {"status": "live"}),
        ("/health/ready", {"status": "ready", "degraded": []}),
        ("/version", {"service": "portal", "version": "0.1.0", "unsafe": []}),
    ],
)
def test_it_answers_supervisors_like_every_service(portal: httpx.Client, path: str, expected: dict[str, Any]) -> None:
    assert portal.get(path).json() == expected
