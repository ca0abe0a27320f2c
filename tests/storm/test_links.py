"""A link passes on what it is given, in order; it can be slow, torn, and closed, and serves again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.storm.links import Link

from imdi_local import ports

LINES = [f"line {number}\n".encode() for number in range(200)]
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while some := await reader.read(4096):
            writer.write(some)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest_asyncio.fixture
async def link() -> AsyncIterator[Link]:
    near, far = ports.free(2)
    server = await asyncio.start_server(_echo, "127.0.0.1", far)
    opened = Link(near, far)
    await opened.up()
    yield opened
    opened.down()
    server.close()


async def _call(link: Link) -> Ends:
    return await asyncio.open_connection("127.0.0.1", link.port)


async def test_everything_comes_through_in_order_though_the_link_grows_slow_and_fast_again(link: Link) -> None:
    reader, writer = await _call(link)
    for number, line in enumerate(LINES):
        link.latency_s = 0.05 if 50 <= number < 100 else 0.0
        writer.write(line)
        await asyncio.sleep(0)
    got = [await asyncio.wait_for(reader.readline(), 10) for _ in LINES]
    assert got == LINES
    writer.close()


async def test_a_slow_link_takes_its_time_both_ways(link: Link) -> None:
    reader, writer = await _call(link)
    link.latency_s = 0.2
    began = time.monotonic()
    writer.write(b"x\n")
    await asyncio.wait_for(reader.readline(), 10)
    assert time.monotonic() - began >= 0.4
    writer.close()


async def test_a_torn_link_resets_and_serves_the_next(link: Link) -> None:
    reader, writer = await _call(link)
    writer.write(b"x\n")
    await asyncio.wait_for(reader.readline(), 10)
    link.tear()
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(_read_all(reader), 10)
    writer.close()
    reader, writer = await _call(link)
    writer.write(b"y\n")
    assert await asyncio.wait_for(reader.readline(), 10) == b"y\n"
    writer.close()


async def _read_all(reader: asyncio.StreamReader) -> None:
    while await reader.read(100):
        continue


async def test_a_closed_link_refuses_until_it_is_open_again(link: Link) -> None:
    link.down()
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await _call(link)
    await link.up()
    _, writer = await _call(link)
    writer.close()


async def test_a_link_to_nobody_ends_the_call() -> None:
    near, far = ports.free(2)
    link = Link(near, far)
    await link.up()
    reader, writer = await _call(link)
    assert await asyncio.wait_for(_ends(reader), 10)
    writer.close()
    link.down()


async def _ends(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read(1) == b""
    except ConnectionResetError:
        return True
