"""What the cockpit knows of one city: its view document, its traces and, if present, the texts behind the clauses.

Invariant: looking something up never fails loudly; what is not there is ``None``, and the page says so. A new run replaces
the one before in one step, so that a page is made from one run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Protocol, TypeVar

from dafeng.core.errors import DafengError
from dafeng.web.organised import list_names
from dafeng.web.view_numbers import numbers_of
from dafeng.work.city import City
from dafeng.work.frozen import city_view
from dafeng.work.hours import Hours
from dafeng.work.maps import with_outline

T = TypeVar("T")
Past = Callable[[str], tuple[Mapping[str, Any], ...]]
"""What earlier runs said under an address, the newest first."""
PAUSE = 1.0
"""Seconds between two looks for a new run. [s]"""


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

    @property
    def earlier(self) -> tuple[Mapping[str, Any], ...]:
        """How the targets stood in the runs before, the newest first."""

    @property
    def past(self) -> Past | None:
        """What the runs before said under an address; ``None`` in a frozen copy."""


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
    earlier : tuple of mapping
        How the targets stood in the runs before; empty in a frozen copy, which is of one run.
    past : callable or None
        What these runs said under an address.

    Attributes
    ----------
    fragments : dict
        What was drawn of single rows of the view, each with its row (`web.render`).
    """

    view: Mapping[str, Any]
    traces: Mapping[str, Mapping[str, Any]]
    documents: Mapping[str, str] = field(default_factory=dict)
    hours: Hours | None = None
    earlier: tuple[Mapping[str, Any], ...] = ()
    past: Past | None = None
    _places: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _names: list[frozenset[str]] = field(default_factory=list, init=False, repr=False, compare=False)
    _numbers: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _groups: dict[tuple[str, str], list[Mapping[str, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    fragments: dict[tuple[Any, ...], tuple[Any, str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _derived: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def organised(self) -> frozenset[str]:
        """Names of organisations that have a page."""
        if not self._names:
            self._names.append(list_names(self.view))
        return self._names[0]

    @property
    def slug(self) -> str:
        """Name of the city in addresses."""
        return str(self.view["city"]["slug"])

    @property
    def run(self) -> str:
        """Id of the run that made the view."""
        return str(self.view["run"]["id"])

    @property
    def state(self) -> str:
        """What its answers depend on: the run, and the boundary that was taken in since."""
        drawn = _map_of(self.view)
        return f"{self.run}.{sha256(drawn.encode()).hexdigest()[:12]}" if drawn else self.run

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
        return self._row("verdicts", "target", target)

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
        return self._row("tasks", "id", task)

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
        return self._row("sources", "id", source)

    def namesakes(self, row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Other verdicts on the same indicator.

        Parameters
        ----------
        row : mapping
            Row of the verdicts.

        Returns
        -------
        list of mapping
            In the plan's order.
        """
        if not self._groups:
            for one in self.view.get("verdicts") or ():
                self._groups.setdefault(_name(one), []).append(one)
        return [one for one in self._groups.get(_name(row), ()) if one["target"] != row["target"]]

    def numbers(self, address: str) -> Sequence[Mapping[str, Any]]:
        """Numbers of the view document under an address.

        Parameters
        ----------
        address : str
            With or without the run id.

        Returns
        -------
        sequence of mapping
            In the order of the document; none where no page shows it.
        """
        if not self._numbers:
            found: dict[str, list[Mapping[str, Any]]] = {"": []}
            for one in numbers_of(self.view):
                found.setdefault(self.strip(one["address"]), []).append(one)
            self._numbers.update(found)
        return self._numbers.get(self.strip(address), ())

    def derive(self, name: str, make: Callable[[], T]) -> T:
        """What follows from the view and its documents alone: made at the first question, and never changed.

        Parameters
        ----------
        name : str
            Name of what is derived.
        make : callable
            Makes it.

        Returns
        -------
        T
            The same object each time.
        """
        if name not in self._derived:
            self._derived[name] = make()
        made: T = self._derived[name]
        return made

    def _row(self, part: str, key: str, value: str | None) -> Mapping[str, Any] | None:
        """Row of a part by its id; the places of all rows are noted with the first question."""
        if part not in self._places:
            self._places[part] = {str(row.get(key)): row for row in reversed(self.view.get(part) or ())}
        return None if value is None else self._places[part].get(value)


def _name(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["indicator"]["zh"]), str(row["indicator"]["en"])


class Cities(Mapping[str, CityView]):
    """The cities that are served, each with its newest run.

    A run that appears while the server runs is read beside it and then shown in the place of the one before; a run that
    cannot be read changes nothing but a line on the error stream.

    Parameters
    ----------
    shown : sequence of Material
        What is shown at first, in this order.
    folders : sequence of City
        Cities whose folders are looked at for new runs.
    clock : callable, optional
        Seconds that only grow.
    """

    def __init__(
        self, shown: Sequence[Material], folders: Sequence[City] = (), *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shown = {one.slug: one for one in map(view_of, shown)}
        self._folders = tuple(folders)
        self._states = {one.slug: _state(one) for one in folders}
        self._clock, self._looked, self._reading = clock, clock(), Lock()

    def __getitem__(self, slug: str) -> CityView:
        self.look()
        return self._shown[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shown)

    def __len__(self) -> int:
        return len(self._shown)

    @property
    def state(self) -> str:
        """Runs and maps that are shown now."""
        self.look()
        return " ".join(f"{slug}:{city.state}" for slug, city in self._shown.items())

    def look(self) -> None:
        """Look for new runs if some time has passed, and have them read beside what is asked for."""
        now = self._clock()
        if now - self._looked < PAUSE or not self._folders:
            return
        self._looked = now
        changed = [one for one in self._folders if _state(one) != self._states[one.slug]]
        if changed and self._reading.acquire(blocking=False):
            Thread(target=self._read, args=(changed,), daemon=True).start()

    def _read(self, changed: Sequence[City]) -> None:
        try:
            for city in changed:
                self.renew(city)
        finally:
            self._reading.release()

    def renew(self, city: City) -> None:
        """Show the newest run of a city.

        Parameters
        ----------
        city : City
            The city.
        """
        state = _state(city)
        try:
            newest = next(city.runs.newest(), None)
            known = self._shown.get(city.slug)
            if newest is not None and (known is None or known.run != newest.id):
                found = city_view(city, run=newest.id)
                self._shown = {**self._shown, city.slug: view_of(found)}
            elif known is not None:
                view = with_outline(dict(known.view), city)
                if _map_of(view) != _map_of(known.view):
                    self._shown = {**self._shown, city.slug: replace(known, view=view)}
        except DafengError as cause:
            print(f"{city.slug}: {cause}", file=sys.stderr, flush=True)  # noqa: T201 - whoever runs the server reads it there
        self._states[city.slug] = state


def view_of(one: Material) -> CityView:
    """A stored assessment as the pages show it.

    Parameters
    ----------
    one : Material
        The assessment.

    Returns
    -------
    CityView
        The same, with look-ups.
    """
    return CityView(one.view, one.traces, one.documents, one.hours, one.earlier, one.past)


def _state(city: City) -> tuple[int, int]:
    """When the folder of the runs and the kept map were last changed. [ns, ns]"""
    return _changed(city.runs.folder), _changed(city.folder / "maps" / "outline.json")


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _map_of(view: Mapping[str, Any]) -> str:
    """Which boundary a view shows; empty for the tiles."""
    outline = (view.get("districts") or {}).get("outline") or {}
    return str(outline.get("sha256", ""))[:12] + str(outline.get("at", ""))


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
