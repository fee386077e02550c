"""A scenario that a reader made becomes rows of the city's own table of scenarios.

Invariant: what is read back computes the same; the package's scenarios and other rows of the table stay as they are, and the
files are there whole or not at all, with an entry of the audit log that says who. Nobody's scenario is replaced unseen.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import ConflictError, SettingError
from dafeng.core.labels import Label
from dafeng.library.overlay import shipped
from dafeng.library.strict import read_yaml
from dafeng.pathways.model.axes import YEAR, Array
from dafeng.pathways.model.city import OWN_NAMES
from dafeng.pathways.model.drivers import Given, Row, lay_over
from dafeng.pathways.model.overlays import begun_rows
from dafeng.pathways.model.sampling import Band
from dafeng.pathways.model.tables import Scenario, read_names
from dafeng.store.files import hash_tree, lock
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.review import using
from dafeng.work.scenario_choice import SOURCE, Choice, moves_of, rows_of
from dafeng.work.scenario_live import LiveScenarios
from dafeng.work.scenario_pending import (
    FOLDER,
    SavedBy,
    begin_save,
    finish_held,
    log_save,
    name_save,
    saved_by,
)

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
LOCAL = "local"
"""Who saves, where nobody says so."""
_ID = re.compile(r"[a-z][a-z0-9_]{1,30}")


def save_scenario(
    city: City, live: LiveScenarios, choice: Choice, *, id: str, label: Label, who: str = LOCAL, seen: str | None = None,
    records: Records | None = None,
) -> Scenario:  # fmt: skip
    """Keep a choice as a scenario of the city; who keeps it stands in the audit log.

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
    who : str, optional
        Who keeps it.
    seen : str, optional
        What `mark_scenario` said of the id when this was decided, empty where there was none; without it whatever stands
        there is replaced.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Scenario
        As it was kept.

    Raises
    ------
    SettingError
        If the name cannot be used, or the choice changes nothing.
    ConflictError
        If somebody else kept another one under the same id since.
    """
    _check_name(id)
    rows = tuple(overlay_rows(live, choice))
    if not rows:
        raise _wrong("id", Label("与趋势情景相同，没有可保存的", "it is the baseline: there is nothing to save"))
    made, at = Scenario(id, label, _says(live, choice)), datetime.now(UTC)
    with using(city, records) as opened, lock(city.folder / FOLDER):
        finish_held(city, opened)
        before, present = _spelled(city), mark_scenario(city, id)
        files = {TABLE: _table(city.overlay / TABLE, id, rows), OWN_NAMES: _names(city.overlay / OWN_NAMES, made)}
        mark = _mark(files, id)
        if mark == present:
            return made
        if seen not in (None, present):
            raise _overtaken(id, saved_by(opened, id), _title(before, id))
        begin_save(city, files, name=name_save(id, at=at))
        try:
            title = {"zh": label.zh, "en": label.en}
            log_save(opened, id=id, mark=mark, title=title, who=who, at=at, name=name_save(id, at=at))
        finally:
            finish_held(city, opened)
    return made


def mark_scenario(city: City, id: str) -> str:
    """What a form that keeps a scenario was made on.

    Parameters
    ----------
    city : City
        The city.
    id : str
        The scenario.

    Returns
    -------
    str
        Hash of its rows and names; empty where there is none.
    """
    return _mark(_spelled(city), id)


def mark_scenarios(city: City) -> dict[str, str]:
    """`mark_scenario` of all scenarios of a city's own.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    dict of str to str
        By id.
    """
    files = _spelled(city)
    return {one.id: _mark(files, one.id) for one in _known(files)}


def is_own(city: City, id: str, *, who: str) -> bool:
    """Whether somebody saved a scenario last, so that replacing it overwrites nobody else.

    Parameters
    ----------
    city : City
        The city.
    id : str
        The scenario.
    who : str
        Who asks.

    Returns
    -------
    bool
        False also where nobody saved it through the programme.
    """
    with using(city, None) as opened:
        return saved_by(opened, id).who == who


def _spelled(city: City) -> dict[str, str]:
    paths = {name: city.overlay / name for name in (TABLE, OWN_NAMES)}
    return {name: path.read_text(encoding="utf-8") if path.is_file() else "" for name, path in paths.items()}


def _known(files: Mapping[str, str]) -> tuple[Scenario, ...]:
    text = files[OWN_NAMES]
    return tuple(read_names(read_yaml(text, name=OWN_NAMES))) if text else ()


def _mark(files: Mapping[str, str], name: str) -> str:
    rows = [line for line in files[TABLE].splitlines() if line.partition(",")[0] == name]
    words = [(one.label, one.says) for one in _known(files) if one.id == name]
    said = [[label.zh, label.en, says.zh, says.en] for label, says in words]
    return hash_tree({"rows": rows, "words": said})[:16] if rows or said else ""


def _title(files: Mapping[str, str], name: str) -> Label:
    return next((one.label for one in _known(files) if one.id == name), Label(name, name))


def _overtaken(name: str, last: SavedBy, title: Label) -> ConflictError:
    who = Label(last.who or "有人手工", last.who or "somebody by hand")
    return ConflictError(
        Label(f"{who.zh} 已保存情景“{name}”（{title.zh}）", f"{who.en} has kept a scenario '{name}' ({title.en})"),
        where=name,
        expected=Label("另一个代号，或明确替换它", "another id, or the word to replace it"),
        remedy=Label(
            "看过那个情景后换一个代号，或选择替换；没有写入任何改动",
            "look at that scenario, then take another id or choose to replace it; nothing was written",
        ),
    )


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
