"""Pathways in the view: fans, peaks, official views year by year, fields, and the drivers that decide.

Invariant: a curve is the tenth, fiftieth and ninetieth percentile of the drawn paths to six digits; where there is nothing to
start from there is no pathway; a driver that nobody has published says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dafeng.core.labels import Label
from dafeng.pathways.model.drivers import Row as DriverRow
from dafeng.pathways.model_error import ModelError
from dafeng.pathways.peak import Peak
from dafeng.pathways.sensitivity import Influence, Split
from dafeng.work.assessment import Assessment
from dafeng.work.city import City
from dafeng.work.future import EMISSIONS, Drawn, Future
from dafeng.work.futures import Futures
from dafeng.work.influences import ERROR, REST, SPLIT, Driver, Influences
from dafeng.work.past_misses import NAMES
from dafeng.work.project import Projection
from dafeng.work.project_traces import CHANCES, RESIDUAL, row_address, row_label
from dafeng.work.view_answers import list_measures
from dafeng.work.view_number import PERCENT, SHARE, Frame, curve, write_assumption, write_label

Row = dict[str, Any]
YEARS = (2020, 2025, 2030, 2035, 2045, 2060)
"""Years of the table of official views."""
UNIT = "Mt CO2"
"""Unit of the emissions that fans and parts show."""
MATTERS = 0.005
"""Share of a variance from which a driver's rows are listed among the assumptions."""

PEAK_PARTS: Mapping[str, str] = {"year": "", "before": ".before", "level": ".level"}
"""What is shown of a peak, and what its address adds to that of the median year."""


def write_pathway(assessment: Assessment, frame: Frame) -> Row | None:
    """Pathways of all scenarios.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        ``None`` where there is no pathway.
    """
    projection = assessment.projection
    paths, futures = projection.paths, projection.futures
    if not paths or futures is None:
        return None
    main = paths[projection.main]
    return {
        "years": [int(year) for year in main.years],
        "unit": UNIT,
        "scenarios": [_scenario(name, path, frame) for name, path in paths.items()],
        "main": projection.main,
        "draws": len(main.co2),
        "quantities": [_quantity(view, paths) for view in main.views if view != EMISSIONS],
        "views": _views(paths, frame),
        "parts": _parts(paths),
        "residual": _residual(futures, frame),
        "errors": [_error(total, error, frame) for total, error in futures.errors.items()],
        "hourly": _hourly(projection, frame),
        "influences": None if projection.influences is None else _influences(projection.influences, futures, projection, frame),
        "assumptions": [*_deciding(projection, frame), *_constants(assessment.city, frame)],
        "measures": list_measures(assessment.measures, frame),
    }


def _scenario(name: str, path: Future, frame: Frame) -> Row:
    return {
        "id": name,
        "label": write_label(path.scenario.label),
        "says": write_label(path.scenario.says),
        **_fan(path.views[EMISSIONS]),
        "peak": write_peak(path.peak, f"pathway/{name}.peak", frame),
        "drivers_peak": write_peak(path.drivers_peak, f"pathway/{name}.drivers_peak", frame),
        "chances": [_chance(name, at, value, frame) for at, value in zip(CHANCES, path.chances, strict=True)],
        "observed": None if path.observed is None else write_peak(path.observed, f"pathway/{name}.observed", frame),
        "address": frame.locate(f"pathway/{name}.peak"),
    }


def _chance(name: str, at: str, value: float, frame: Frame) -> Row:
    return frame.number(value, SHARE, year=2030, basis="projected", address=f"pathway/{name}.peak{at}", share=True)


def write_peak(peak: Peak, root: str, frame: Frame) -> Row:
    """Distribution of the peak year.

    Parameters
    ----------
    peak : Peak
        The distribution.
    root : str
        Address of its median year.
    frame : Frame
        Run of the addresses.

    Returns
    -------
    dict
        Quantiles, probabilities as shares of 1, the level, the share of every year, and the addresses of what is shown.
    """
    least, level, most = curve([peak.level_mt_p10, peak.level_mt_p50, peak.level_mt_p90])
    before, by, later = curve([peak.probability_before_2030, peak.probability_by_2030, peak.probability_no_peak])
    return {
        "year_p10": peak.year_p10,
        "year_p50": peak.year_p50,
        "year_p90": peak.year_p90,
        "probability_before_2030": before,
        "probability_by_2030": by,
        "probability_no_peak": later,
        "level_mt_p10": least,
        "level_mt_p50": level,
        "level_mt_p90": most,
        "years": list(peak.years),
        "shares": curve(peak.shares),
        "told": {part: {"address": frame.locate(root + at)} for part, at in PEAK_PARTS.items()},
    }


