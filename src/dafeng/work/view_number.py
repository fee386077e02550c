"""Numbers, labels and addresses as the view document writes them.

Invariant: every number of a view is made by ``Frame.number``: finite, in a stored unit, with the address of its trace;
a share leaves here as percent and everything else exactly as it came.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label, Wording
from dafeng.core.traces import Anchor
from dafeng.core.units import convert
from dafeng.work.tracing import TraceBook

SHARE = "1"
"""Unit of a share as it is stored."""
PERCENT = "%"
"""Unit of a share as it is shown."""
DIGITS = 6
"""Significant digits of model curves, whose uncertainty is far larger."""

Number = dict[str, Any]
"""``value, unit, year, basis, low, high, grade, source, address``."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every number of one view needs: its run and the traces behind it.

    Parameters
    ----------
    run : str
        Id of the run.
    traces : TraceBook
        All explanations of the run.
    """

    run: str
    traces: TraceBook

    def locate(self, address: str) -> str:
        """Address as a face quotes it.

        Parameters
        ----------
        address : str
            ``table/row``.

        Returns
        -------
        str
            ``run/table/row``; without a run only ``table/row``.
        """
        return f"{self.run}/{address}" if self.run else address

    def number(
        self,
        value: float | Decimal | None,
        unit: str,
        *,
        year: int | None,
        basis: str,
        address: str,
        low: float | None = None,
        high: float | None = None,
        share: bool = False,
    ) -> Number:
        """One number of the view.

        Parameters
        ----------
        value : float, Decimal or None
            The number; ``None`` or not finite where there is none. [unit]
        unit : str
            Unit it is stored in.
        year : int or None
            Year it speaks of.
        basis : str
            ``actual``, ``estimated``, ``projected``, ``target`` or ``assumption``.
        address : str
            Address of its trace inside the run.
        low, high : float, optional
            Interval. [unit]
        share : bool
            Whether a number of unit ``1`` is a share, which is shown as percent; an index is none.

        Returns
        -------
        dict
            ``value, unit, year, basis, low, high, grade, source, address``.
        """
        percent = share and unit == SHARE
        trace = self.traces.get(address) if address in self.traces else None
        return {
            "value": plain(value, percent=percent),
            "unit": PERCENT if percent else unit,
            "year": year,
            "basis": basis,
            "low": plain(low, percent=percent),
            "high": plain(high, percent=percent),
            "grade": trace.grade if trace else None,
            "source": trace.source if trace else None,
            "address": self.locate(address),
        }


def plain(value: float | Decimal | None, *, percent: bool = False) -> float | int | None:
    """A number that JSON can hold.

    Parameters
    ----------
    value : float, Decimal or None
        Any number, also of numpy.
    percent : bool
        Whether it is a share that is shown as percent.

    Returns
    -------
    float, int or None
        Decimal shift by two places for percent, without binary noise; integers stay integers; ``None`` for what is
        not finite.
    """
    if value is None or not math.isfinite(value):
        return None
    if isinstance(value, int) and not percent:
        return int(value)
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return float(convert(exact, SHARE, PERCENT)) if percent else float(exact)


def curve(values: Iterable[float], *, percent: bool = False) -> list[float | int | None]:
    """A model curve in short form.

    Parameters
    ----------
    values : iterable of float
        Values. [any one unit]
    percent : bool
        Whether they are shares that are shown as percent.

    Returns
    -------
    list of float or None
        Six significant digits; ``None`` for what is not finite.
    """
    return [_short(plain(value, percent=percent)) for value in values]


def _short(value: float | int | None) -> float | int | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


def write_label(label: Label | None) -> dict[str, str] | None:
    """A label of the view.

    Parameters
    ----------
    label : Label or None
        Text in both languages.

    Returns
    -------
    dict or None
        ``zh`` and ``en``.
    """
    return None if label is None else {"zh": label.zh, "en": label.en}


def write_wording(wording: Wording) -> str | dict[str, str]:
    """A text of the view that is published in one language, or the project's own in both.

    Parameters
    ----------
    wording : str or Label
        The text.

    Returns
    -------
    str or dict
        As published, or ``zh`` and ``en``.
    """
    return {"zh": wording.zh, "en": wording.en} if isinstance(wording, Label) else wording


def write_anchor(anchor: Anchor | None) -> dict[str, Any] | None:
    """A position in a document.

    Parameters
    ----------
    anchor : Anchor or None
        The position.

    Returns
    -------
    dict or None
        ``start, end, paragraph, sha256, document``.
    """
    if anchor is None:
        return None
    return {name: getattr(anchor, name) for name in ("start", "end", "paragraph", "sha256", "document")}


def write_assumption(row: Mapping[str, Any], frame: Frame, *, share: bool = False) -> dict[str, Any]:
    """A row of the table of assumptions.

    Parameters
    ----------
    row : mapping
        ``id, label, low, mid, high, unit, source, grade, address, note``; labels as ``Label``, the address inside the run.
    frame : Frame
        Run and traces.
    share : bool
        Whether a unit of ``1`` means a share.

    Returns
    -------
    dict
        The same, ready for JSON.
    """
    percent = share and row["unit"] == SHARE
    return {
        "id": row["id"],
        "label": write_label(row["label"]),
        **{name: plain(row[name], percent=percent) for name in ("low", "mid", "high")},
        "unit": PERCENT if percent else row["unit"],
        "source": row["source"],
        "grade": row["grade"],
        "address": frame.locate(row["address"]),
        "note": write_label(row["note"]),
    }
