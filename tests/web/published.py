"""A run in which every word and figure carries a mark of the object it belongs to, and who may be told which."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx

from dafeng.web.cities import CityView
from dafeng.work.publish_rules import Visibility
from tests.web.sample import HASH, RUN, TEXT, traces, view

WORDS = {
    "zh",
    "en",
    "title",
    "chapter",
    "section",
    "document",
    "publisher",
    "url",
    "seen",
    "file",
    "sha256",
    "name",
    "says",
    "at",
}
FIGURES = {"value", "low", "high", "slack", "p10", "p50", "p90", "effect", "cost", "year_p50", "probability_before_2030"}
NEVER = "never"


class Marks:
    """Marks by the object they were given to."""

    def __init__(self) -> None:
        self.owner: dict[str, str] = {}

    def word(self, text: str, owner: str) -> str:
        """A text with a mark of its own."""
        mark = f"zq{len(self.owner)}qz"
        self.owner[mark] = owner
        return f"{text}{mark}"

    def figure(self, owner: str) -> int:
        """A figure that no other object has."""
        mark = 7_000_001 + 17 * len(self.owner)
        self.owner[str(mark)] = owner
        return mark

    def mark(self, part: Any, owner: str, key: str = "") -> Any:
        """The same part with marks on its words and figures."""
        if isinstance(part, dict):
            return {name: self.mark(value, owner, name) for name, value in part.items()}
        if isinstance(part, (list, tuple)):
            return [self.mark(one, owner, key) for one in part]
        if isinstance(part, str) and key in WORDS and part:
            return self.word(part, owner)
        if (
            isinstance(part, (int, float))
            and not isinstance(part, bool)
            and key in ("value", "low", "high", "slack", "cost", "effect")
        ):
            return self.figure(owner)
        return part


def marked() -> tuple[CityView, Marks]:
    """The invented city with marks everywhere but in ids, units and closed words."""
    marks, plain = Marks(), copy.deepcopy(view())
    names = {row["name"]: marks.word(row["name"], f"organisations/{row['name']}") for row in plain["organisations"]}
    made = {part: marks.mark(value, NEVER) for part, value in plain.items() if part not in _OWN}
    made |= {part: plain[part] for part in ("schema", "city", "year")}
    made["run"] = {**marks.mark(plain["run"], NEVER), "id": RUN, "at": plain["run"]["at"]}
    for part, (kind, key) in _LISTS.items():
        made[part] = [marks.mark(row, f"{kind}/{row[key]}") for row in plain[part]]
    for row in made["organisations"]:
        row["name"] = next(new for old, new in names.items() if row["name"].startswith(old) and marks_of(row["name"], marks))
    for row in (*made["verdicts"], *made["tasks"]):
        row["organisations"] = [names.get(one, one) for one in row["organisations"]]
    for row in made["verdicts"]:
        row["anchor"] = row["anchor"] and {**row["anchor"], "document": marks.word("方案", "sources/plan")}
    _mark_models(made, plain, marks)
    return CityView(made, _mark_traces(marks), {HASH: TEXT}), marks


_LISTS = {
    "verdicts": ("targets", "target"),
    "tasks": ("tasks", "id"),
    "organisations": ("organisations", "name"),
    "sources": ("sources", "id"),
}
_OWN = {*_LISTS, "schema", "city", "year", "run", "emissions", "pathway", "power", "clashes", "energy"}


def marks_of(text: str, marks: Marks) -> list[str]:
    """Marks in a text."""
    return [mark for mark in re.findall(r"zq\d+qz|\b7\d{6}\b", text) if mark in marks.owner]


def _mark_models(made: dict[str, Any], plain: dict[str, Any], marks: Marks) -> None:
    """Parts of which some rows may be published and the rest never."""
    emissions = plain["emissions"]
    own = {key: marks.mark(emissions[key], "emissions/history") for key in ("unit", "label", "history", "gaps")}
    made["emissions"] = {**marks.mark(emissions, NEVER), **own}
    pathway = plain["pathway"]
    rows = [marks.mark(row, f"pathway/{row['id']}" if row["id"] == "plan" else NEVER) for row in pathway["scenarios"]]
    shown = [
        {**marks.mark(row, NEVER), **{key: marks.mark(row[key], f"measures/{row['id']}") for key in ("label", "effect")}}
        for row in pathway["measures"]
    ]
    made["pathway"] = {**marks.mark(pathway, NEVER), "unit": pathway["unit"], "scenarios": rows, "measures": shown}
    made["power"] = {
        **marks.mark(plain["power"], NEVER),
        "cases": [marks.mark(r, f"hours/{r['id']}") for r in plain["power"]["cases"]],
    }
    made["energy"] = {**marks.mark(plain["energy"], NEVER), "years": [_energy(row, marks) for row in plain["energy"]["years"]]}
    made["clashes"] = [
        {**marks.mark(row, NEVER), "title": marks.mark(row["title"], f"clashes/{row['id']}")} for row in plain["clashes"]
    ]


def _energy(row: dict[str, Any], marks: Marks) -> dict[str, Any]:
    owner = f"energy/{row['year']}"
    views = [
        {**marks.mark(one, NEVER), "label": marks.mark(one["label"], owner), "value": marks.mark(one["value"], owner)}
        for one in row["views"]
    ]
    return {**marks.mark(row, NEVER), "views": views}


def _mark_traces(marks: Marks) -> dict[str, Any]:
    made = {}
    for address, trace in traces().items():
        told = marks.mark({key: trace[key] for key in ("says",)}, f"trace/{address}")
        cell = {"file": "figures.csv", "sheet": "", "cell": "B7", "sha256": "c"}
        known = {"cell": trace["cell"] or cell, "anchor": trace["anchor"], "note": trace["note"] or {"zh": "注", "en": "note"}}
        hidden = marks.mark(known, NEVER)
        value = str(marks.figure(f"trace/{address}")) if trace["value"] is not None else None
        made[address] = {**trace, **told, **hidden, "value": value}
    return made


def allowed(city: CityView, rules: Visibility) -> set[str]:
    """Objects and explanations that visitors may be told, by the words of docs/public.md and not by the code that publishes."""
    kinds = ("targets", "tasks", "organisations", "sources", "emissions", "pathway", "measures", "hours", "energy", "clashes")
    owners = {f"{kind}/{name}" for kind in kinds for name in _names(city, kind) if rules.shows(kind, name)}
    told = {f"trace/{one}" for kind, name, row in _rows(city) if f"{kind}/{name}" in owners for one in _addresses(row)}
    evidence = {f"trace/{one}" for one, trace in city.traces.items() if rules.shows("sources", trace["source"])}
    return owners | told | {one for one in evidence if city.traces[one.removeprefix("trace/")]["kind"] in ("fact", "factor")}


def _names(city: CityView, kind: str) -> list[str]:
    found = city.view
    rows: dict[str, list[Any]] = {
        "targets": [row["target"] for row in found["verdicts"]],
        "tasks": [row["id"] for row in found["tasks"]],
        "organisations": [re.sub(r"zq\d+qz", "", row["name"]) for row in found["organisations"]],
        "sources": [row["id"] for row in found["sources"]],
        "emissions": ["history"],
        "pathway": ["plan"],
        "measures": [row["id"] for row in found["pathway"]["measures"]],
        "hours": [row["id"] for row in found["power"]["cases"]],
        "energy": [str(row["year"]) for row in found["energy"]["years"]],
        "clashes": [row["id"] for row in found["clashes"]],
    }
    return rows[kind]


def _rows(city: CityView) -> Iterator[tuple[str, str, Any]]:
    """Kind, id and row of what has figures with addresses."""
    view = city.view
    yield from (("targets", row["target"], row) for row in view["verdicts"])
    yield from (("tasks", row["id"], row["address"]) for row in view["tasks"])
    yield from (("pathway", row["id"], row) for row in view["pathway"]["scenarios"])
    yield from (("measures", row["id"], row["effect"]) for row in view["pathway"]["measures"])
    yield from (("hours", row["id"], row) for row in view["power"]["cases"])
    yield from (("energy", str(row["year"]), row["views"]) for row in view["energy"]["years"])
    yield "emissions", "history", view["emissions"]["history"]


def _addresses(part: Any) -> Iterator[str]:
    """Addresses anywhere in a part."""
    yield from re.findall(rf'"{RUN}/([^"]+)"', json.dumps(part, ensure_ascii=False))


def text_of(answer: httpx.Response) -> str:
    """Everything an answer says: headers, address, body, and the parts of a workbook."""
    head = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return head + "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return head + answer.content.decode("utf-8", "replace")
