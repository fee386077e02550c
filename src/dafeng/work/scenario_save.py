"""A scenario that a reader made becomes rows of the city's own table of scenarios.

Invariant: what is read back computes the same; the package's scenarios and other rows of the table stay as they are, and the
file is there whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.library.overlay import shipped
from dafeng.library.strict import read_yaml
from dafeng.pathways.model.axes import YEAR, Array
from dafeng.pathways.model.city import OWN_NAMES
from dafeng.pathways.model.drivers import Given, Row, lay_over
from dafeng.pathways.model.overlays import begun_rows
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tables import Scenario, read_names
from dafeng.store.files import write_whole
from dafeng.work.city import City
from dafeng.work.scenario_choice import SOURCE, Choice, moves_of, rows_of
from dafeng.work.scenario_live import LiveScenarios

TABLE = "drivers_scenarios.csv"
HEAD = (
    "scenario",
    "target",
    "quantity",
    "members",
    "year",
    "low",
    "mid",
    "high",
    "unit",
    "source",
    "grade",
    "note_zh",
    "note_en",
)
NOTE = Label("在情景页设定", "set on the page of scenarios")
EXACT = 1e-9
"""How near a straight line must come for a year to be left out. [1]"""
LONGEST = 60
_ID = re.compile(r"[a-z][a-z0-9_]{1,30}")


def save_scenario(city: City, live: LiveScenarios, choice: Choice, *, id: str, label: Label) -> Scenario:
    """Keep a choice as a scenario of the city.

    Parameters
    ----------
    city : City
        The city.
    live : LiveScenarios
        Its scenarios.
    choice : Choice
        What to keep.
    id : str
        Name in tables and addresses; one of the city's own is replaced.
    label : Label
        Name for readers.

    Returns
    -------
    Scenario
        As it was kept.

    Raises
    ------
    SettingError
        If the name cannot be used, or the choice changes nothing.
    """
    _check_name(id)
    rows = tuple(overlay_rows(live, choice))
    if not rows:
        raise _wrong("id", Label("与趋势情景相同，没有可保存的", "it is the baseline: there is nothing to save"))
    made = Scenario(id, label, _says(live, choice))
    write_whole(city.overlay / TABLE, _table(city.overlay / TABLE, id, rows).encode())
    write_whole(city.overlay / OWN_NAMES, _names(city.overlay / OWN_NAMES, made).encode())
    return made


def overlay_rows(live: LiveScenarios, choice: Choice) -> Iterator[Row]:
    """Rows that lie over the baseline where a choice differs from it.

    Parameters
    ----------
    live : LiveScenarios
        Scenarios of the city.
    choice : Choice
        The choice.

    Yields
    ------
    Row
        Those of its scenarios and single values, and one per knot of each place that a slider or an event moves.
    """
    stacked, typed = lay_over(*(live.layers.overlay(name).rows for name in choice.scenarios)), rows_of(live.model, choice)
    below = lay_over(stacked, begun_rows(live.model, lay_over(live.layers.base, stacked), typed), typed)
    before = live.compose(Choice(choice.scenarios, sets=choice.sets)).values
    after = live.compose(choice).values
    moved = sorted({move.quantity for overlay in moves_of(live.model, live.panel, choice) for move in overlay.moves})
    laid = lay_over(live.layers.base, below)
    made = [row for name in moved for row in _moved_rows(live, name, before[name], after[name], laid)]
    replaced = {(row.quantity, row.members) for row in made}
    yield from (row for row in below if (row.quantity, row.members) not in replaced)
    yield from made


def _moved_rows(
    live: LiveScenarios, name: str, before: Array | Band, after: Array | Band, laid: Sequence[Row]
) -> Iterator[Row]:  # fmt: skip
    """Rows of every place of a quantity whose values were moved."""
    space, quantity = live.model.graph.space, live.model.graph.quantities[name]
    axes = [axis for axis in space.axes if axis.name in quantity.axes and axis.name != YEAR]
    old, new = (_corners(value, space.shape(quantity.axes)) for value in (before, after))
    for members in product(*(axis.members for axis in axes)):
        index = [slice(None)] * (len(space.axes) + 1)
        for axis, member in zip(axes, members, strict=True):
            at = space.position(axis.name)
            index[at] = slice(space.member(axis.name, member), space.member(axis.name, member) + 1)
        was, now = (np.stack([corner[tuple(index)].reshape(-1) for corner in corners]) for corners in (old, new))
        if np.array_equal(was, now, equal_nan=True):
            continue
        kept = {row.year for row in laid if row.quantity == name and row.members == frozenset(members)}
        years = _knots(space.years, now, live.model.given.get(name, Given()), kept)
        for at in years:
            low, mid, high = (float(f"{corner:.12g}") for corner in now[:, at])
            sure = low == mid == high
            yield Row(name, frozenset(members), int(space.years[at]), None if sure else low, mid, None if sure else high,
                      quantity.unit, SOURCE, "assumption", NOTE)  # fmt: skip


def _corners(value: Array | Band, shape: tuple[int, ...]) -> list[Array]:
    parts = (value.low, value.mid, value.high) if isinstance(value, Band) else (value, value, value)
    return [np.broadcast_to(part, shape) for part in parts]


def _knots(years: NDArray[np.int_], values: Array, rule: Given, kept: Iterable[int | None]) -> list[int]:
    """Years that are needed so that interpolation gives every year again; those of rows below are, since they would show."""
    last = len(years) - 1
    if rule.between == "smooth":
        return list(range(len(years)))
    needed = {0, last, *(int(year - years[0]) for year in kept if year is not None and years[0] <= year <= years[-1])}
    for at in range(1, last):
        if rule.between == "steps":
            bent = (values[:, at] != values[:, at - 1]).any()
        else:
            middle = (values[:, at - 1] + values[:, at + 1]) / 2
            bent = (np.abs(values[:, at] - middle) > EXACT * np.maximum(np.abs(values[:, at]), EXACT)).any()
        if bent:
            needed.add(at)
    return sorted(needed)


def _table(path: Path, name: str, rows: Iterable[Row]) -> str:
    """The table with the rows of one scenario replaced; notes and other rows stay as they stand."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else ["# Scenarios of this city.", ",".join(HEAD)]
    kept = [line for line in lines if line.partition(",")[0] != name]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        numbers = [_plain(corner) for corner in (row.low, row.mid, row.high)]
        note = (row.note.zh, row.note.en) if row.note else ("", "")
        year = "" if row.year is None else str(row.year)
        members = " ".join(sorted(row.members))
        writer.writerow([name, "", row.quantity, members, year, *numbers, row.unit, row.source, row.grade, *note])
    return "\n".join(kept) + "\n" + text.getvalue()


