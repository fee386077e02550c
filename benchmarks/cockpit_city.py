"""A made city of the size that the cockpit must carry: 200 tasks, 2 000 indicators, ten years of months for each.

Every figure is drawn from a seed and none is anybody's. The view document has the form that ``tests/web/shape.py``
holds real ones to; it is stored with its traces as a run of a real city folder, so that the server reads it as it reads
any other.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.traces import Anchor, Cell, Trace
from dafeng.work.city import City, open_city

SEED = 20261122
INDICATORS, TASKS, ORGANISATIONS, MONTHS, FIRST = 2000, 200, 40, 120, 2016
MODEL = Path(__file__).resolve().parents[1] / "cities" / "yantai"
UNITS = ("万吨标准煤", "万千瓦", "%", "亿千瓦时", "家", "公里")
FIELDS = ("industry", "energy", "buildings", "transport", "forestry", "agriculture", "city")
VERDICTS = ("met", "on_course", "behind", "off_course", "not_due", "not_measurable")
Row = dict[str, Any]


def make_city(folder: Path) -> City:
    """Write the city with an assessed run and an enlarged one, and return it."""
    from tests.web import shape

    city = assess_model(folder)
    base = next(city.runs.newest())
    run = city.runs.begin(at=datetime(2026, 1, 15, 8, tzinfo=UTC), versions=base.versions, inputs=base.inputs)
    text = city.runs.document(base.id, "view.json").decode("utf-8").replace(base.id, run.id)
    view = enlarge(json.loads(text))
    if wrong := list(shape.differences(view)):
        raise ValueError(f"the made city has not the form of a view document: {wrong[:3]}")
    traces = [*city.runs.traces(base.id).values(), *make_traces(view, run.id + "/")]
    tables = {name: city.runs.read(base.id, name) for name in sorted({case["table"] for case in view["hours"]["cases"]})}
    text = json.dumps(view, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    city.runs.write(run, tables, {"view.json": text.encode()}, traces=traces)
    return city


def assess_model(folder: Path) -> City:
    """A copy of the model city under a name of its own, assessed as anybody would."""
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("runs", "facts", "records.sqlite"))
    described = folder / "city.yaml"
    described.write_text(described.read_text("utf-8").replace("slug: yantai", "slug: yangli"), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "dafeng.cli.main", "assess", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return open_city(folder)


def enlarge(view: Row) -> Row:
    """The sample's view document with many tasks and indicators in the place of its few."""
    chance = random.Random(SEED)
    names = [f"市第{at + 1}局" for at in range(ORGANISATIONS)]
    few = view["verdicts"]
    verdicts = [_indicator(few[at % len(few)], at, chance, names) for at in range(INDICATORS)]
    tasks = [_task(view["tasks"][at % len(view["tasks"])], at, names, verdicts) for at in range(TASKS)]
    listed = view["tasklist"]
    rows = [_listed(listed["tasks"][at % len(listed["tasks"])], task) for at, task in enumerate(tasks)]
    return {
        **view,
        "verdicts": [*few, *verdicts],
        "counts": _count([*few, *verdicts]),
        "fields": [_field(field, [*few, *verdicts]) for field in view["fields"]],
        "tasks": [*view["tasks"], *tasks],
        "tasklist": {**listed, "tasks": [*listed["tasks"], *rows]},
        "organisations": [*view["organisations"], *(_organisation(name, tasks, verdicts) for name in names)],
        "schedule": _schedule(view["schedule"], tasks),
    }


