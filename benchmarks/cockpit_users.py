"""Fifty people at a cockpit: real connections that are kept, each person with a seeded way through the pages.

A person opens the overview with its files and then goes on through the kinds of pages of ``cockpit_kinds``. What came is
looked at: status, length, and of every tenth answer the content itself, unpacked. The seconds of this process are told
apart from those of the server.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from benchmarks.cockpit_kinds import SLUG, Kind

USERS, SEED = 50, 7
LOOKED_AT = 10
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


@dataclass(frozen=True, slots=True)
class Visit:
    """Cookies of one who is logged in, with the role; both empty for others."""

    role: str = ""
    cookies: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """What the people do.

    Parameters
    ----------
    kinds : mapping of str to Kind
        Kinds of pages that they open.
    pause : float
        Mean time before each page. [s]
    views : int
        Pages that each opens after the first.
    """

    kinds: Mapping[str, Kind]
    pause: float
    views: int


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

    def __init__(self, number: int, port: int, told: Told, visit: Visit) -> None:
        self.chance = random.Random(SEED * 1000 + number)
        self.port, self.told, self.role = port, told, visit.role
        self.language = "zh" if self.chance.random() < 0.7 else "en"
        self.marks: dict[str, str] = {}
        self.cookies = f"lang={self.language}" + (f"; {visit.cookies}" if visit.cookies else "")

    async def go(self, way: Way) -> None:
        """Open the overview with its files, then some pages, with a pause before each."""
        await self.come()
        await asyncio.sleep(self.chance.uniform(0, way.pause))
        await self.get("overview", f"/{SLUG}/")
        for path in FILES:
            await self.get("static", f"/static/{path}")
        open_to = {name: kind for name, kind in way.kinds.items() if self.role in kind.who}
        for _ in range(way.views):
            await asyncio.sleep(self.chance.expovariate(1 / way.pause) if way.pause else 0)
            name = self.chance.choices(list(open_to), [kind.weight for kind in open_to.values()])[0]
            if name == "again":
                path, mark = self.chance.choice(sorted(self.marks.items()) or [(f"/{SLUG}/", "")])
                await self.get(name, path, mark)
            else:
                await self.get(name, open_to[name].choose(self.chance))
        self.writer.close()

    async def come(self) -> None:
        """Open the connection."""
        self.reader, self.writer = await asyncio.open_connection(HOST, self.port)

    async def look_once(self, kinds: Mapping[str, Kind]) -> None:
        """Open the first address of each kind, one after the other."""
        await self.come()
        for name, kind in kinds.items():
            if kind.addresses and self.role in kind.who:
                await self.get(name, kind.first(self.chance))
        self.writer.close()

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
        if self.chance.random() < 1 / LOOKED_AT and "text/csv" not in said.lower():
            plain = gzip.decompress(body) if "content-encoding: gzip" in said.lower() else body
            if not plain.rstrip().endswith((b">", b"}", b"]")):
                self.told.wrong.append(f"cut off {path}")


async def send_people(port: int, way: Way, told: Told, visits: Sequence[Visit]) -> None:
    """Let all people go their ways at once; ``visits`` are what they bring in turn."""
    people = [Person(number, port, told, visits[number % len(visits)]) for number in range(USERS)]
    await asyncio.gather(*(one.go(way) for one in people))


async def open_first(port: int, kinds: Mapping[str, Kind], visit: Visit) -> Told:
    """What one person met who opens each kind of page once, in Chinese."""
    told = Told()
    one = Person(USERS, port, told, visit)
    one.cookies = f"lang=zh; {visit.cookies}".rstrip("; ")
    await one.look_once(kinds)
    return told
