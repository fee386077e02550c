"""Units and companies that differ only by how they are typed, and units that are likely one under two names.

Invariant: two spellings of one name are never two entitlements; nobody guesses which of them is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations_with_replacement
from pathlib import Path

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.plants import Plant, plant_columns
from dafeng.ledger.right_tables import read_rows
from dafeng.plans.headings import ordinal

NAMED = 5
"""Other units that a finding names; of more it tells how many."""
_DIGITS = "一二三四五六七八九"
_NUMERAL = re.compile(f"[{_DIGITS}]?十[{_DIGITS}]?|[{_DIGITS}]")
_ONE_NAME = Label(
    "改用同一名称并删去重复的一行；确为两台的，改正数据或写全名称",
    "use one name and remove the other row; if there are two, correct the figures or name them in full",
)
_LOOK_AT = Label(
    "核对两行是否同一台；确为两台的无需处理", "see whether they are one unit; if they are two, nothing is to be done"
)


def check_spellings(plants: Sequence[Plant]) -> tuple[Plant, ...]:
    """Units without figures where another row of the year spells the same company or the same unit in another way.

    Parameters
    ----------
    plants : sequence of Plant
        Units of the table and of the account.

    Returns
    -------
    tuple of Plant
        The same units; those of two spellings with an error that names both.
    """
    spelt: dict[tuple[str | int, ...], dict[str, None]] = {}
    for plant in plants:
        company = fold_person(plant.enterprise)
        spelt.setdefault((plant.year, company), {})[plant.enterprise] = None
        spelt.setdefault((plant.year, company, fold_person(plant.unit)), {})[plant.unit] = None
    return tuple(_check(plant, spelt) for plant in plants)


def _check(plant: Plant, spelt: dict[tuple[str | int, ...], dict[str, None]]) -> Plant:
    company = (plant.year, fold_person(plant.enterprise))
    several = [names for key in (company, (*company, fold_person(plant.unit))) if len(names := spelt[key]) > 1]
    if not several:
        return plant
    findings = tuple(_several(plant.at, tuple(names)) for names in several)
    return replace(plant, figures={}, origins={}, bad=tuple(plant_columns()), findings=(*plant.findings, *findings))


def _several(at: str, names: Sequence[str]) -> Finding:
    shown = " | ".join(_show(name) for name in names)
    return Finding(
        "allowance.spelling",
        at,
        "error",
        Label(
            f"同一名称有几种写法：{shown}，不知是否同一家，不计", f"one name in several spellings: {shown}; nothing is counted"
        ),
        Label("全部改用一种写法；全角、大小写、空白不成两家", "spell it in one way; width, case and blanks make no second one"),
    )


def check_alike(plants: Sequence[Plant], *folders: Path) -> tuple[Plant, ...]:
    """Units of one company and year that measured exactly the same, which two meters hardly do.

    Parameters
    ----------
    plants : sequence of Plant
        Units of the table and of the account.
    *folders : Path
        Overlay folders; their ``rights/unit_words*.csv`` add words that say nothing of which unit is meant.

    Returns
    -------
    tuple of Plant
        The same units. Those whose quantities agree, as far as both have them, one of them not zero, have a finding that names
        the others: a warning, or an error and no figures where the names differ by number marks and such words only.
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for at, plant in enumerate(plants):
        groups.setdefault((fold_person(plant.enterprise), plant.year), []).append(at)
    words = _read_words(folders)
    made = list(plants)
    for group in groups.values():
        found = _find_twins(plants, group)
        bare = {at: _bare(plants[at].unit, words) for at in found}
        for at, places in found.items():
            others = [other for some in places for other in some if other != at]
            same = [other for other in others if bare[other] == bare[at]]
            made[at] = _tell_twins(plants[at], [plants[other] for other in same or others], severe=bool(same))
    return tuple(made)


