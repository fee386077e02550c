"""A run as it was frozen: written once with its tables, traces and view, read back for explaining and showing.

Invariant: what is read is what the run stored, checked by the hashes of its head; reading computes nothing anew. Only the
outline of the districts, which is how figures are drawn and no figure, is that which the city keeps now.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dafeng.core.errors import CityError
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.readers.documents import read_document
from dafeng.store.runs import Run
from dafeng.work.assessment import Assessment
from dafeng.work.city import City
from dafeng.work.history import VIEW, read_history, read_past
from dafeng.work.hourly import Kept
from dafeng.work.hours import Hours
from dafeng.work.maps import with_outline
from dafeng.work.tracing import trace_document
from dafeng.work.view_plan import find_texts
from dafeng.work.views import build_view


@dataclass(frozen=True, slots=True)
class Frozen:
    """A stored assessment as a face needs it.

    Parameters
    ----------
    view : mapping
        The view document.
    traces : mapping of str to mapping
        Address without the run id → trace.
    documents : mapping of str to str
        Texts of the plan documents that lie in the city's ``plans`` folder, by the sha256 of the file.
    hours : Hours or None
        Series of the hourly models, where the run kept them.
    earlier : tuple of mapping
        How the targets stood in the runs before, the newest first, see `dafeng.work.history.read_history`.
    past : callable or None
        What these runs said under an address, see `dafeng.work.history.read_past`.
    """

    view: Mapping[str, Any]
    traces: Mapping[str, Mapping[str, Any]]
    documents: Mapping[str, str]
    hours: Hours | None = None
    earlier: tuple[Mapping[str, Any], ...] = ()
    past: Callable[[str], tuple[Mapping[str, Any], ...]] | None = None


class _Documents(Mapping[str, dict[str, Any]]):
    """Traces as mappings, each made when it is asked for."""

    def __init__(self, traces: Mapping[str, Trace]) -> None:
        self._traces = traces

    def __getitem__(self, address: str) -> dict[str, Any]:
        return trace_document(self._traces[address])

    def __contains__(self, address: object) -> bool:
        return address in self._traces

    def __iter__(self) -> Iterator[str]:
        return iter(self._traces)

    def __len__(self) -> int:
        return len(self._traces)


def freeze(assessment: Assessment, *, view: Mapping[str, Any] | None = None, hours: Kept | None = None) -> Run:
    """Store an assessment as a run.

    Parameters
    ----------
    assessment : Assessment
        The assessment; its run was begun in the city's store.
    view : mapping, optional
        Its view document, where it was built already.
    hours : Kept, optional
        Series of its hourly models; their index becomes the part ``hours`` of the view document.

    Returns
    -------
    Run
        The run, now readable.

    Raises
    ------
    StoreError
        If the run was not begun in this city, or was written before.
    """
    shown = {**(view if view is not None else build_view(assessment)), **({"hours": hours.index} if hours else {})}
    text = json.dumps(shown, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    tables = {"results": assessment.account.table(), "scores": assessment.scores.table(), "balances": assessment.energy.table()}
    tables |= hours.tables if hours else {}
    return assessment.city.runs.write(assessment.run, tables, {VIEW: text.encode()}, traces=assessment.traces)


def find_run(city: City, *, year: int | None = None, sha256: str | None = None) -> Run:
    """The newest frozen assessment of a city.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        Only assessments of this year.
    sha256 : str, optional
        Only assessments of the plan with this document.

    Returns
    -------
    Run
        The run.

    Raises
    ------
    CityError
        If there is none.
    """
    for run in city.runs.newest():
        fits = sha256 in (None, *run.inputs.values())
        if fits and (year is None or read_view(city, run=run.id)["year"] == year):
            return run
    raise _no_run(city, year)


def read_view(city: City, *, run: str | None = None) -> dict[str, Any]:
    """View document of a run.

    Parameters
    ----------
    city : City
        The city.
    run : str, optional
        Id of the run; the newest one by default.

    Returns
    -------
    dict
        As it was frozen.

    Raises
    ------
    CityError
        If the city has no run.
    StoreError
        If the run does not exist or is damaged.
    """
    found: dict[str, Any] = json.loads(city.runs.document(run or find_run(city).id, VIEW))
    return found


def read_traces(city: City, run: str) -> Mapping[str, dict[str, Any]]:
    """Explanation graph of a run.

    Parameters
    ----------
    city : City
        The city.
    run : str
        Id of the run.

    Returns
    -------
    mapping of str to dict
        Address → trace with all its fields, sorted by address.

    Raises
    ------
    StoreError
        If the run does not exist or is damaged.
    """
    return _Documents(city.runs.traces(run))


def city_view(city: City, *, run: str | None = None) -> Frozen:
    """Everything a face needs to show a city.

    Parameters
    ----------
    city : City
        The city.
    run : str, optional
        Id of the run; the newest one by default.

    Returns
    -------
    Frozen
        View, traces and the texts of the plan documents that the city keeps.

    Raises
    ------
    CityError
        If the city has no run.
    StoreError
        If the run does not exist or is damaged.
    """
    view = read_view(city, run=run)
    name = view["run"]["id"]
    hours = Hours(view["hours"], lambda table: city.runs.read(name, table)) if view.get("hours") else None
    earlier = read_history(city.runs, before=name)
    return Frozen(
        view=with_outline(view, city),
        traces=read_traces(city, name),
        documents=_texts(city, view),
        hours=hours,
        earlier=earlier,
        past=partial(read_past, city.runs, earlier),
    )


def _texts(city: City, view: Mapping[str, Any]) -> Mapping[str, str]:
    wanted = {row["sha256"] for row in view["documents"]}
    return {sha256: read_document(path)[0].text for sha256, path in find_texts(city).items() if sha256 in wanted}


def _no_run(city: City, year: int | None) -> CityError:
    said = (f"{city.label.zh}还没有评估结果", f"{city.label.en} has no assessment yet")
    dated = (f"（{year}年）", f" of {year}") if year is not None else ("", "")
    return CityError(
        Label(said[0] + dated[0], said[1] + dated[1]),
        where=str(city.folder),
        expected=Label("至少一次已冻结的评估", "at least one frozen assessment"),
        remedy=Label(f"先运行 dafeng assess {city.folder}", f"run dafeng assess {city.folder} first"),
    )
