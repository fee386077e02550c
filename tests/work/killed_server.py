"""A server that is killed while files are handed in and taken in; started as ``python -m tests.work.killed_server``.

Everything is imported once; then each round forks a server, a client works against it, and SIGKILL meets the server at a moment
that a seeded generator chose. What the client was told (a redirect to the file's page) is compared with what is found.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

import dafeng as df
from dafeng.store import accounts
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.work.uploads import find_upload, list_uploads, read_upload

PASSWORD = "a quite long password"
INDICATORS = (("能源消费总量", "万吨标准煤"), ("水泥熟料产量", "万吨"), ("绿色工厂数量", "家"))
LONGEST = 60.0
"""How long a form is waited for before the server is killed anyway. [s]"""
FIGURES = len(INDICATORS)
"""Figures of a file."""


@dataclass
class Told:
    """What the client was told."""

    kept: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    asked: int = 0
    usual: float = 0.2
    """Time that a form took last. [s]"""


def table(number: int) -> bytes:
    """A file whose figures no other file has."""
    period = f"{1980 + number // 12}-{number % 12 + 1:02d}"
    rows = [f"{name},{period},{number + 1},{unit}" for name, unit in INDICATORS]
    return ("指标,时期,数值,单位\n" + "\n".join(rows) + "\n").encode()


def corrected(name: str) -> str:
    """The cell of a file that is corrected on the way."""
    return f"{name}!C2"


def begin(city: df.City) -> tuple[int, str]:
    """Process and address of a server that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = os.fork()
    if child == 0:
        try:
            uvicorn.run(create_app([], offices=[city]), host="127.0.0.1", port=port, log_level="critical")
        finally:
            os._exit(0)
    base = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{base}/{city.slug}/login", timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.02)
    return child, base


def work(base: str, slug: str, numbers: list[int], told: Told) -> None:
    """Hand in and take in file after file until the server is gone."""
    with httpx.Client(base_url=base, timeout=20) as client:
        token = _token(client.get(f"/{slug}/login"))
        client.post(f"/{slug}/login", data={"token": token, "name": "zhang", "password": PASSWORD})
        for number in numbers:
            home = f"/{slug}/deliver/"
            token = _token(client.get(home))
            answer = _send(client, told, home, data={"token": token}, files={"file": (f"{number}.csv", table(number))})
            place = answer.headers["location"]
            told.kept.add(place.split("/")[3])
            fields = {"a.0": corrected(f"{number}.csv"), "d.0": "correct", "v.0": "4321", "r.0": "wrong"}
            _send(client, told, place + "take", data={"token": token, **fields})
            told.taken.add(place.split("/")[3])


def _send(client: httpx.Client, told: Told, path: str, **form: Any) -> httpx.Response:
    """A form that the server says it has acted on."""
    told.asked += 1
    begun = time.monotonic()
    answer = client.post(path, **form)
    assert answer.status_code == 303, answer.text
    told.usual = time.monotonic() - begun
    return answer


def kill_at(child: int, told: Told, form: int, part: float) -> None:
    """Kill a server within its n-th form, or soon after it."""
    until = time.monotonic() + LONGEST
    while told.asked < form and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(part * told.usual)
    os.kill(child, signal.SIGKILL)


def _token(page: httpx.Response) -> str:
    return re.findall(r'name="token" value="([^"]+)"', page.text)[0]


def check(city: df.City, told: Told) -> list[str]:
    """What is not as it was told, or only half there."""
    faults = []
    uploads = list_uploads(city)
    rows = city.facts.read().to_pylist()
    wrong = {row["fact"] for row in rows if row["value"] == 4321}
    history = city.facts.history(wrong).to_pylist()
    files = {row["fact"]: row["file"] for row in history}
    mended = {files[row["supersedes"]] for row in history if row["fact"] in wrong}
    for name in told.kept | told.taken:
        upload = find_upload(city, name)
        if not read_upload(city, upload):
            faults.append(f"{name}: no bytes")
    for upload in uploads:
        number = sum(1 for row in rows if row["file"] == upload.name)
        expected = (FIGURES - 1, True) if upload.state == "taken" else (0, False)
        if (number, upload.name in mended) != expected or (upload.id in told.taken and upload.state != "taken"):
            faults.append(f"{upload.id}: {upload.state}, {number} figures")
    with open_records(city.records) as records:
        faults += [f"records {one.at}" for one in records.verify()]
    faults += [f"facts {one.at}" for one in city.facts.verify() if one.severity == "error"]
    return faults


def main() -> None:
    """Kill a server many times; print how often and what was found."""
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    accounts.hasher = lambda: PasswordHasher.from_parameters(CHEAPEST)
    city = df.init(folder / "qinglan", place="990200")
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor="test", at=at) as session:
        accounts.set_account(session, "zhang", "editor", PASSWORD, at=at)
    chance, told, faults = random.Random(seed), Told(), []
    cut = 0
    for round_ in range(kills):
        child, base = begin(city)
        numbers = [10 * round_ + step for step in range(1, 10)]
        told.asked = 0
        watch = threading.Thread(target=kill_at, args=(child, told, chance.randint(1, 4), chance.uniform(0.0, 1.2)))
        watch.start()
        try:
            work(base, city.slug, numbers, told)
        except httpx.TransportError:
            cut += 1
        watch.join()
        os.waitpid(child, 0)
        faults += [f"round {round_}: {fault}" for fault in check(city, told)]
    sys.stdout.write(
        json.dumps({"cut": cut, "kept": len(told.kept), "taken": len(told.taken), "faults": faults, **finish(city)})
    )


def finish(city: df.City) -> dict[str, Any]:
    """Do again what was interrupted: every file is taken in once."""
    from dafeng.work.deliver import take_upload

    for upload in list_uploads(city):
        if upload.state == "open":
            take_upload(city, upload, who="zhang", values={corrected(upload.name): ("4321", "wrong")})
    names = [row["file"] for row in city.facts.read().to_pylist() if not row["file"].startswith("corrections/")]
    return {
        "uploads": len(list_uploads(city)),
        "files": len(set(names)),
        "left": [str(one.says) for one in city.facts.verify()],
    }


if __name__ == "__main__":
    main()
