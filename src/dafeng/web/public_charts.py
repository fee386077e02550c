"""Figures of the public pages: drawn here, without a script, so that they stand in pages, frames, files and on paper.

Invariant: every mark is a value of the published document; a picture carries its own text and can be read without colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dafeng.web.figures import Scale, scale_series, show
from dafeng.web.labels import Words
from dafeng.web.public_canvas import Canvas
from dafeng.web.public_goals import say_goal

ROOM = 0.16
"""Free part of an axis above the largest value."""
WIDE, NARROW = 720, 360
"""Widths of the two drawings of a figure. [px]"""
Points = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Sketch:
    """How a figure is drawn.

    Parameters
    ----------
    words : Words
        Language.
    title : str
        What it shows, in a sentence.
    narrow : bool
        Whether it is drawn for a phone.
    alone : bool
        Whether it is a file of its own.
    """

    words: Words
    title: str
    narrow: bool = False
    alone: bool = False

    def canvas(self, height: int) -> Canvas:
        """An empty sheet.

        Parameters
        ----------
        height : int
            Its height. [px]

        Returns
        -------
        Canvas
            As wide as the figure shall be.
        """
        return Canvas(NARROW if self.narrow else WIDE, height, self.alone)

    def finish(self, canvas: Canvas) -> Markup:
        """The figure.

        Parameters
        ----------
        canvas : Canvas
            With everything on it.

        Returns
        -------
        Markup
            SVG.
        """
        return canvas.finish(self.title, name="figure narrow" if self.narrow else "figure wide")


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where years and values lie on a canvas, and in which unit they are written."""

    years: tuple[int, int]
    top: float
    box: tuple[float, float, float, float]
    scale: Scale
    words: Words

    def x(self, year: float) -> float:
        left, _, right, _ = self.box
        first, last = self.years
        return left + (right - left) * (year - first) / max(1, last - first)

    def y(self, value: float) -> float:
        _, upper, _, lower = self.box
        return lower - (lower - upper) * value / self.top

    def at(self, points: Points) -> list[tuple[float, float]]:
        return [(self.x(year), self.y(value)) for year, value in points]

    def say(self, value: Any) -> str:
        return str(show(value, self.scale.stored, self.words.language, basis="estimated", scale=self.scale))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an indicator: goals, values, what is expected."""

    unit: str
    goals: list[tuple[int, float, Mapping[str, Any]]]
    points: list[tuple[int, float]]
    future: Mapping[str, Any] | None

    def groups(self) -> list[list[float]]:
        """All values, for one scale."""
        expected = [value for value in (self.future or {}).get("p90", ()) if value is not None]
        return [[value for _, value, _ in self.goals], [value for _, value in self.points], expected]

    def years(self) -> list[int]:
        told = [*(year for year, _, _ in self.goals), *(year for year, _ in self.points)]
        return [*told, *(self.future or {}).get("years", ())]

    def top(self) -> float:
        """Upper end of the axis; a share ends at all."""
        largest = max((float(value) for group in self.groups() for value in group), default=0.0)
        return 100.0 if self.unit == "%" and largest <= 100 else largest * (1 + ROOM) or 1.0


def draw_indicator(entry: Mapping[str, Any], sketch: Sketch) -> Markup | None:
    """Where an indicator stands and where it shall be.

    Parameters
    ----------
    entry : mapping
        Entry of ``indicators`` of the published document.
    sketch : Sketch
        How it is drawn.

    Returns
    -------
    Markup or None
        A line over the years, or a bar where fewer than two years are known; ``None`` where no figure is known at all.
    """
    known = _read(entry)
    if not known.goals and not known.points:
        return None
    return _draw_lines(known, sketch) if len(known.points) >= 2 else _draw_bar(known, sketch)


def _read(entry: Mapping[str, Any]) -> _Known:
    rows = [one for one in entry["targets"] if one["value"]["value"] is not None and one["year"]]
    goals = [(one["year"], float(one["value"]["value"]), one) for one in rows]
    points = [(year, float(value)) for year, value, _ in entry["actuals"] if value is not None]
    future = next((one["projection"] for one in reversed(entry["targets"]) if one["projection"]), None)
    return _Known(entry["unit"], goals, points, future)


def _plane(canvas: Canvas, years: Sequence[int], top: float, scale: Scale, words: Words) -> _Plane:
    box = (16.0, 40.0, canvas.width - 72.0, canvas.height - 40.0)
    return _Plane((min(years), max(years)), top, box, scale, words)


def _draw_lines(known: _Known, sketch: Sketch) -> Markup:
    canvas = sketch.canvas(300 if sketch.narrow else 360)
    scale = scale_series(known.groups(), known.unit, sketch.words.language)
    plane = _plane(canvas, known.years(), known.top(), scale, sketch.words)
    _draw_axis(canvas, plane)
    if known.future:
        _draw_future(canvas, plane, known.future, known.points)
    for year, value, row in known.goals:
        _draw_goal(canvas, plane, (year, value), _say_goal(year, row, sketch.words))
    _draw_points(canvas, plane, [known.points])
    return sketch.finish(canvas)


def _draw_axis(canvas: Canvas, plane: _Plane) -> None:
    left, upper, right, lower = plane.box
    canvas.line([(left, lower), (right + 56, lower)], "line-2", width=1)
    canvas.text((left, upper - 24), plane.scale.text, colour="ink-3")
    for year in sorted({*plane.years}):
        canvas.text((plane.x(year), lower + 26), year, at="middle" if year != plane.years[0] else "start")


def _draw_points(canvas: Canvas, plane: _Plane, stretches: Sequence[Points]) -> None:
    """Values that are known; between stretches nothing is drawn."""
    for stretch in stretches:
        canvas.line(plane.at(stretch), "brand", width=3)
        for place in plane.at(stretch):
            canvas.dot(place, 3.5, "brand")
    year, value = stretches[-1][-1]
    x, y = plane.x(year), plane.y(value)
    side = "end" if x > canvas.width - 110 else "start" if x < 110 else "middle"
    canvas.text((x, y - 16), f"{year} · {plane.say(value)}", size=16, bold=True, colour="ink", at=side)


def _draw_future(canvas: Canvas, plane: _Plane, future: Mapping[str, Any], points: Points) -> None:
    """The band and the middle of what is expected, from the last value known."""
    rows = [row for row in zip(future["years"], future["p10"], future["p50"], future["p90"], strict=True) if None not in row]
    if points and rows and points[-1][0] < rows[0][0]:
        year, value = points[-1]
        rows.insert(0, (year, value, value, value))
    upper = plane.at([(year, high) for year, _, _, high in rows])
    lower = plane.at([(year, low) for year, low, _, _ in reversed(rows)])
    canvas.shape([*upper, *lower], "brand-2", light=0.16)
    canvas.line(plane.at([(year, middle) for year, _, middle, _ in rows]), "brand-2", dash="2 7")


def _say_goal(year: int, row: Mapping[str, Any], words: Words) -> str:
    return f"{words.say('public.goal')} {year} · {say_goal(row, words)}"


def _draw_goal(canvas: Canvas, plane: _Plane, goal: tuple[int, float], said: str) -> None:
    x, y = plane.x(goal[0]), plane.y(goal[1])
    canvas.dot((x, y), 7, "s-2", hollow=True)
    canvas.text((x + 8, y + 28), said, colour="s-2", bold=True, at="end" if x > canvas.width / 2 else "start")


def _draw_bar(known: _Known, sketch: Sketch) -> Markup:
    """One bar from zero: what is known is filled, what is expected is a hollow mark, goals are lines."""
    scale = scale_series(known.groups(), known.unit, sketch.words.language)
    plane = _Plane((0, 1), known.top(), (10.0, 0.0, (NARROW if sketch.narrow else WIDE) - 10.0, 0.0), scale, sketch.words)
    marks = _marks(known, plane)
    canvas = sketch.canvas(84 + 32 * len(marks))
    top, left, right = 48.0, plane.box[0], plane.box[2]

    def place(value: float) -> float:
        return left + (right - left) * value / plane.top

    canvas.line([(left, top), (right, top)], "sunk", width=18)
    if known.points:
        year, value = known.points[-1]
        canvas.line([(left, top), (max(left + 1, place(value)), top)], "brand", width=18)
        canvas.text((left, top - 22), f"{year} · {plane.say(value)}", size=16, bold=True, colour="brand")
    else:
        canvas.text((left, top - 22), sketch.words.say("public.no_value"), size=16, colour="ink-3")
    for number, (value, said, colour) in enumerate(marks):
        _draw_mark(canvas, (place(value), top, top + 46 + 32 * number), said, colour)
    return sketch.finish(canvas)


def _marks(known: _Known, plane: _Plane) -> list[tuple[float, str, str]]:
    """Value, words and colour of what is marked on a bar, the smallest first."""
    words, future = plane.words, known.future
    marks = [(value, _say_goal(year, row, words), "s-2") for year, value, row in known.goals]
    if future and future["p50"][-1] is not None:
        value = future["p50"][-1]
        marks.append((value, f"{words.word('basis', 'projected')} {future['years'][-1]} · {plane.say(value)}", "brand-2"))
    return sorted(marks)


def _draw_mark(canvas: Canvas, place: tuple[float, float, float], said: str, colour: str) -> None:
    x, top, y = place
    projected = colour == "brand-2"
    canvas.line([(x, top - 14), (x, top + 14)], colour, width=3, dash="1 6" if projected else "")
    left = x < canvas.width * 0.5
    side = "start" if left else "end"
    canvas.text((x + 8 if left else x - 8, y - 4), said, size=16, colour=colour, bold=not projected, at=side)


def draw_history(emissions: Mapping[str, Any], sketch: Sketch) -> Markup:
    """Emissions of past years; a missing year is a gap.

    Parameters
    ----------
    emissions : mapping
        Part of the published document.
    sketch : Sketch
        How it is drawn.

    Returns
    -------
    Markup
        The picture.
    """
    canvas = Canvas(NARROW if sketch.narrow else 520, 260 if sketch.narrow else 340, sketch.alone)
    points = [(year, float(value)) for year, value, _ in emissions["history"]]
    values = [value for _, value in points]
    scale = scale_series([values], emissions["unit"], sketch.words.language)
    plane = _plane(canvas, [year for year, _ in points], max(values) * (1 + ROOM), scale, sketch.words)
    _draw_axis(canvas, plane)
    _draw_points(canvas, plane, _stretches(points))
    return sketch.finish(canvas)


def _stretches(points: Points) -> list[list[tuple[int, float]]]:
    """Runs of neighbouring years."""
    found: list[list[tuple[int, float]]] = []
    for point in points:
        if found and point[0] == found[-1][-1][0] + 1:
            found[-1].append(point)
        else:
            found.append([point])
    return found
