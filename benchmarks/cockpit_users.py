"""Fifty people at a cockpit: real connections that are kept, each person with a seeded way through the pages.

A person opens the overview with its files and then goes on: targets with filters and in pages, single targets with
their months, tasks, explanations in the drawer, data as JSON, pages that were open before. What came is looked at:
status, length, and of every tenth answer the content itself, unpacked. The seconds of this process are told apart from
those of the server.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import quantiles

from benchmarks.cockpit_city import FIELDS, INDICATORS, MONTHS, ORGANISATIONS, VERDICTS, _month

USERS, VIEWS, SEED = 50, 14, 7
LOOKED_AT = 10
EVERY = 3
HOST = "127.0.0.1"
FILES = (
    *(f"css/{name}.css" for name in ("tokens", "base", "shell", "parts", "pages", "print", "dark")),
    *(
        f"js/{name}.js"
        for name in ("theme", "drawer", "page", "charts", "series", "paths", "power", "energy", "inventory", "hours")
    ),
    "mark.svg",
    "vendor/htmx.min.js",
    "vendor/echarts.min.js",
)
"""What a browser fetches with the overview, once."""
KINDS = (("overview", 2), ("targets", 5), ("target", 5), ("tasks", 3), ("explain", 5), ("json", 3), ("again", 2))


@dataclass(slots=True)
class Told:
    """What the people met: seconds by kind of page, and what was wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    carried: int = 0

    def percentiles(self) -> dict[str, dict[str, float]]:
        """Median, 95th and 99th percentile and number of answers by kind, of all and of all but the files. [ms]"""
        pages = [one for kind, listed in self.seconds.items() if kind != "static" for one in listed]
        every = {**self.seconds, "pages": pages, "all": [*pages, *self.seconds["static"]]}
        return {kind: _percentiles(listed) for kind, listed in sorted(every.items()) if len(listed) > 1}


def _percentiles(listed: list[float]) -> dict[str, float]:
    at = quantiles(listed, n=100, method="inclusive")
    return {
        "p50_ms": round(at[49] * 1e3, 1),
        "p95_ms": round(at[94] * 1e3, 1),
        "p99_ms": round(at[98] * 1e3, 1),
        "n": len(listed),
    }


class Person:
    """One person with one kept connection and the marks (ETag) of the pages that were open."""

    def __init__(self, number: int, port: int, told: Told, visit: str) -> None:
        self.chance = random.Random(SEED * 1000 + number)
        self.port, self.told = port, told
        self.language = "zh" if self.chance.random() < 0.7 else "en"
        self.marks: dict[str, str] = {}
        self.cookies = f"lang={self.language}" + (f"; {visit}" if visit and number % EVERY == 0 else "")

    async def go(self, pause: float) -> None:
        """Open the overview with its files, then some pages, with a pause before each. [s]"""
        self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
        await asyncio.sleep(self.chance.uniform(0, pause))
        await self.get("overview", "/yangli/")
        for path in FILES:
            await self.get("static", f"/static/{path}")
        for _ in range(VIEWS):
            await asyncio.sleep(self.chance.expovariate(1 / pause) if pause else 0)
            kind = self.chance.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
            if kind == "again":
                path, mark = self.chance.choice(sorted(self.marks.items()) or [("/yangli/", "")])
                await self.get(kind, path, mark)
            else:
                await self.get(kind, self.choose(kind))
        self.writer.close()

    def choose(self, kind: str) -> str:
        """Address of a page of a kind."""
        chance, at = self.chance, self.chance.randrange(INDICATORS)
        if kind == "targets":
            return "/yangli/targets?" + chance.choice((
                "", f"offset={50 * chance.randrange(40)}", f"field={chance.choice(FIELDS)}",
                f"verdict={chance.choice(VERDICTS)}", f"verdict={chance.choice(VERDICTS)}&field={chance.choice(FIELDS)}",
                f"sort={chance.choice(('year', 'indicator', 'plan'))}",
                f"q={at % 100:02d}",
            ))  # fmt: skip
        if kind == "tasks":
            return "/yangli/tasks?" + chance.choice(
                ("", f"organisation=市第{1 + at % ORGANISATIONS}局", f"chapter=第{1 + at % 5}章")
            )
        if kind == "explain":
            node = chance.choice((f"facts/M{at:04d}.{_month(at % MONTHS)}", f"verdicts/M{at:04d}", f"targets/M{at:04d}"))
            return f"/yangli/explain/{node}?fragment=1"
        if kind == "json":
            return chance.choice((
                f"/api/v1/cities/yangli/verdicts?offset={100 * chance.randrange(20)}&limit=100",
                f"/yangli/targets/M{at:04d}.json",
                f"/api/v1/cities/yangli/explain/facts/M{at:04d}.{_month(at % MONTHS)}", "/yangli/overview.json",
            ))  # fmt: skip
        return {"overview": "/yangli/", "target": f"/yangli/targets/M{at:04d}"}[kind]

    async def get(self, kind: str, path: str, mark: str = "") -> None:
        """Ask for an address, note the seconds and what was wrong."""
        more = f"Cookie: {self.cookies}\r\n" + (f"If-None-Match: {mark}\r\n" if mark else "")
        asked = path.encode("utf-8")
        quoted = "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in asked)
        head = f"GET {quoted} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAccept-Encoding: gzip\r\n{more}\r\n"
        start = time.perf_counter()
        said = (await self._ask(head.encode("ascii"))).decode("latin-1")
        body = await self._body(said.lower())
        self.told.seconds.setdefault(kind, []).append(time.perf_counter() - start)
        self.told.carried += len(said) + len(body)
        self._look(path, mark, said, body)

    async def _ask(self, head: bytes) -> bytes:
        """Send a request and return the head of the answer; what lay idle too long is opened anew, as browsers do."""
        try:
            self.writer.write(head)
            return await self.reader.readuntil(b"\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
            self.writer.write(head)
            return await self.reader.readuntil(b"\r\n\r\n")

    async def _body(self, said: str) -> bytes:
        if " 304" in said[:13]:
            return b""
        if found := re.search(r"content-length: (\d+)", said):
            return await self.reader.readexactly(int(found[1]))
        parts = []
        while size := int((await self.reader.readuntil(b"\r\n")).strip(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return b"".join(parts)

    def _look(self, path: str, mark: str, said: str, body: bytes) -> None:
        """Whether an answer is one: its status, and of every tenth the content."""
        status = int(said[9:12])
        if status not in ((200, 304) if mark else (200,)):
            self.told.wrong.append(f"{status} {path}")
        if "/static/" in path or not body:
            return
        if found := re.search(r"(?im)^etag: (\S+)", said):
            self.marks[path] = found[1]
        if self.chance.random() < 1 / LOOKED_AT:
            plain = gzip.decompress(body) if "content-encoding: gzip" in said.lower() else body
            if not plain.rstrip().endswith((b">", b"}", b"]")):
                self.told.wrong.append(f"cut off {path}")


async def send_people(port: int, pause: float, told: Told, visit: str) -> None:
    """Let all people go their ways at once; every third is logged in where ``visit`` holds cookies."""
    people = [Person(number, port, told, visit) for number in range(USERS)]
    ways: list[Callable[[float], Awaitable[None]]] = [one.go for one in people]
    await asyncio.gather(*(way(pause) for way in ways))
