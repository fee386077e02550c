"""The hourly power balance in the view: cases with their yearly figures, weeks, certificate.

Invariant: hourly series are the certified ones, cut to weeks and rounded to a tenth of a megawatt, never averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.energy.city import Plant
from dafeng.energy.dispatch import Dispatch
from dafeng.energy.technologies import read_technologies
from dafeng.energy.use import WEEK, window
from dafeng.work.power import Case, Power
from dafeng.work.power_figures import UNITS
from dafeng.work.view_number import SHARE, Frame, plain, write_assumption, write_label

Row = dict[str, Any]
Floats = NDArray[np.float64]

DAY = 24
"""Hours of a day."""
NOTICEABLE = 0.05
"""Power below this is rounded to nothing. [MW]"""
SEASONS: Mapping[str, tuple[Label, tuple[int, int]]] = {
    "winter": (Label("冬季负荷最高的一周", "winter week with the highest load"), (0, 59)),
    "summer": (Label("夏季负荷最高的一周", "summer week with the highest load"), (151, 243)),
}
"""Weeks chosen by load: first and last day they may begin at. [days of the year, from 0]"""
WINDS: Mapping[str, Label] = {
    "windiest": Label("风最大的一周", "windiest week"),
    "calmest": Label("风最小的一周", "calmest week"),
}
"""Weeks chosen by what wind could feed."""
SERIES: Mapping[str, tuple[Label, float]] = {
    "import": (Label("外购", "import"), 1.0),
    "discharge": (Label("储能放电", "storage discharge"), 1.0),
    "unserved": (Label("缺电", "unserved"), 1.0),
    "charge": (Label("储能充电", "storage charge"), -1.0),
    "export": (Label("外送", "export"), -1.0),
}
"""Series beside generation, with the side of the zero line they stand on."""
SWEPT = ("storage_power", "curtailed_share", "cost")
"""Yearly figures of the cases with other storage powers."""


def write_power(power: Power | None, frame: Frame) -> Row | None:
    """Power balances of the target year.

    Parameters
    ----------
    power : Power or None
        Operated systems.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        ``None`` where no system could be operated. Weeks and certificate are those of the first case.
    """
    if power is None or not power.cases:
        return None
    first, names = power.cases[0], _technologies()
    return {
        "year": power.year,
        "unit": "MW",
        "cases": [_case(case, power.year, names, frame) for case in power.cases],
        "weeks": [{"case": first.id, **week} for week in list_weeks(first.found, names)],
        "storage": _storage(power, frame),
        "certificate": {"case": first.id, **_certificate(first.found)},
        "assumptions": [write_assumption(row, frame, share=True) for row in power.assumptions],
    }


def _technologies() -> Mapping[str, Label]:
    return {name: technology.label for name, technology in read_technologies().items()}


def _case(case: Case, year: int, names: Mapping[str, Label], frame: Frame) -> Row:
    figures = [{"id": name, **_figure(case, name, year, names, frame)} for name in case.totals]
    return {"id": case.id, "label": write_label(case.label), "figures": figures}


def _figure(case: Case, name: str, year: int, names: Mapping[str, Label], frame: Frame) -> Row:
    trace = frame.traces.get(case.addresses[name])
    number = frame.number(
        case.totals[name],
        trace.unit or SHARE,
        year=year,
        basis="projected",
        address=trace.address,
        share=name.endswith("share"),
    )
    return {"label": write_label(_label_of(name, names) or trace.says), **number}


def _label_of(name: str, names: Mapping[str, Label]) -> Label | None:
    """Name of a yearly figure; what a generator made is named after its technology."""
    head, _, part = name.partition(".")
    if head not in UNITS or not part:
        return UNITS[name][1] if name in UNITS else None
    label, made = UNITS[head][1], names.get(part, Label(part, part))
    return Label(f"{label.zh}：{made.zh}", f"{label.en}: {made.en}")


def _storage(power: Power, frame: Frame) -> Row | None:
    """Curtailment and yearly cost of the first case over storage power, its own power among the others."""
    swept = [case for case in (power.cases[0], *power.sweep) if set(SWEPT) <= set(case.totals)]
    if len(swept) < 2:
        return None
    ordered = sorted(swept, key=lambda case: case.totals["storage_power"])
    label, cost = power.cases[0].label, UNITS["cost"][1]
    points = [{name: _figure(case, name, power.year, {}, frame) for name in SWEPT} for case in ordered]
    return {
        "label": {"zh": f"{label.zh}；{cost.zh}", "en": f"{label.en}; {cost.en}"},
        "capacity": [plain(convert(Decimal(str(point["storage_power"]["value"])), "万千瓦", "GW")) for point in points],
        "curtailed_share": [point["curtailed_share"]["value"] for point in points],
        "cost": [point["cost"]["value"] for point in points],
        "points": points,
    }


def list_weeks(found: Dispatch, names: Mapping[str, Label]) -> list[Row]:
    """Four weeks worth showing: highest load in winter and in summer, most and least wind.

    Parameters
    ----------
    found : Dispatch
        An operated system; fewer than four weeks of hours give none.
    names : mapping of str to Label
        Names of technologies.

    Returns
    -------
    list of dict
        ``id, label, start_hour, series, load``. [MW]
    """
    demand = _sum(found, (name for name in found.series if name.startswith("demand.")))
    if len(demand) < 4 * WEEK:
        return []
    chosen = [(name, label, _richest(demand, days)) for name, (label, days) in SEASONS.items()]
    wind = [one.id for one in _plants(found) if "wind" in one.technology]
    if wind:
        offered = _sum(found, (f"available.{name}" for name in wind))
        whole = (0, len(demand) // DAY)
        starts = (_richest(offered, whole), _richest(-offered, whole))
        chosen += [(name, label, start) for (name, label), start in zip(WINDS.items(), starts, strict=True)]
    return [_week(found, name, label, start, names) for name, label, start in chosen]


def _richest(values: Floats, days: tuple[int, int]) -> int:
    """First hour of the week with the largest sum that begins at midnight of one of the days."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    last = min(days[1], (len(values) - WEEK) // DAY)
    starts = np.arange(min(days[0], last), last + 1) * DAY
    return int(starts[np.argmax(sums[starts + WEEK] - sums[starts])])


