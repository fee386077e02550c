"""A chart of 8 760 hours in a real browser: how long a frame takes while the year is zoomed and moved.

The page is that of the sample city; its hours are drawn from a seed and handed to the browser as the server would.
Counted are frames and the CPU milliseconds of the page's thread for each, which hold on a shared machine better than
frames a second; beside them the same chart with the library's usual settings (SVG, every point drawn).
"""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

from benchmarks.harness import Told, case

HOURS, STEPS, SLOW = 8760, 60, 100.0
CHROMIUM = "/usr/bin/chromium"
FRAMES = """
async ([steps, usual]) => {
  const place = document.querySelector("#year .chart-canvas");
  let chart = echarts.getInstanceByDom(place);
  if (usual) {
    const option = chart.getOption();
    option.series.forEach((one) => { one.sampling = undefined; });
    chart.dispose();
    chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption(option);
  }
  const spent = [];
  for (let at = 0; at < steps; at += 1) {
    const width = 100 * Math.pow(0.94, at < steps / 2 ? at : steps - at);
    const start = performance.now();
    const from = (100 - width) * (at / steps);
    chart.dispatchAction({ type: "dataZoom", dataZoomIndex: 0, start: from, end: from + width });
    chart.getZr().flush();
    spent.push(performance.now() - start);
    await new Promise((done) => requestAnimationFrame(done));
  }
  return spent;
}
"""


def make_year(folder: Path) -> None:
    """The chart's data as the server would answer it."""
    chance = random.Random(11)
    load = [
        round(60 + 20 * math.sin(at / 24 * 2 * math.pi) + 15 * math.cos(at / HOURS * 2 * math.pi) + chance.gauss(0, 3), 2)
        for at in range(HOURS)
    ]
    green = [round(max(0.0, 40 * math.sin(at / 24 * 2 * math.pi) + chance.gauss(15, 12)), 2) for at in range(HOURS)]
    price = [round(max(0.0, 200 + 3 * (one - other)), 1) for one, other in zip(load, green, strict=True)]
    chart = {"kind": "year", "title": "8 760", "subtitle": "", "unit": "GW", "money": "元/MWh",
             "days": [str(day) for day in range(365)], "load": load, "renewable": green, "price": price}  # fmt: skip
    (folder / "year.json").write_text(json.dumps(chart), encoding="utf-8")


@case(prepare=make_year, repeats=1)
def cockpit_year(folder: Path) -> Told:
    """Sixty steps of zooming into the year and out again."""
    from playwright.sync_api import sync_playwright

    from dafeng.web.app import create_app
    from tests.web.browser import served
    from tests.web.test_hours import city

    with served(create_app([city()])) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.route(
            "**/hours/year.json*", lambda route: route.fulfill(path=folder / "year.json", content_type="application/json")
        )
        page.goto(f"{base}/yangli/hours")
        page.locator("#year").scroll_into_view_if_needed()
        page.wait_for_selector("#year [data-drawn]", timeout=60_000)
        ours, usual = _zoom(page, usual=False), _zoom(page, usual=True)
        browser.close()
    told = {**ours, **{f"usual_{name}": value for name, value in usual.items()}}
    return Told({"points": 3 * HOURS}, told | {"usual_over_ours": usual["frame_cpu_ms"] / ours["frame_cpu_ms"]})


def _zoom(page: Any, *, usual: bool) -> dict[str, Any]:
    """Zoom and tell the frames: CPU milliseconds of the page's thread, milliseconds, and how many were slow."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _busy(session)
    spent: list[float] = sorted(page.evaluate(FRAMES, [STEPS, usual]))
    cpu = (_busy(session) - before) / len(spent)
    slow = sum(one > SLOW for one in spent)
    return {"frames": len(spent), "frame_cpu_ms": cpu, "frame_ms_median": spent[len(spent) // 2], "frames_over_100_ms": slow}


def _busy(session: Any) -> float:
    """CPU milliseconds that the page's thread has worked. [ms]"""
    said = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in said if one["name"] == "TaskDuration")) * 1e3
