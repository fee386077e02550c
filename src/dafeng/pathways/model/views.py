"""The official views of the sector model: which of its quantities are shown, in which unit, for which indicator.

Invariant: a view is a quantity of the model in another unit of the same kind; nothing is computed here that the model does not
state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.units import ratio
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.library.strict import refusal
from dafeng.pathways.model.definition import Model

_COLUMNS: Mapping[str, Kind] = {"quantity": "text", "unit": "text", "indicator": "text?", "error": "text?", "chart": "text?"}
SHARE, PERCENT = "1", "%"
"""Units of a share as it is computed and as a reader takes it."""


@dataclass(frozen=True, slots=True)
class View:
    """One official view.

    Parameters
    ----------
    id : str
        Quantity of the model.
    label : Label
        Name for readers.
    unit : str
        Unit it is shown in.
    factor : float
        What turns values of the model into that unit. [shown unit / unit of the quantity]
    indicator : str or None
        Indicator of the catalogue that it forecasts, if there is one.
    error : str or None
        Total whose error of the model it carries beside the spread of the drivers: ``co2``, ``energy`` or none.
    chart : str
        Chart of the scenario builder it stands in; empty for none.
    """

    id: str
    label: Label
    unit: str
    factor: float
    indicator: str | None
    error: str | None = None
    chart: str = ""


def read_views(model: Model) -> tuple[View, ...]:
    """Official views in the order in which they are shown.

    Parameters
    ----------
    model : Model
        The sector model.

    Returns
    -------
    tuple of View
        Of ``data/pathways/views.csv``.

    Raises
    ------
    DefinitionError
        If a row names no quantity of the model.
    UnitError
        If a unit does not fit the quantity.
    """
    rows = load_csv(shipped() / "pathways" / "views.csv", _COLUMNS, key=("quantity",))
    return tuple(_view(row, model) for row in rows)


def in_percent(view: View) -> View:
    """A view as a reader takes it: a share in per cent.

    Parameters
    ----------
    view : View
        The view.

    Returns
    -------
    View
        The same where it is no share.
    """
    return replace(view, unit=PERCENT, factor=view.factor * 100) if view.unit == SHARE else view


def _view(row: Mapping[str, Any], model: Model) -> View:
    name, unit, at = row["quantity"], row["unit"], row["at"]
    quantity = model.graph.quantities.get(name)
    if quantity is None:
        raise refusal(
            f"{at}:1",
            f"模型没有“{name}”",
            f"the model has no '{name}'",
            expected=Label("模型中的量", "a quantity of the model"),
        )
    factor = float(ratio(quantity.unit, unit))
    return View(name, quantity.label, unit, factor, row["indicator"], row["error"], row["chart"] or "")