def _names(path: Path, made: Scenario) -> str:
    known = read_names(read_yaml(path)) if path.exists() else ()
    listed = [one for one in known if one.id != made.id] + [made]
    lines = [f"  - {{id: {one.id}, label: {_quoted(one.label)}, says: {_quoted(one.says)}}}" for one in listed]
    return (
        "# Names of this city's own scenarios; written by the page of scenarios.\nid: scenarios\nscenarios:\n"
        + "\n".join(lines)
        + "\n"
    )


def _quoted(label: Label) -> str:
    said: Mapping[str, str] = {"zh": label.zh, "en": label.en}
    return "{" + ", ".join(f"{language}: {json.dumps(text, ensure_ascii=False)}" for language, text in said.items()) + "}"


def _plain(number: float | None) -> str:
    if number is None:
        return ""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _says(live: LiveScenarios, choice: Choice) -> Label:
    """What was changed, in words that need no look-up."""
    sliders = [live.panel.sliders[name] for name in choice.positions]
    parts = [(one.label, f"{choice.positions[one.id]:.10g} {one.unit}") for one in sliders]
    parts += [(live.panel.switches[name].label, "") for name in choice.switched] + [
        (Label(text, text), "") for text in choice.sets
    ]
    base = [live.name(name) for name in choice.scenarios or ("baseline",)]
    zh = "＋".join(one.zh for one in base) + "".join(f"；{label.zh} {value}".rstrip() for label, value in parts)
    en = " + ".join(one.en for one in base) + "".join(f"; {label.en} {value}".rstrip() for label, value in parts)
    return Label(zh[:400], en[:400])


def _check_name(name: str) -> None:
    package = {one.id for one in read_names(read_yaml(shipped() / "pathways" / "scenarios.yaml"))}
    if _ID.fullmatch(name) is None or name in package:
        raise _wrong(
            name[:40] or "id", Label(f"“{name[:40]}”不能用作情景的代号", f"'{name[:40]}' cannot be the id of a scenario")
        )


def scenario_label(zh: str, en: str) -> Label:
    """Name of a scenario for readers.

    Parameters
    ----------
    zh, en : str
        As typed.

    Returns
    -------
    Label
        Both, without blanks around them.

    Raises
    ------
    SettingError
        If one is missing, too long, or holds signs that cannot be printed.
    """
    for text in (zh.strip(), en.strip()):
        if not text or len(text) > LONGEST or not text.isprintable():
            raise _wrong(
                "label",
                Label("中英文名称都要写，各不超过 60 字", "a name in both languages is needed, of at most 60 characters each"),
            )
    return Label(zh.strip(), en.strip())


def _wrong(where: str, what: Label) -> SettingError:
    return SettingError(
        what,
        where=where,
        expected=Label(
            "代号：小写字母、数字、下划线，不与内置情景重名",
            "an id of small letters, digits and _, not that of a shipped scenario",
        ),
        remedy=Label("改正后再保存", "correct it and save again"),
    )
