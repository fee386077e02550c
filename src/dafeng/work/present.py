"""``present``: a frozen run becomes a site, a workbook and a JSON file in the city's ``reports`` folder.

Invariant: a report appears whole or not at all, and shows exactly what its run stored; who writes what is found by the
entry points ``dafeng.presenters``, so that nothing here knows a face.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from dafeng.core import registry
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.frozen import Frozen, city_view, find_run
from dafeng.work.views import assessment_document

PRESENTERS = "dafeng.presenters"
"""Entry points of what is called with the view, the traces and the folder to write to."""
SUMMARY = "assessment.json"
"""The assessment as ``dafeng assess --json`` prints it."""
LATEST = "latest"
"""File in ``reports`` with the id of the run presented last."""


@dataclass(frozen=True, slots=True)
class Site:
    """What was written.

    Parameters
    ----------
    run : str
        Id of the run it shows.
    files : tuple of Path
        Entries of the report's folder: pages, workbook, JSON.
    """

    run: str
    files: tuple[Path, ...]


def present(city: City, plan: Plan | None = None, *, year: int | None = None) -> Site:
    """Write the frozen cockpit, the workbook and the JSON of the newest run.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan, optional
        Only a run that judged this plan.
    year : int, optional
        Only a run of this assessment year.

    Returns
    -------
    Site
        What lies in ``reports/<run>`` now.

    Raises
    ------
    CityError
        If no such run was frozen yet.
    StoreError
        If the run is damaged.
    LookupFailure
        If a presenter's name is registered twice.
    """
    run = find_run(city, year=year, sha256=plan.document.sha256 if plan is not None else None)
    reports = city.folder / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    folder = _replace(reports, run.id, city_view(city, run=run.id))
    _point(reports, run.id)
    return Site(run.id, tuple(sorted(folder.iterdir())))


def _replace(reports: Path, run: str, frozen: Frozen) -> Path:
    """Write into a hidden folder beside the report, then let it take the report's name."""
    hidden, folder = Path(mkdtemp(prefix=f".{run}.", dir=reports)), reports / run
    try:
        draft = hidden / "new"
        draft.mkdir()
        _write(draft, frozen)
        if folder.exists():
            os.rename(folder, hidden / "old")
        os.rename(draft, folder)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return folder


def _write(folder: Path, frozen: Frozen) -> None:
    text = json.dumps(assessment_document(frozen.view), ensure_ascii=False, allow_nan=False, indent=1)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")
    for name in registry.names(PRESENTERS):
        registry.load(PRESENTERS, name)(frozen.view, frozen.traces, folder)


def _point(reports: Path, run: str) -> None:
    draft = reports / f".{LATEST}.part"
    draft.write_text(run + "\n", encoding="utf-8")
    draft.replace(reports / LATEST)
