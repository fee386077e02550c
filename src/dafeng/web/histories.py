"""One target through the runs of its city: how it stood in each, and what changed from run to run.

Invariant: a run that judged another target under the same id is told as such; a changed figure is told with both values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.cities import CityView
from dafeng.web.figures import COMPARATORS, show
from dafeng.web.labels import Words

Row = Mapping[str, Any]
NAMED = 3
"""Changed files that are named."""


def build_history(city: CityView, row: Row, words: Words) -> list[dict[str, Any]]:
    """A target in the present run and in those before, the newest first.

    Parameters
    ----------
    city : CityView
        The city.
    row : mapping
        The target's verdict in the present run.
    words : Words
        Language of the page.

    Returns
    -------
    list of dict
        ``run``, ``at``, ``year``, ``row`` (``None`` where the run did not judge this target), ``changes`` (sentences, beside
        the run before).
    """
    view = city.view
    inputs = {one["name"]: one["sha256"] for one in view["run"]["inputs"]}
    now = {"run": city.run, "at": view["run"]["at"], "year": view["year"], "inputs": inputs, "row": row}
    past = [{**run, "row": _same(row, run["verdicts"].get(row["target"]))} for run in city.earlier]
    runs = [now, *past]
    made = []
    for at, run in enumerate(runs):
        older = runs[at + 1] if at + 1 < len(runs) else None
        told = {key: run[key] for key in ("run", "at", "year", "row")}
        made.append({**told, "changes": _changes(run, older, words) if older else []})
    return made


def _same(row: Row, other: Row | None) -> Row | None:
    """The other verdict, if it judges the same target: ids are given anew when a plan is read anew."""
    keys = ("indicator_id", "year", "period")
    same = other is not None and all(row.get(key) == other.get(key) for key in keys)
    return other if other is not None and same and row["indicator"]["zh"] == other["indicator"]["zh"] else None


def _changes(run: Row, older: Row, words: Words) -> list[str]:
    new, old = run["row"], older["row"]
    if new is None or old is None:
        return [] if new is old else [words.say("history.appeared") if old is None else words.say("history.vanished")]
    said = [*_goal(new, old, words), *_verdict(new, old, words), *_actuals(new, old, words), *_projected(new, old, words)]
    return [*said, *_inputs(run["inputs"], older["inputs"], words)]


def _goal(new: Row, old: Row, words: Words) -> list[str]:
    texts = [f"{COMPARATORS.get(one.get('comparator') or '', '')} {_write(one['value'], words)}" for one in (old, new)]
    return [words.say("history.goal", values={"old": texts[0], "new": texts[1]})] if texts[0] != texts[1] else []


def _verdict(new: Row, old: Row, words: Words) -> list[str]:
    if new["verdict"] == old["verdict"]:
        return []
    values = {"old": words.word("verdict", old["verdict"]), "new": words.word("verdict", new["verdict"])}
    return [words.say("history.verdict", values=values)]


def _actuals(new: Row, old: Row, words: Words) -> list[str]:
    """Years that came, went, or have another value than before."""
    unit = new["value"]["unit"]
    after, before = ({point[0]: point[1] for point in one.get("actuals") or ()} for one in (new, old))
    said = []
    for year in sorted({*after, *before}):
        if after.get(year) == before.get(year):
            continue
        values = {"year": year, "old": _plain(before.get(year), unit, words), "new": _plain(after.get(year), unit, words)}
        if year not in before:
            said.append(words.say("history.came", values=values))
        elif year not in after:
            said.append(words.say("history.went", values=values))
        else:
            said.append(words.say("history.revised", values=values))
    return said


def _projected(new: Row, old: Row, words: Words) -> list[str]:
    texts = [_write(one["projected"], words) if one.get("projected") else "—" for one in (old, new)]
    return [words.say("history.projected", values={"old": texts[0], "new": texts[1]})] if texts[0] != texts[1] else []


def _inputs(after: Mapping[str, str], before: Mapping[str, str], words: Words) -> list[str]:
    names = sorted(name for name in {*after, *before} if after.get(name) != before.get(name))
    if not names:
        return []
    values = {"n": len(names), "list": words.say("app.joint").join(names[:NAMED]) + (" …" if len(names) > NAMED else "")}
    return [words.say("history.inputs", values=values)]


def _write(number: Row, words: Words) -> str:
    if number["value"] is None:
        return "—"
    return str(show(number["value"], number["unit"], words.language, basis=number.get("basis") or "actual"))


def _plain(value: Any, unit: str, words: Words) -> str:
    return "—" if value is None else str(show(value, unit, words.language))


def list_versions(history: Sequence[Row], year: int) -> list[tuple[str, Any]]:
    """Values that earlier runs had for one year of a target, where they differ from the present one.

    Parameters
    ----------
    history : sequence of mapping
        From `build_history`.
    year : int
        The year.

    Returns
    -------
    list of (str, float)
        Run and value, each value once, the newest first.
    """
    found: list[tuple[str, Any]] = []
    last: Any = None
    for at, run in enumerate(history):
        points = {point[0]: point[1] for point in (run["row"] or {}).get("actuals") or ()}
        value = points.get(year)
        if at and value is not None and value != last:
            found.append((run["run"], value))
        last = value if value is not None else last
    return found
