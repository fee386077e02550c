"""The price of a target by the annual and by the hourly model, side by side, and what each contains.

Invariant: no price is formed here; only targets that both models price are set side by side, in one unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml

Row = dict[str, Any]


def set_side_by_side(systems: Sequence[Row]) -> Row:
    """Prices of both models.

    Parameters
    ----------
    systems : sequence of dict
        Ways of counting as the view has them.

    Returns
    -------
    dict
        ``models``, ``rows`` (what each contains), ``why`` they differ, and ``prices``: one entry for each target that
        both models price and at least one finds to bind, by the first rule of non-fossil energy of each counting.
    """
    told = load_yaml(shipped() / "consistency" / "price_models.yaml")
    shown = [one for one in systems if one["targets"] and one["rule"] == systems[0]["rule"]]
    found: dict[str, Row] = {}
    for system in shown:
        for target in system["targets"]:
            hourly = [one for one in target["hourly"] if one["price"]]
            if target["price"] and any(one["price"]["unit"] == target["price"]["unit"] for one in hourly):
                entry = found.setdefault(target["row"], {"label": target["label"], "annual": [], "hourly": []})
                entry["annual"].append({"counting": system["label"], "price": target["price"]})
                entry["hourly"] = [{"case": one["case"], "price": one["price"]} for one in hourly]
    bound = [one for one in found.values() if any(each["price"]["value"] for each in (*one["annual"], *one["hourly"]))]
    return {"models": told["models"], "rows": told["rows"], "why": told["why"], "prices": bound}
