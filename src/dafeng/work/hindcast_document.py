"""A hindcast as data: forecasts beside what came, and how often each rule held.

Invariant: computes nothing that the hindcast does not hold; energy in 万吨标准煤, CO2 in Mt.
"""

from __future__ import annotations

from typing import Any

from dafeng.work.hindcast import Calibration, Forecast, Hindcast, calibrate
from dafeng.work.past_misses import read_misses


def hindcast_document(found: Hindcast) -> dict[str, Any]:
    """A hindcast as JSON-able data.

    Parameters
    ----------
    found : Hindcast
        The hindcast.

    Returns
    -------
    dict
        ``origin, year, forecasts, rolling, calibration, left_out, stated``; ``left_out``: outcomes inside the 90 % interval of
        the model's own error as sized by the other origins, and outcomes; energy in 万吨标准煤, CO2 in Mt.
    """
    return {
        "origin": found.origin,
        "year": found.year,
        "forecasts": [_document(one) for one in found.forecasts],
        "rolling": [_document(one) for one in found.rolling],
        "calibration": [_calibration(one) for one in calibrate(found.rolling)],
        "left_out": {total: list(read_misses().left_out(total)) for total in ("energy", "co2")},
        "stated": [
            {"quantity": row.quantity, "low": row.low, "mid": row.mid, "high": row.high, "unit": row.unit, "source": row.source}
            for row in found.stated
        ],
    }


def scale(quantity: str) -> tuple[float, str]:
    """Unit in which readers are told a total.

    Parameters
    ----------
    quantity : str
        ``energy`` or ``co2``.

    Returns
    -------
    (float, str)
        Factor from the stored unit, and the unit.
    """
    return (1e-4, "万吨标准煤") if quantity == "energy" else (1e-6, "Mt CO2")


def _document(one: Forecast) -> dict[str, Any]:
    factor, unit = scale(one.quantity)
    names = ("low", "middle", "high", "published", "joined", "score", "same", "trend")
    return {
        **{name: getattr(one, name) for name in ("case", "quantity", "origin", "year", "percentile", "inside", "stretch")},
        **{name: getattr(one, name) * factor for name in names},
        "parts": {name: part * factor for name, part in one.parts.items()},
        "unit": unit,
    }


def _calibration(one: Calibration) -> dict[str, Any]:
    factor, unit = scale(one.quantity)
    scores = {name: getattr(one, name) * factor for name in ("score", "same", "trend")}
    return {**{name: getattr(one, name) for name in ("case", "quantity", "count", "inside")}, **scores, "unit": unit}
