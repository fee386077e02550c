"""The map of districts: which quantity and year, what each tile shows, the classes of the legend, the table behind it.

Invariant: a district without a figure is hatched and counted, never drawn as zero; a class says its least and its
largest figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.charts import scale_column
from dafeng.web.figures import Scale, show
from dafeng.web.labels import Words

Row = dict[str, Any]
FILTERS = ("quantity", "year")
"""What the address of the page may choose."""
CELL, GAP, ROUND = 100, 6, 9
"""Size of a tile, space between tiles, radius of its corners. [units of the drawing]"""
SHADES: Mapping[int, tuple[int, ...]] = {0: (), 1: (3,), 2: (2, 4), 3: (1, 3, 4), 4: (1, 2, 3, 4)}
"""Shades of the classes, by their number; 1 is the lightest."""
NAMED = 3
"""Most districts that the title names."""


def build_map(view: Mapping[str, Any], words: Words, query: Mapping[str, str]) -> Row:
    """What the template of the map gets.

    Parameters
    ----------
    view : mapping
        View document.
    words : Words
        Language of the page.
    query : mapping of str to str
        ``quantity`` and ``year``; the first quantity and its latest year where they name none.

    Returns
    -------
    dict
        ``chosen`` (a map, ``None`` where no district is known), ``quantities``, ``draw_all`` (makes every quantity's map),
        ``counts`` and ``figures`` (quantities without and with a year).
    """
    districts = view.get("districts") or {}
    quantities = districts.get("quantities") or []
    wanted = next((one for one in quantities if one["id"] == query.get("quantity")), next(iter(quantities), None))
    return {
        "chosen": draw_map(districts, wanted, words, year=query.get("year", "")) if wanted else None,
        "quantities": quantities,
        "counts": [one for one in quantities if one["years"] == [None]],
        "figures": [one for one in quantities if one["years"] != [None]],
        "draw_all": lambda: [draw_map(districts, one, words) for one in quantities],
        "located": list_located(view),
    }


def list_located(view: Mapping[str, Any]) -> dict[str, Row]:
    """What the plan says of each district.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    dict of str to dict
        Code → ``projects``, ``areas`` and ``tasks``.
    """
    districts = view.get("districts") or {}
    tasks = {row["address"]: row for row in view.get("tasks") or ()}
    found: dict[str, Row] = {tile["place"]: {"projects": [], "areas": [], "tasks": []} for tile in districts.get("tiles") or ()}
    for row in districts.get("located") or ():
        if row["place"] in found:
            found[row["place"]]["projects" if row["kind"] == "project" else "areas"].append(row)
    for row in districts.get("duties") or ():
        found[row["place"]]["tasks"] = [tasks[address] for address in row["tasks"] if address in tasks]
    return found


def choose_quantities(districts: Mapping[str, Any], chosen: Mapping[str, str]) -> Row:
    """The districts with what the filters leave.

    Parameters
    ----------
    districts : mapping
        Part ``districts`` of the view document.
    chosen : mapping of str to str
        ``quantity`` and ``year``.

    Returns
    -------
    dict
        The same part; a name or year that nothing has leaves no quantity.
    """
    kept = [one for one in districts["quantities"] if chosen.get("quantity") in (None, one["id"])]
    if "year" not in chosen:
        return {**districts, "quantities": kept}
    found = [(one, [str(year) for year in one["years"]]) for one in kept]
    dated = [(one, years.index(chosen["year"])) for one, years in found if chosen["year"] in years]
    return {
        **districts,
        "quantities": [
            {**one, "years": [one["years"][at]], "rows": [{**row, "values": [row["values"][at]]} for row in one["rows"]]}
            for one, at in dated
        ],
    }


def draw_map(districts: Mapping[str, Any], quantity: Mapping[str, Any], words: Words, *, year: str = "") -> Row:
    """One quantity on the map.

    Parameters
    ----------
    districts : mapping
        Part ``districts`` of the view document.
    quantity : mapping
        One of its quantities.
    words : Words
        Language of the page.
    year : str
        Year wanted; the latest where there is no such year.

    Returns
    -------
    dict
        ``quantity, year, title, width, height, size`` (of the letters), ``shapes, classes, unknown, zones, outline``.
    """
    years = quantity["years"]
    at = next((n for n, one in enumerate(years) if str(one) == year), len(years) - 1)
    numbers = {row["place"]: row["values"][at] for row in quantity["rows"]}
    scale = scale_column(numbers.values(), words.language)
    known = {place: one["value"] for place, one in numbers.items() if one and one["value"] is not None}
    classes = classify(list(known.values()))
    outline = districts.get("outline")
    drawn = _outlined(districts["tiles"], outline) if outline else _tiled(districts["tiles"])
    shapes = [{**one, **_filled(one["tile"], numbers, classes, scale, words)} for one in drawn["shapes"]]
    return {
        "quantity": quantity,
        "year": years[at],
        "title": _title(quantity, years[at], districts["tiles"], numbers, scale, words),
        **drawn,
        "shapes": shapes,
        "classes": [{**one, "says": _bounds(one, quantity, scale, words)} for one in classes],
        "unknown": sum(place not in known for place in numbers),
        "zones": sum(one["tile"]["zone"] for one in shapes),
        "numbers": numbers,
        "scale": scale,
        "outline": outline,
    }


def classify(values: Sequence[float]) -> list[Row]:
    """Classes of equal many different figures.

    Parameters
    ----------
    values : sequence of float
        Known figures. [any one unit]

    Returns
    -------
    list of dict
        ``low, high, count, shade``: zero for itself with shade 0, then at most four classes of what is left, from the least on.
    """
    zeros = sum(value == 0 for value in values)
    others = sorted({value for value in values if value != 0})
    parts = min(len(others), max(SHADES))
    cuts = [round(len(others) * part / parts) for part in range(parts + 1)] if parts else []
    found: list[Row] = [{"low": 0, "high": 0, "count": zeros, "shade": 0}] if zeros else []
    for shade, start, stop in zip(SHADES[parts], cuts, cuts[1:], strict=False):
        low, high = others[start], others[stop - 1]
        found.append(
            {"low": low, "high": high, "count": sum(low <= value <= high and value != 0 for value in values), "shade": shade}
        )
    return found


def _tiled(tiles: Sequence[Row]) -> Row:
    """Every district as a square of the same size."""
    shapes = [{"tile": tile, "path": _square(tile), **_middle(tile)} for tile in tiles]
    width = max(tile["column"] for tile in tiles) * CELL
    height = max(tile["row"] for tile in tiles) * CELL
    return {"width": width, "height": height, "size": 19, "shapes": shapes}


def _square(tile: Row) -> str:
    side, r = CELL - GAP - 2 * ROUND, ROUND
    x, y = (tile["column"] - 1) * CELL + GAP / 2 + r, (tile["row"] - 1) * CELL + GAP / 2
    turn = f"a{r} {r} 0 0 1"
    return f"M{x:g} {y:g}h{side}{turn} {r} {r}v{side}{turn} -{r} {r}h-{side}{turn} -{r} -{r}v-{side}{turn} {r} -{r}z"


def _middle(tile: Row) -> Row:
    return {"x": (tile["column"] - 0.5) * CELL, "y": (tile["row"] - 0.5) * CELL}


def _outlined(tiles: Sequence[Row], outline: Mapping[str, Any]) -> Row:
    """Every district by its own boundary; a zone that is not drawn on its own is left to the table."""
    known = {tile["place"]: tile for tile in tiles}
    drawn = [one for one in outline["shapes"] if one["place"] in known]  # a run may be older than the list of districts
    shapes = [{"tile": known[one["place"]], "path": one["path"], "x": one["x"], "y": one["y"]} for one in drawn]
    shapes.sort(key=lambda one: one["tile"]["zone"])
    size = round(max(outline["width"], outline["height"] * 1.6) / 38)
    return {"width": outline["width"], "height": outline["height"], "size": size, "shapes": shapes}


def _filled(tile: Row, numbers: Mapping[str, Row | None], classes: Sequence[Row], scale: Scale | None, words: Words) -> Row:
    """Shade, figure and name for ears of one district."""
    number = numbers.get(tile["place"])
    if not number or number["value"] is None:
        said = words.say("map.tile_unknown", values={"place": words.read(tile["full"])})
        return {"number": None, "shade": "none", "text": "—", "says": said}
    shown = show(number["value"], number["unit"], words.language, basis=number["basis"], scale=scale)
    shade = next(one["shade"] for one in classes if one["low"] <= number["value"] <= one["high"])
    text = f"≈{shown.text}" if number["basis"] == "estimated" else shown.text
    return {"number": number, "shade": shade, "text": text, "says": f"{words.read(tile['full'])} {shown}"}


def _bounds(one: Row, quantity: Mapping[str, Any], scale: Scale | None, words: Words) -> str:
    ends = [show(one[end], quantity["unit"], words.language, basis=quantity["basis"], scale=scale) for end in ("low", "high")]
    return str(ends[1]) if one["low"] == one["high"] else f"{ends[0].text}–{ends[1]}"


def _title(
    quantity: Mapping[str, Any],
    year: int | None,
    tiles: Sequence[Row],
    numbers: Mapping[str, Row | None],
    scale: Scale | None,
    words: Words,
) -> str:
    """The finding: who has most, how many have none, how many are not known."""
    full = {tile["place"]: words.read(tile["label"]) for tile in tiles}
    known = {place: one for place, one in numbers.items() if one and one["value"] is not None}
    values = {place: one["value"] for place, one in known.items()}
    most = max(values.values(), default=0)
    if not most:
        return words.say("map.title_none", values={"quantity": words.read(quantity["label"])})
    first = [place for place in values if values[place] == most]
    names = words.say("app.joint").join(full[place] for place in first[:NAMED])
    value = show(most, quantity["unit"], words.language, basis=quantity["basis"], scale=scale)
    zero, unknown = sum(value == 0 for value in values.values()), len(numbers) - len(known)
    parts = [words.say("map.title_most", values={"quantity": words.read(quantity["label"]), "places": names, "value": value})]
    parts += [words.say("map.title_zero", values={"n": zero})] if zero else []
    parts += [words.say("map.title_unknown", values={"n": unknown})] if unknown else []
    joined = words.say("app.semicolon").join(parts)
    return words.say("map.title_year", values={"year": year, "says": joined}) if year else joined
