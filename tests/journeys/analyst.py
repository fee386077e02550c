"""An analyst's day: a table with five planted errors is handed in, mended, taken in and counted; the helpers of its tests.

The city is Yunting without five figures of 2025, which the table brings. By hand (all figures are those of the city's folder):

- 780 000 t of clinker at 0.535 tCO2/t are 417 300 t of CO2, by which the total of 2025 rises;
- 135 of 655.2 (10 000 tce) non-fossil are 20.604 %, which keeps the target of about 20 %;
- 34 green factories keep the target of 30, 95 % of berths the target of 90 %.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import xlsxwriter

import dafeng as df
from dafeng.store.accounts import set_account
from dafeng.store.records import open_records
from tests.conftest import ROOT

PASSWORD = "a quite long password"
PEOPLE = {"wang": "reader", "zhang": "editor"}
SHEET = "2025年快报"
HEADS = ("指标", "年份", "数值", "单位")
FAULTY: tuple[tuple[Any, ...], ...] = (
    ("能源消费总量", 2025, 655.2, "亿立方米"),  # D2: a unit of another dimension
    ("非化石能源消费量", 2025, "135（待核）", "万吨标准煤"),  # C3: text in a figure's cell
    ("水泥熟料产量", 2205, 78, "万吨"),  # B4: a year that is not over
    ("专业化泊位岸电覆盖率", 2025, 195, "%"),  # C5: a share above 100 %
    ("绿色工厂数量", 2025, 34, "家"),
    ("绿色工厂数量", 2025, 43, "家"),  # C7: the row again, with another figure
)
FAULTS = {"D2": "figure.unit", "C3": "figure.number", "B4": "figure.period", "C5": "audit.share", "C7": "figure.contradiction"}
"""Cell → rule of its finding."""
MENDED = {"D2": "万吨标准煤", "C3": "135", "B4": "2025", "C7": "34"}
"""Cell → text that mends it; C5 can be read, and is corrected with both values kept."""
LEFT = ("facts", "runs", "reports", "jobs", "uploads", "records*")
"""What the programme makes in a city folder."""
MISSING = ("energy_consumption", "non_fossil_consumption", "clinker_output", "shore_power_share", "green_factories")
KEPT = (*MISSING, "gdp", "gdp_constant", "population")
CLINKER_CO2 = 417_300.0
"""780 000 t × 0.535 tCO2/t. [t]"""
NON_FOSSIL = 135 / 655.2


def small_city(folder: Path, *, complete: bool = False) -> df.City:
    """Yunting with eight indicators and its land, without the figures to be delivered."""
    left = shutil.ignore_patterns("energy_balance*", *LEFT)
    path = Path(shutil.copytree(ROOT / "cities" / "yunting", folder / "yunting", ignore=left))
    table = path / "data" / "figures.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if row.split(",")[0] in KEPT and (complete or not _delivered(row))]
    table.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return df.open_city(path)


def _delivered(row: str) -> bool:
    indicator, _, period = row.split(",")[:3]
    return indicator in MISSING and period == "2025"


def add_people(city: df.City) -> None:
    """One reader and one editor."""
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor="test", at=at) as session:
        for name, role in PEOPLE.items():
            set_account(session, name, role, PASSWORD, at=at)


def faulty_table() -> bytes:
    """The workbook with the planted errors."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        for number, row in enumerate((HEADS, *FAULTY)):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def environment() -> dict[str, str]:
    """Of a process of its own, with one thread for each library."""
    paths = os.pathsep.join(filter(None, (str(ROOT), *sys.path)))
    return {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def begin_server(city: df.City, port: int, *, patience: float = 120.0) -> subprocess.Popen[bytes]:
    """``dafeng serve`` as a process of its own, once it answers."""
    command = [sys.executable, "-m", "dafeng.cli.main", "serve", str(city.folder), "--port", str(port)]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            httpx.get(f"http://127.0.0.1:{port}/{city.slug}/login", timeout=5)
        except httpx.TransportError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
        else:
            return process
    process.kill()
    raise AssertionError("the server does not answer")


@contextmanager
def serving(city: df.City) -> Iterator[str]:
    """A city served by a process of its own; the address."""
    port = free_port()
    process = begin_server(city, port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def log_in(page: Any, base: str, name: str = "zhang", *, slug: str = "yunting") -> None:
    """Through the form."""
    page.goto(f"{base}/{slug}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click(".login form button")
    page.wait_for_load_state()


def hand_in(page: Any, base: str, *, slug: str = "yunting") -> None:
    """The faulty table, chosen in the form."""
    page.goto(f"{base}/{slug}/deliver/?lang=zh")
    page.set_input_files("#file", {"name": "快报.xlsx", "mimeType": "application/octet-stream", "buffer": faulty_table()})
    page.click(".drop .button")
    page.wait_for_selector(".doubts")


def list_findings(page: Any) -> dict[str, str]:
    """Cell → rule of the first finding at it."""
    found: dict[str, str] = {}
    for one in page.query_selector_all(".doubt-head"):
        found.setdefault(one.query_selector("a code").inner_text(), one.query_selector(".rule").inner_text())
    return found


def mend(page: Any) -> None:
    """Type what the unread cells should have said, and have it read again."""
    for cell, text in MENDED.items():
        page.locator(f'.mend label:has(input[value="{cell}"]) input[name^="t."]').fill(text)
    page.click("button[formaction$=amend]")
    page.wait_for_selector(".decide")


def correct_share(page: Any) -> None:
    """Correct C5 from 195 to 95 %, with both values kept."""
    decision = page.locator('.decide:has(input[value$="!C5"])')
    decision.locator('input[value="correct"]').check()
    decision.locator("input.value").fill("95")
    decision.locator("input.reason").fill("多打了一个 1")


def take_in(page: Any) -> None:
    """入库."""
    page.click("#take button:not([formaction])")
    page.wait_for_selector(".note.good")


def assess_now(page: Any, *, patience: float = 1500.0) -> None:
    """Start the assessment that is offered, and follow the bar to what moved."""
    page.click(".next-step button")
    page.wait_for_selector(".job-now progress")
    page.wait_for_selector(".moved-verdicts", timeout=patience * 1000)