def _indicator(pattern: Row, at: int, chance: random.Random, names: list[str]) -> Row:
    """An indicator after one of the sample: its own figures, years and months."""
    name, unit, judged = f"M{at:04d}", UNITS[at % len(UNITS)], chance.choice(VERDICTS)
    level, growth, due = chance.uniform(10, 900), chance.uniform(0.97, 1.05), chance.choice((2025, 2030, 2035))
    months = [round(level * growth ** (step / 12) * chance.uniform(0.96, 1.04), 3) for step in range(MONTHS)]
    years = [
        [FIRST + year, months[year * 12 + 11], f"{_run(pattern)}facts/{name}.{FIRST + year}-12"] for year in range(MONTHS // 12)
    ]
    last, goal = years[-1][1], round(years[-1][1] * chance.uniform(0.9, 1.3), 2)
    ahead = list(range(2025, 2036))
    course = [round(last * growth**step, 4) for step in range(len(ahead))]
    own = {"unit": unit, "low": None, "high": None, "grade": "secondary", "source": "gazette"}
    return {
        **pattern,
        "target": name,
        "indicator": {"zh": f"样例指标{at + 1:04d}", "en": f"Sample indicator {at + 1:04d}"},
        "indicator_id": f"sample_{at:04d}",
        "field": FIELDS[at % len(FIELDS)],
        "year": due,
        "value": {**own, "value": goal, "year": due, "basis": "target", "address": f"{_run(pattern)}targets/{name}"},
        "upper": None,
        "verdict": judged,
        "actual": {**own, "value": last, "year": 2025, "basis": "actual", "address": years[-1][2]},
        "projected": {**own, "value": course[-1], "year": 2035, "basis": "projected", "low": course[-1] * 0.95,
                      "high": course[-1] * 1.05, "grade": None, "source": None, "address": f"{_run(pattern)}projection/{name}"},
        "projected_verdict": judged if judged not in ("not_due", "not_measurable") else None,
        "lacking": [],
        "organisations": chance.sample(names, 1 + at % 3),
        "task": f"J{at % TASKS:03d}",
        "address": f"{_run(pattern)}verdicts/{name}",
        "required": {"years": ahead, "values": [last + (goal - last) * step / 10 for step in range(11)], "kind": "linear"},
        "actuals": years,
        "months": {"first": f"{FIRST}-01", "values": months,
                   "addresses": [f"{_run(pattern)}facts/{name}.{_month(step)}" for step in range(MONTHS)]},
        "projection": {"years": ahead, "p10": [v * 0.95 for v in course], "p50": course, "p90": [v * 1.05 for v in course]},
    }  # fmt: skip


def _run(pattern: Row) -> str:
    return str(pattern["address"]).split("verdicts/")[0]


def _month(step: int) -> str:
    return f"{FIRST + step // 12}-{step % 12 + 1:02d}"


def _task(pattern: Row, at: int, names: list[str], verdicts: list[Row]) -> Row:
    name = f"J{at:03d}"
    return {
        **pattern,
        "id": name,
        "title": f"样例任务{at + 1:03d}：{pattern['title']}",
        "number": f"{at + 6}.",
        "chapter": f"第{at // 40 + 1}章",
        "section": f"（{at // 10 + 1}）样例一节",
        "organisations": names[at % 30 : at % 30 + 1 + at % 4],
        "targets": [row["target"] for row in verdicts if row["task"] == name],
        "address": str(pattern["address"]).rsplit("/", 1)[0] + f"/{name}",
    }


def _listed(pattern: Row, task: Row) -> Row:
    own = [{**pattern["organisations"][0], "name": name} for name in task["organisations"]]
    kept = {key: task[key] for key in ("id", "number", "title", "chapter", "section")}
    return {
        **pattern,
        **kept,
        "organisations": own,
        "targets": [{"id": name, "says": {"zh": name, "en": name}} for name in task["targets"]],
    }


def _schedule(few: Row, tasks: list[Row]) -> Row:
    """Times of the made tasks after those of the sample, each task with the next one as its link."""
    rows = [{**few["tasks"][at % len(few["tasks"])], "id": task["id"]} for at, task in enumerate(tasks)]
    links = [{**few["links"][0], "first": one["id"], "second": two["id"]} for one, two in pairwise(tasks)]
    return {**few, "tasks": [*few["tasks"], *rows], "links": [*few["links"], *links]}


def _organisation(name: str, tasks: list[Row], verdicts: list[Row]) -> Row:
    own = {"tasks": [task["id"] for task in tasks if name in task["organisations"]]}
    return {
        "name": name,
        "aliases": [],
        "collective": False,
        **own,
        "targets": [r["target"] for r in verdicts if name in r["organisations"]],
    }


def _count(rows: Iterable[Row]) -> dict[str, int]:
    listed = [row["verdict"] for row in rows]
    return {name: listed.count(name) for name in VERDICTS}


def _field(field: Row, rows: list[Row]) -> Row:
    own = [row for row in rows if row["field"] == field["id"]]
    return {**field, "verdicts": [row["target"] for row in own], "counts": _count(own)}


def make_traces(view: Row, run: str) -> Iterator[Trace]:
    """Traces of the made indicators and tasks: one for every figure, the 240 000 months among them."""
    for row in view["verdicts"]:
        if row["target"].startswith("M"):
            yield from _traces(row, run)
    for task in view["tasks"]:
        if str(task["id"]).startswith("J"):
            said = Label(task["title"], f"task {task['number']}")
            yield Trace(
                f"tasks/{task['id']}", "clause", said, anchor=restore(Anchor, task["anchor"]), source="plan", grade="primary"
            )


def _traces(row: Row, run: str) -> Iterator[Trace]:
    said, unit, name = Label(**row["indicator"]), row["value"]["unit"], row["target"]
    cells = {"file": "figures.csv", "sheet": "", "sha256": "c" * 64}
    for step, (value, address) in enumerate(zip(row["months"]["values"], row["months"]["addresses"], strict=True)):
        month = Label(f"{said.zh}（{_month(step)}）", f"{said.en} ({_month(step)})")
        yield Trace(address.removeprefix(run), "fact", month, value=str(value), unit=unit, year=FIRST + step // 12,
                    source="gazette", grade="secondary", cell=Cell(cell=f"B{step + 2}", **cells))  # fmt: skip
    last = row["actuals"][-1][2].removeprefix(run)
    yield Trace(f"targets/{name}", "target", said, value=str(row["value"]["value"]), unit=unit, year=row["year"],
                inputs=("clauses/T01",), source="plan", grade="primary")  # fmt: skip
    yield Trace(f"projection/{name}", "projection", said, value=str(row["projected"]["value"]), unit=unit, year=2035,
                inputs=(last,), expression="actual * growth ** years")  # fmt: skip
    yield Trace(f"verdicts/{name}", "verdict", said, year=row["year"], inputs=(f"targets/{name}", last, f"projection/{name}"))


def restore(kind: type[Any], row: Mapping[str, Any] | None) -> Any:
    """An object of a kind from its mapping."""
    return None if row is None else kind(**{one.name: row[one.name] for one in fields(kind) if one.name in row})


def restore_trace(row: Mapping[str, Any]) -> Trace:
    """A trace of the sample."""
    parts = {"says": restore(Label, row["says"]), "note": restore(Label, row["note"])}
    parts |= {"anchor": restore(Anchor, row["anchor"]), "cell": restore(Cell, row["cell"]), "inputs": tuple(row["inputs"])}
    return Trace(**{**row, **parts})