def _quantities(plant: Plant) -> dict[str, Decimal]:
    """Measured quantities of a unit: neither shares nor what is only expected."""
    columns = plant_columns()
    return {
        name: value for name, value in plant.figures.items() if columns[name].unit not in ("", "1") and columns[name].indicator
    }


def _find_twins(plants: Sequence[Plant], group: Sequence[int]) -> dict[int, list[list[int]]]:
    """By place, lists of the places of other units with the same quantities; no pair is looked at, so it is linear in units."""
    told = {at: _quantities(plants[at]) for at in group}
    kinds: dict[frozenset[str], list[int]] = {}
    for at in group:
        kinds.setdefault(frozenset(told[at]), []).append(at)
    found: dict[int, list[list[int]]] = {}
    for one, other in combinations_with_replacement(kinds, 2):
        both = sorted(one & other)
        sides: list[dict[tuple[Decimal, ...], list[int]]] = [{}, {}]
        for side, kind in zip(sides, (one, other), strict=True):
            for at in kinds[kind]:
                side.setdefault(tuple(told[at][name] for name in both), []).append(at)
        for values in sides[0].keys() & sides[1].keys():
            left, right = (side[values] for side in sides)
            if not any(values) or (one == other and len(left) == 1):
                continue
            for places, twins in ((left, right),) if one == other else ((left, right), (right, left)):
                for at in places:
                    found.setdefault(at, []).append(twins)
    return found


def _read_words(folders: Sequence[Path]) -> re.Pattern[str]:
    """Words that fall away from names of units, the longest first."""
    words = {fold_person(row.cells["word"]) for row in read_rows(folders, "unit_words", ("word",))} - {""}
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _bare(name: str, words: re.Pattern[str]) -> str:
    """A name of a unit without number marks, words that say nothing of which, and leading zeros; numerals as digits."""
    digits = _NUMERAL.sub(lambda found: str(ordinal(found[0])), fold_person(name))
    parts = re.sub(r"(?<!\d)0+(?=\d)", "", words.sub(" ", digits))
    return re.sub(r"(?<!\d) +| +(?!\d)", "", parts)  # a blank stays between two numbers, which are not one


def _tell_twins(plant: Plant, others: Sequence[Plant], *, severe: bool) -> Plant:
    findings = (*plant.findings, _twin(plant, others, severe=severe))
    if not severe:
        return replace(plant, findings=findings)
    return replace(plant, figures={}, origins={}, bad=tuple(plant_columns()), findings=findings)


def _twin(plant: Plant, others: Sequence[Plant], *, severe: bool) -> Finding:
    named = [_show(f"{one.unit} ({_place(one)})") for one in others[:NAMED]]
    more = len(others) - len(named)
    shown = ", ".join(named) + (f", +{more}" if more else "")
    unit = _show(f"{plant.unit} ({_place(plant)})")
    if severe:
        says = Label(
            f"{unit} 与 {shown} 各项数量全同，名称只差序号写法：应是同一台，不计",
            f"{unit} and {shown} have the same quantities and names that differ by number marks only: likely one unit;"
            " nothing is counted",
        )
        return Finding("allowance.unit_twice", plant.at, "error", says, _ONE_NAME)
    says = Label(
        f"{unit} 与 {shown} 各项数量全同，可能是同一台；仍分别计算",
        f"{unit} and {shown} have the same quantities and may be one unit; each is counted",
    )
    return Finding("allowance.unit_twin", plant.at, "warning", says, _LOOK_AT)


def _place(plant: Plant) -> str:
    """Row of the table, or the delivered cells below the quantities."""
    origins = [plant.origins[name] for name in _quantities(plant) if name in plant.origins]
    cells = dict.fromkeys(row.place for one in origins if not one.table for row in one.rows if row.place)
    return "; ".join(dict.fromkeys((plant.at, *list(cells)[:NAMED])))


def _show(name: str) -> str:
    return name if name.isprintable() else ascii(name)[1:-1]
