"""Apache Kafka's jars: fetched once by jgo, checked against the committed list, kept in the user's cache.

``kafka.sha256`` holds one line per jar, as ``sha256sum`` prints it; a jar that is not on it, or differs, is refused.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from jgo.env import Environment, EnvironmentBuilder, LinkStrategy
from jgo.maven import MavenContext, PythonResolver

from imdi_local.cache import cache
from imdi_local.trouble import Trouble

VERSION = "4.3.1"
LOG_BINDING = "2.25.4"
ENDPOINT = f"org.apache.kafka:kafka_2.13:{VERSION}+org.apache.logging.log4j:log4j-slf4j-impl:{LOG_BINDING}!"
"""The binding is what makes Kafka's log appear. ``!``: its own parent must not decide versions, or it puts Kafka 3.9's
client library, and older jackson, under Kafka 4.3."""
EXPECTED = Path(__file__).with_name("kafka.sha256")


def kafka_jars(tell: Callable[[str], None] = lambda _: None) -> list[Path]:
    """The jars, from the cache where they are there; two first starts at once fetch once.

    ``tell`` hears the name and size of each file that is fetched.

    Raises Trouble where they cannot be fetched or kept, or are not the ones this release was tested with.
    """
    folder = cache()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _kept_jars(folder, tell)
    except OSError as error:
        raise Trouble(
            f"Apache Kafka's jars cannot be kept in {folder} ({error.strerror or error})",
            "make room there and let this user write, or name another folder in XDG_CACHE_HOME",
        ) from error


def _kept_jars(folder: Path, tell: Callable[[str], None]) -> list[Path]:
    with FileLock(folder / "kafka.lock"):
        expected = _expected()
        checked = folder / f"kafka-{VERSION}.checked"
        known = checked.exists() and checked.read_text() == EXPECTED.read_text()
        jars = _resolve(folder, tell, offline=known)
        if not known or {jar.name for jar in jars} != set(expected):
            _demand_equal(jars, expected)
            checked.write_text(EXPECTED.read_text())
        return jars


def fetched() -> bool:
    """Whether the next start can do without the network."""
    return (cache() / f"kafka-{VERSION}.checked").exists()


def main() -> int:
    """Fetches as a process of its own, which can be stopped: prints what it fetches, or what is wrong."""
    try:
        kafka_jars(print)
    except Trouble as trouble:
        print(trouble)
        return 1
    return 0


def _resolve(folder: Path, tell: Callable[[str], None], *, offline: bool) -> list[Path]:
    @contextmanager
    def progress(name: str, size: int) -> Iterator[Callable[[int], None]]:
        if name.endswith(".jar"):
            tell(f"{name} ({size / 1e6:.1f} MB)")
        yield lambda _: None

    resolver = PythonResolver(progress_callback=progress)
    context = MavenContext(resolver, repo_cache=folder / "maven", offline=offline, timeout=60)
    builder = EnvironmentBuilder(context=context, link_strategy=LinkStrategy.HARD, cache_dir=folder / "jgo")
    try:
        environment: Environment = builder.from_endpoint(ENDPOINT)
    except Exception as error:  # jgo raises whatever its HTTP client, its XML parser or the disk raise
        if offline:
            return _resolve(folder, tell, offline=False)
        cause = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise Trouble(
            f"Apache Kafka {VERSION} could not be fetched from the Maven registry ({cause})",
            "check the network and any proxy (HTTPS_PROXY), then start again: what was fetched already is kept",
        ) from error
    return environment.all_jars


def _expected() -> dict[str, str]:
    lines = (line.split() for line in EXPECTED.read_text().splitlines() if line)
    return {name: digest for digest, name in lines}


def _demand_equal(jars: list[Path], expected: dict[str, str]) -> None:
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in jars}
    wrong = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    if wrong:
        raise Trouble(
            f"these jars of Apache Kafka are not the ones IMDI was tested with: {', '.join(wrong)}",
            f"remove {cache()} and start again; if it stays so, the registry in use serves other files: do not use it",
        )


if __name__ == "__main__":
    sys.exit(main())