def _fan(drawn: Drawn, *, percent: bool = False) -> Row:
    return {name: curve(values, percent=percent) for name, values in zip(("p10", "p50", "p90"), drawn.band, strict=True)}


def _quantity(name: str, paths: Mapping[str, Future]) -> Row:
    view = next(path.views[name].view for path in paths.values() if name in path.views)
    percent = view.unit == SHARE
    return {
        "id": name,
        "label": write_label(view.label),
        "unit": PERCENT if percent else view.unit,
        "scenarios": {key: _fan(path.views[name], percent=percent) for key, path in paths.items() if name in path.views},
    }


def _views(paths: Mapping[str, Future], frame: Frame) -> Row:
    """Every official view in the years of the table, by scenario."""
    first = next(iter(paths.values()))
    return {
        "years": list(YEARS),
        "rows": [
            {
                "id": name,
                "label": write_label(drawn.view.label),
                "scenarios": {
                    key: [_cell(key, path, name, year, frame) for year in YEARS]
                    for key, path in paths.items()
                    if name in path.views
                },
            }
            for name, drawn in first.views.items()
        ],
    }


def _cell(key: str, path: Future, name: str, year: int, frame: Frame) -> Row:
    drawn = path.views[name]
    low, middle, high = (float(value) for value in drawn.band[:, year - int(path.years[0])])
    address = f"pathway/{key}.{name}.{year}"
    return frame.number(middle, drawn.view.unit, year=year, basis="projected", address=address, low=low, high=high, share=True)


def _parts(paths: Mapping[str, Future]) -> list[Row]:
    """Emissions by group of sectors, power and heat: means, which add up."""
    found: dict[str, Row] = {}
    for key, path in paths.items():
        for part in path.parts:
            row = found.setdefault(part.id, {"id": part.id, "label": write_label(part.label), "scenarios": {}})
            row["scenarios"][key] = curve(part.values)
    return list(found.values())


def _residual(futures: Futures, frame: Frame) -> Row | None:
    residual = futures.residual
    if residual is None or RESIDUAL not in frame.traces:
        return None
    size = frame.number(residual.size, "1", year=None, basis="estimated", address=RESIDUAL, share=True)
    memory, error = curve([residual.memory, residual.error])
    return {"size": size, "memory": memory, "error": error, "steps": residual.steps}


def _error(total: str, error: ModelError, frame: Frame) -> Row:
    size = frame.number(error.size, "1/a", year=None, basis="estimated", address=f"pathway/error.{total}")
    memory, later = curve([error.memory, error.deviation(10)])
    return {"id": total, "label": write_label(NAMES[total]), "size": size, "memory": memory, "later": later,
            "misses": len(error.misses)}  # fmt: skip


def _hourly(projection: Projection, frame: Frame) -> Row | None:
    feed = projection.feed
    if feed is None:
        return None
    return {
        "year": feed.year,
        "changes": [
            {
                "label": write_label(projection.paths[name].scenario.label),
                "before": curve([feed.before[name]])[0],
                "after": curve([feed.after[name]])[0],
                "change": frame.number(
                    feed.after[name] - feed.before[name],
                    UNIT,
                    year=feed.year,
                    basis="projected",
                    address=f"pathway/{name}.hourly.{feed.year}",
                ),
            }
            for name in feed.rows
            if name in projection.paths
        ],
    }


def _influences(found: Influences, futures: Futures, projection: Projection, frame: Frame) -> Row:
    return {
        "year": found.year,
        "drivers": [_driver(one, projection, frame) for one in found.drivers],
        "fixed": [_driver(one, projection, frame) for one in found.fixed],
        "split": {key: _split(key, one, frame) for key, one in found.split.items()},
        "exchanged": {key: [_index(one, futures) for one in rows] for key, rows in found.exchanged.items()},
    }


