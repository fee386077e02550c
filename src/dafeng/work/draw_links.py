"""The dependencies of tasks as a drawing: layers from left to right, what comes first stands left.

Invariant: a delivered link is a full line with an arrow, a concluded one is dashed, a clash has no arrow; only tasks with a
link are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from dafeng.core.labels import Language
from dafeng.plans.task_graph import arrange
from dafeng.work.draw_schedule import draw_sign
from dafeng.work.wrap_text import wrap_text

Row = Mapping[str, Any]
WIDE, HIGH = 204, 62
"""Size of a task. [px]"""
GAP, SPACE = 76, 20
"""Between two layers, and between two tasks of one layer. [px]"""
EDGE = 28
"""Room at the sides, where links inside a layer bend out. [px]"""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a task stands.

    Parameters
    ----------
    column : int
        Its layer.
    x, y : float
        Its left upper corner. [px]
    """

    column: int
    x: float
    y: float

    @property
    def middle(self) -> float:
        """Middle of its height. [px]"""
        return self.y + HIGH / 2


def draw_links(rows: Sequence[Row], schedule: Row, language: Language, locate: Callable[[str], str]) -> str:
    """The graph of some tasks.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of `chart_rows`: the tasks that are chosen.
    schedule : mapping
        The schedule as a document.
    language : {"zh", "en"}
        Language of what links say.
    locate : callable
        Task → address of its page.

    Returns
    -------
    str
        An SVG element whose tasks are links; empty where no two of the tasks have a link.
    """
    chosen = {row["id"]: row for row in rows}
    links = [link for link in schedule["links"] if link["first"] in chosen and link["second"] in chosen]
    linked = {name for link in links for name in (link["first"], link["second"])}
    if not linked:
        return ""
    spots = _spots([row["id"] for row in rows if row["id"] in linked], schedule, links)
    width = max(spot.x for spot in spots.values()) + WIDE + EDGE
    height = max(spot.y for spot in spots.values()) + HIGH + 8
    tight = set(pairwise(schedule["chain"]["tasks"]))
    lines = "".join(_line(link, spots, tight, language) for link in sorted(links, key=lambda link: link["ordered"]))
    nodes = "".join(_node(chosen[name], spot, locate(name)) for name, spot in spots.items())
    return (
        f'<svg class="graph" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" role="group">'
        f"{_arrows()}{lines}{nodes}</svg>"
    )


def _spots(names: Sequence[str], schedule: Row, links: Iterable[Row]) -> dict[str, Spot]:
    """Layers left out by the choice close up; every column stands in the middle of the highest one."""
    deep = {row["id"]: row["layer"] for row in schedule["tasks"]}
    used = sorted({deep[name] for name in names})
    layers = {name: used.index(deep[name]) for name in names}
    columns = arrange(names, layers, [(link["first"], link["second"]) for link in links])
    high = max(len(column) for column in columns)
    return {
        name: Spot(at, EDGE + at * (WIDE + GAP), 8 + (place + (high - len(column)) / 2) * (HIGH + SPACE))
        for at, column in enumerate(columns)
        for place, name in enumerate(column)
    }


def _line(link: Row, spots: Mapping[str, Spot], tight: set[tuple[str, str]], language: Language) -> str:
    first, second = spots[link["first"]], spots[link["second"]]
    kind = [link["origin"], f"k-{link['kind']}"]
    kind += ["critical"] if (link["first"], link["second"]) in tight else []
    kind += ["short"] if (link["slack"] or 0) < 0 else []
    arrow = "" if link["kind"] == "clash" else ' marker-end="url(#arrow)"'
    told = f"{link['first']} → {link['second']} · {link['label'][language]} · {link['why'][language]}"
    return f'<path class="link {" ".join(kind)}" d="{_way(first, second)}"{arrow}><title>{escape(told)}</title></path>'


def _way(first: Spot, second: Spot) -> str:
    """Forward from side to side; inside a layer and backward, round the outside."""
    if second.column > first.column:
        x, end = first.x + WIDE, second.x - 3
        bend = max((end - x) / 2, 30)
        return (
            f"M{x:g} {first.middle:g}C{x + bend:g} {first.middle:g} {end - bend:g} {second.middle:g} {end:g} {second.middle:g}"
        )
    out = min(10 + abs(second.y - first.y) / (HIGH + SPACE) * 12, EDGE - 4)
    if second.column == first.column:
        x = first.x + WIDE
        return f"M{x:g} {first.middle:g}C{x + out:g} {first.middle:g} {x + out:g} {second.middle:g} {x + 3:g} {second.middle:g}"
    x, end, low, back = first.x, second.x + WIDE + 3, first.middle + 8, second.middle + 8
    return f"M{x:g} {low:g}C{x - EDGE:g} {low + 32:g} {end + EDGE:g} {back + 32:g} {end:g} {back:g}"


def _node(row: Row, spot: Spot, address: str) -> str:
    kind = f"task-node{' critical' if row['critical'] else ''}{' pressed' if row['pressed'] else ''}"
    lines = wrap_text(f"{row['number'] or ''} {row['title']}".strip(), 26, lines=2)
    first = spot.y + (27 if len(lines) == 1 else 20)
    told = "".join(f'<text x="{spot.x + 14:g}" y="{first + 16 * at:g}">{escape(line)}</text>' for at, line in enumerate(lines))
    years = " – ".join(row[side]["said"] if row[side] else "…" for side in ("begins", "ends"))
    sign = draw_sign(row["verdict"], spot.x + WIDE - 25, spot.y + HIGH - 20)
    return (
        f'<a class="{kind}" href="{escape(address)}"><title>{escape(row["title"])}</title>'
        f'<rect x="{spot.x:g}" y="{spot.y:g}" width="{WIDE}" height="{HIGH}" rx="6"/>{told}'
        f'<text class="small" x="{spot.x + 14:g}" y="{spot.y + HIGH - 9:g}">{escape(years)}</text>{sign}</a>'
    )


def _arrows() -> str:
    size = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse"'
    head = '<path d="M0 0.5L7.500 4L0 7.500z" class="arrow"/>'
    return f'<defs><marker id="arrow" {size} orient="auto">{head}</marker></defs>'
