"""Pathways in the view: fans, peak years, drivers and what was assumed.

Invariant: a curve is the tenth, fiftieth and ninetieth percentile of the simulated paths to six digits; where there is
no level to start from there is no pathway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dafeng.core.labels import Label
from dafeng.pathways.drivers import Band, Driver, Scenario
from dafeng.pathways.peak import Peak
from dafeng.pathways.simulation import Paths, quantiles
from dafeng.work.assessment import Assessment
from dafeng.work.city import City
from dafeng.work.project import QUANTITIES
from dafeng.work.view_answers import list_measures
from dafeng.work.view_number import PERCENT, SHARE, Frame, curve, write_assumption, write_label

Row = dict[str, Any]
EMISSIONS = "co2"
"""Quantity that the fans show."""


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
    if not projection.paths:
        return None
    shares = {i.id for i in assessment.city.catalogue().indicators.values() if i.unit == SHARE}
    paths = projection.paths
    return {
        "years": [int(year) for year in paths[projection.main].years],
        "unit": QUANTITIES[EMISSIONS][1],
        "scenarios": [_scenario(name, path, frame) for name, path in paths.items()],
        "main": projection.main,
        "quantities": [
            _quantity(name, label, unit, paths, percent=name in shares and unit == SHARE)
            for name, (label, unit) in QUANTITIES.items()
            if name != EMISSIONS and _known(name, paths)
        ],
        "assumptions": [*_bands(paths, shares, frame), *_constants(assessment.city, frame)],
        "measures": list_measures(assessment.measures, frame),
    }


def _scenario(name: str, path: Paths, frame: Frame) -> Row:
    return {
        "id": name,
        "label": write_label(path.scenario.label),
        **_fan(path, EMISSIONS),
        "peak": write_peak(path.peak),
        "address": frame.locate(f"pathway/{name}.peak"),
    }


def write_peak(peak: Peak) -> Row:
    """Distribution of the peak year.

    Parameters
    ----------
    peak : Peak
        The distribution.

    Returns
    -------
    dict
        Quantiles, probabilities as shares of 1, the level and the share of every year.
    """
    level, before, later = curve([peak.level_mt_p50, peak.probability_before_2030, peak.probability_no_peak])
    return {
        "year_p10": peak.year_p10,
        "year_p50": peak.year_p50,
        "year_p90": peak.year_p90,
        "probability_before_2030": before,
        "probability_no_peak": later,
        "level_mt_p50": level,
        "years": list(peak.years),
        "shares": curve(peak.shares),
    }


def _fan(path: Paths, quantity: str, *, percent: bool = False) -> Row:
    low, middle, high = quantiles(getattr(path, quantity))
    return {name: curve(values, percent=percent) for name, values in (("p10", low), ("p50", middle), ("p90", high))}


def _known(quantity: str, paths: Mapping[str, Paths]) -> bool:
    return not any(bool(np.isnan(getattr(path, quantity)).any()) for path in paths.values())


def _quantity(name: str, label: Label, unit: str, paths: Mapping[str, Paths], *, percent: bool) -> Row:
    return {
        "id": name,
        "label": write_label(label),
        "unit": PERCENT if percent else unit,
        "scenarios": {key: _fan(path, name, percent=percent) for key, path in paths.items()},
    }


def _bands(paths: Mapping[str, Paths], shares: set[str], frame: Frame) -> Iterator[Row]:
    for path in paths.values():
        for driver in path.scenario.drivers.values():
            for band in driver.bands:
                yield write_assumption(_band(path.scenario, driver, band, frame), frame, share=driver.id in shares)


def _band(scenario: Scenario, driver: Driver, band: Band, frame: Frame) -> Row:
    return {
        "id": f"{scenario.id}.{driver.id}.{band.year}",
        "label": frame.traces.get(band.address).says,
        "low": band.low,
        "mid": band.mid,
        "high": band.high,
        "unit": driver.unit,
        "source": band.source,
        "grade": band.grade,
        "address": band.address,
        "note": band.note,
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