def _split(key: str, split: Split, frame: Frame) -> Row:
    shares = {"drivers": split.one, "error": split.other, "together": split.together}
    return {
        part: frame.number(share, SHARE, year=None, basis="projected", address=f"influences/{part}.{key}", share=True)
        for part, share in shares.items()
    }


def _index(one: Influence, futures: Futures) -> Row:
    named = {REST: Label("其余全部因素", "all others together"), ERROR: SPLIT[ERROR]}
    label = named.get(one.driver) or futures.model.graph.quantities[one.driver].label
    alone, together, error = curve([one.alone, one.together, one.error])
    return {"id": one.driver, "label": write_label(label), "alone": alone, "together": together, "error": error}


def _driver(one: Driver, projection: Projection, frame: Frame) -> Row:
    emitted = frame.number(one.emitted, UNIT, year=None, basis="projected", address=f"{one.address}.emitted")
    return {
        "id": one.address.removeprefix("influences/"),
        "label": write_label(one.label),
        "grade": one.grade,
        "sources": list(one.sources),
        "guessed": one.guessed,
        "alone": None if one.alone is None else curve([one.alone])[0],
        "emitted_alone": None if one.emitted_alone is None else curve([one.emitted_alone])[0],
        "years": curve([one.years])[0],
        "emitted": emitted,
        "bands": [
            [row.year, row.low, row.mid, row.high, row.unit, frame.locate(_where(row, projection))]
            for row in _in_order(one.rows)
        ],
    }


def _in_order(rows: Sequence[DriverRow]) -> list[DriverRow]:
    return sorted(rows, key=lambda row: (sorted(row.members), row.year or 0))


def _where(row: DriverRow, projection: Projection) -> str:
    futures = projection.futures
    common = futures is not None and any(row is one for table in futures.tables.drivers for one in table)
    return row_address(row, scenario="" if common else projection.main)


def _deciding(projection: Projection, frame: Frame) -> Iterator[Row]:
    """Rows of the drivers that decide, with their intervals."""
    influences, futures = projection.influences, projection.futures
    if influences is None or futures is None:
        return
    strong = (one for one in influences.drivers if max(one.alone or 0.0, one.emitted_alone or 0.0) >= MATTERS)
    for row in dict.fromkeys(row for one in strong for row in _in_order(one.rows)):
        if row.mid is not None:
            yield write_assumption(_assumption(row, futures, projection), frame, share=False)


def _assumption(row: DriverRow, futures: Futures, projection: Projection) -> Row:
    label, address = row_label(row, futures.model), _where(row, projection)
    when = (f"，{row.year}年", f", {row.year}") if row.year is not None else ("", "")
    low, high = (row.mid if part is None else part for part in (row.low, row.high))
    return {
        "id": address.removeprefix("drivers/"),
        "label": Label(label.zh + when[0], label.en + when[1]),
        "low": low,
        "mid": row.mid,
        "high": high,
        "unit": row.unit,
        "source": row.source,
        "grade": row.grade,
        "address": address,
        "note": row.note,
    }


def _constants(city: City, frame: Frame) -> Iterator[Row]:
    """Constants of the city's own estimates that the run used."""
    for rule in city.definition("estimates").get("estimates", ()):
        for name, item in rule["inputs"].items():
            address = f"assumptions/{rule['id']}.{name}"
            if "value" in item and address in frame.traces:
                yield write_assumption(_constant(rule, name, item, address), frame, share=True)


def _constant(rule: Mapping[str, Any], name: str, item: Mapping[str, Any], address: str) -> Row:
    label, says = Label(**item["label"]), Label(**rule["says"])
    return {
        "id": f"{rule['id']}.{name}",
        "label": label,
        "low": float(item.get("low", item["value"])),
        "mid": float(item["value"]),
        "high": float(item.get("high", item["value"])),
        "unit": str(item["unit"]),
        "source": item["source"],
        "grade": item["grade"],
        "address": address,
        "note": Label(f"用于：{says.zh}", f"used for: {says.en}"),
    }
