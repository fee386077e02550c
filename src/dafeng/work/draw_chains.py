"""What tasks come up against: from a task to its target, and on to what cannot hold with that target.

Invariant: a line stands for at least one smallest clash that was found; how many they are is told at the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dafeng.core.labels import Language
from dafeng.plans.task_graph import arrange
from dafeng.work.draw_schedule import draw_sign
from dafeng.work.wrap_text import wrap_text

Row = Mapping[str, Any]
WIDE, HIGH = (220, 250, 300), 48
"""Width of the three columns, and height of a box. [px]"""
GAP, SPACE = 84, 12
"""Between columns and between boxes. [px]"""


@dataclass(frozen=True, slots=True)
class Box:
    """A task, a target or what stands against it.

    Parameters
    ----------
    id : str
        Key.
    column : int
        0 tasks, 1 targets of tasks, 2 the others.
    says : str
        Words in it.
    address : str
        Where it leads, empty for nowhere.
    verdict : str or None
        Verdict on a target.
    """

    id: str
    column: int
    says: str
    address: str
    verdict: str | None = None


def draw_chains(
    rows: Sequence[Row],
    clashes: Iterable[Row],
    verdicts: Mapping[str, Row],
    language: Language,
    locate: Callable[[str, str], str],
) -> str:
    """The figure of some tasks.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of `chart_rows`: the tasks that are chosen.
    clashes : iterable of mapping
        As in the view document.
    verdicts : mapping of str to mapping
        Target → verdict, as in the view document.
    language : {"zh", "en"}
        Language.
    locate : callable
        Kind (``task``, ``target`` or ``explain``) and id or address → address of a page.

    Returns
    -------
    str
        An SVG element; empty where no target of the tasks stands in a clash.
    """
    owner = {target["id"]: row for row in rows for target in row["targets"]}
    boxes: dict[str, Box] = {}
    lines: dict[tuple[str, str], int] = {}
    for clash in clashes:
        own = [member for member in clash["members"] if member["target"] in owner]
        others = [member for member in clash["members"] if member["target"] not in owner]
        for member in own:
            task, name = owner[member["target"]], f"1 {member['target']}"
            boxes[f"0 {task['id']}"] = Box(f"0 {task['id']}", 0, task["title"], locate("task", task["id"]))
            boxes[name] = _target(name, 1, member, verdicts, language, locate)
            lines[f"0 {task['id']}", name] = 0
            for other in others:
                key = f"2 {other['target'] or other['label']['zh']}"
                boxes[key] = _target(key, 2, other, verdicts, language, locate)
                lines[name, key] = lines.get((name, key), 0) + 1
    return _drawn(boxes, lines) if boxes else ""


def _target(
    key: str, column: int, member: Row, verdicts: Mapping[str, Row], language: Language, locate: Callable[[str, str], str]
) -> Box:
    found = verdicts.get(member["target"] or "")
    address = locate("target", member["target"]) if found else locate("explain", member["address"]) if member["address"] else ""
    return Box(key, column, member["label"][language], address, found["verdict"] if found else None)


def _drawn(boxes: Mapping[str, Box], lines: Mapping[tuple[str, str], int]) -> str:
    columns = arrange(sorted(boxes), {key: box.column for key, box in boxes.items()}, lines)
    high = max(len(column) for column in columns)
    places = {
        key: (2 + sum(WIDE[:at]) + at * GAP, 2 + (place + (high - len(column)) / 2) * (HIGH + SPACE))
        for at, column in enumerate(columns)
        for place, key in enumerate(column)
    }
    width, height = sum(WIDE) + 2 * GAP + 4, high * (HIGH + SPACE)
    ways = "".join(_way(boxes[first], places[first], places[second], count) for (first, second), count in lines.items())
    nodes = "".join(_box(box, *places[key]) for key, box in boxes.items())
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg class="graph chains" {size} role="group">{ways}{nodes}</svg>'


def _way(first: Box, start: tuple[float, float], end: tuple[float, float], count: int) -> str:
    x, y, stop, low = start[0] + WIDE[first.column], start[1] + HIGH / 2, end[0], end[1] + HIGH / 2
    middle = (x + stop) / 2
    kind = f"link k-clash w-{min(count, 4)}" if count else "link delivered"
    told = f"<title>{count}</title>" if count else ""
    return f'<path class="{kind}" d="M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {low:g} {stop:g} {low:g}">{told}</path>'


def _box(box: Box, x: float, y: float) -> str:
    wide = WIDE[box.column]
    lines = wrap_text(box.says, (wide - (44 if box.verdict else 22)) // 7, lines=2)
    first = y + (28 if len(lines) == 1 else 20)
    told = "".join(f'<text x="{x + 11:g}" y="{first + 16 * at:g}">{escape(one)}</text>' for at, one in enumerate(lines))
    kind = ("task-node", "target-node", "target-node" if box.verdict else "fact-node")[box.column]
    outline = f'<rect x="{x:g}" y="{y:g}" width="{wide}" height="{HIGH}" rx="{18 if box.column else 6}"/>'
    shape = f"<title>{escape(box.says)}</title>{outline}{told}{draw_sign(box.verdict, x + wide - 23, y + 18)}"
    return f'<a class="{kind}" href="{escape(box.address)}">{shape}</a>' if box.address else f'<g class="{kind}">{shape}</g>'
