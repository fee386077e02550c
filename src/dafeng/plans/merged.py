"""Targets that a plan states in several places: twice in its sentences, or in a sentence and in a table.

Invariant: two sentences are one target only word for word; a row of a table and a sentence also where their names say the
same in other words, since a table shortens names. Nothing of either reading is lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from dafeng.plans.certainty import least, rate
from dafeng.plans.identity import target_key
from dafeng.plans.passages import Passage
from dafeng.plans.statements import Statement

ENDING = re.compile(r"(?:占比|比重|比例|率|下降|降低|累计|总量|总|规模|容量|达到)+$")
SPELLINGS = (
    ("国内生产总值", "生产总值"),
    ("地区生产总值", "生产总值"),
    ("GDP", "生产总值"),
    ("能源消耗", "能耗"),
    ("二氧化碳排放", "碳排放"),
    ("太阳能发电", "光伏"),
    ("光伏发电", "光伏"),
)
ALIKE = 0.75
"""Least share of common characters of two names that are one. [0..1]"""


@dataclass(frozen=True, slots=True)
class Merged:
    """A target with all its places.

    Parameters
    ----------
    passage : Passage
        Where it is stated first.
    statement : Statement
        What is stated, with what a table adds.
    ids : tuple of int
        Identities of the statements that were merged, for references among them.
    also : tuple of Passage
        Its other places.
    """

    passage: Passage
    statement: Statement
    ids: tuple[int, ...]
    also: tuple[Passage, ...] = ()


def merge_statements(passages: Sequence[Passage], *, tables: Container[int]) -> list[Merged]:
    """Targets of a document, each once.

    Parameters
    ----------
    passages : sequence of Passage
        In the order of the document.
    tables : container of int
        Parts that are tables.

    Returns
    -------
    list of Merged
        In the order of their first place.
    """
    merged: list[Merged] = []
    places: dict[tuple[object, ...], int] = {}
    figures: dict[tuple[object, ...], list[int]] = {}
    for passage in passages:
        for statement in passage.statements:
            if statement.kind != "target" or rate(statement) < least():
                continue
            key, figure = target_key(statement), _figure(statement)
            same = places.get(key)
            if same is None:
                near = figures.get(figure, ())
                same = next((at for at in near if _is_same(merged[at], statement, passage.part in tables, tables)), None)
            if same is not None:
                merged[same] = _with(merged[same], passage, statement)
                continue
            places[key] = len(merged)
            figures.setdefault(figure, []).append(len(merged))
            merged.append(Merged(passage, statement, (id(statement),)))
    return merged


def _figure(statement: Statement) -> tuple[object, ...]:
    quantity = statement.quantity
    return (statement.time.year if statement.time else None, quantity.value, quantity.upper, quantity.unit)


def _is_same(one: Merged, statement: Statement, tabled: bool, tables: Container[int]) -> bool:
    if (one.passage.part in tables) == tabled:
        return False
    first, second = _plain(one.statement.name), _plain(statement.name)
    if not first or not second or (first.startswith("单位") != second.startswith("单位")):
        return False
    if first == second or (min(len(first), len(second)) >= 4 and (first.endswith(second) or second.endswith(first))):
        return True
    shared = sum((Counter(first) & Counter(second)).values())
    return 2 * shared >= ALIKE * (len(first) + len(second))


def _plain(name: str) -> str:
    for written, plain in SPELLINGS:
        name = name.replace(written, plain)
    return ENDING.sub("", name) or name


def _with(one: Merged, passage: Passage, statement: Statement) -> Merged:
    own = one.statement
    filled = replace(
        own,
        nature=own.nature or statement.nature,
        base_value=own.base_value if own.base_value is not None else statement.base_value,
        organisations=own.organisations or statement.organisations,
        base=own.base or statement.base,
    )
    return Merged(one.passage, filled, (*one.ids, id(statement)), (*one.also, passage))