def _sum(found: Dispatch, names: Iterable[str]) -> Floats:
    return np.asarray(np.sum([found.series[name] for name in names], axis=0), dtype=np.float64)


def _week(found: Dispatch, name: str, label: Label, start: int, names: Mapping[str, Label]) -> Row:
    shown = window(found, start, kind=name).series
    series = [
        {
            "carrier": one.technology,
            "label": write_label(names.get(one.technology, Label(one.id, one.id))),
            "values": _hourly(shown[f"generation.{one.id}"]),
        }
        for one in _plants(found)
    ]
    return {
        "id": name,
        "label": write_label(label),
        "start_hour": start,
        "series": [*series, *_beside(shown)],
        "load": _hourly(_added(shown, "demand")),
    }


def _plants(found: Dispatch) -> list[Plant]:
    """Plants that feed electricity."""
    return [one.plant for one in found.city.of("plant") if f"generation.{one.plant.id}" in found.series]


def _beside(shown: Mapping[str, Floats]) -> list[Row]:
    """Trade, storage and shortage, where there was any."""
    summed = [(kind, label, sign * _added(shown, kind)) for kind, (label, sign) in SERIES.items()]
    return [
        {"carrier": kind, "label": write_label(label), "values": _hourly(values)}
        for kind, label, values in summed
        if np.any(np.abs(values) >= NOTICEABLE)
    ]


def _added(shown: Mapping[str, Floats], head: str) -> Floats:
    parts = [values for name, values in shown.items() if name.startswith(f"{head}.")]
    return np.asarray(np.sum(parts, axis=0) if parts else np.zeros(WEEK), dtype=np.float64)


def _hourly(values: Floats) -> list[float | int | None]:
    # + 0.0 turns the minus zero of an idle charger into zero
    return [plain(float(value) + 0.0) for value in np.round(values, 1)]


def _certificate(found: Dispatch) -> Row:
    proof = found.certificate
    return {
        "solver": found.attempts[-1].algorithm,
        "passed": bool(proof.passed),
        "objective": plain(proof.objective),
        "bound": plain(proof.bound),
        "gap": plain(proof.gap),
        "relative_gap": plain(proof.relative_gap),
        "primal_violation": plain(proof.primal_violation),
        "dual_violation": plain(proof.dual_violation),
    }
