"""What the cockpit knows of one city: its view document, its traces and, if present, the texts behind the clauses.

Invariant: looking something up never fails loudly; what is not there is ``None``, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from dafeng.work.hours import Hours


class Material(Protocol):
    """What a stored assessment brings: ``work`` makes it, the pages wrap it as a ``CityView``."""

    @property
    def view(self) -> Mapping[str, Any]:
        """View document."""

    @property
    def traces(self) -> Mapping[str, Mapping[str, Any]]:
        """Address without the run id → trace."""

    @property
    def documents(self) -> Mapping[str, str]:
        """Texts of the plan documents by the sha256 of the file."""

    @property
    def hours(self) -> Hours | None:
        """Series of the hourly models, where the run kept them."""


@dataclass(frozen=True, slots=True)
class CityView:
    """One city as the cockpit shows it.

    Parameters
    ----------
    view : mapping
        The view document (``docs/view.md``).
    traces : mapping of str to mapping
        Address without the run id → trace as a mapping (``core.traces.Trace``).
    documents : mapping of str to str
        Text of the plan documents that the city keeps, by the sha256 of the file.
    hours : Hours or None
        Series of the hourly models; ``None`` where the run kept none, and in a frozen copy.
    """

    view: Mapping[str, Any]
    traces: Mapping[str, Mapping[str, Any]]
    documents: Mapping[str, str] = field(default_factory=dict)
    hours: Hours | None = None

    @property
    def slug(self) -> str:
        """Name of the city in addresses."""
        return str(self.view["city"]["slug"])

    @property
    def run(self) -> str:
        """Id of the run that made the view."""
        return str(self.view["run"]["id"])

    def strip(self, address: str) -> str:
        """Address inside the run.

        Parameters
        ----------
        address : str
            ``run/table/row`` or ``table/row``.

        Returns
        -------
        str
            ``table/row``.
        """
        return address.removeprefix(self.run + "/")

    def trace(self, address: str) -> Mapping[str, Any] | None:
        """Trace under an address.

        Parameters
        ----------
        address : str
            With or without the run id.

        Returns
        -------
        mapping or None
            The trace, ``None`` where the run has none.
        """
        return self.traces.get(self.strip(address))

    def verdict(self, target: str) -> Mapping[str, Any] | None:
        """Verdict on a target.

        Parameters
        ----------
        target : str
            Target id.

        Returns
        -------
        mapping or None
            The row of the view document.
        """
        return pick(self.view.get("verdicts", ()), "target", target)

    def task(self, task: str | None) -> Mapping[str, Any] | None:
        """Task of the plan.

        Parameters
        ----------
        task : str or None
            Task id.

        Returns
        -------
        mapping or None
            The row of the view document.
        """
        return pick(self.view.get("tasks", ()), "id", task)

    def source(self, source: str | None) -> Mapping[str, Any] | None:
        """Source of a figure.

        Parameters
        ----------
        source : str or None
            Source id.

        Returns
        -------
        mapping or None
            The row of the view document.
        """
        return pick(self.view.get("sources", ()), "id", source)


def pick(rows: Iterable[Mapping[str, Any]], key: str, value: str | None) -> Mapping[str, Any] | None:
    """First row whose key has a value.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of the view document.
    key : str
        Name of the key.
    value : str or None
        Value wanted.

    Returns
    -------
    mapping or None
        The row, ``None`` where there is none.
    """
    return next((row for row in rows if row.get(key) == value), None) if value is not None else None
