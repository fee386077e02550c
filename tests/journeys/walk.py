"""The ten steps for one city, one after another through the public names, on a copy of its folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dafeng as df
from dafeng.work.frozen import Frozen
from tests.conftest import ROOT

LEFT = shutil.ignore_patterns("facts", "runs", "reports", "inbox", "records.sqlite*")
"""What the programme makes in a city folder; a journey starts without it."""


@dataclass(frozen=True)
class Journey:
    """What each step returned."""

    city: df.City
    plan: df.Plan
    ingested: df.Ingested
    audited: tuple[Any, ...]
    account: df.Account
    scores: df.Scores
    verdicts: df.Verdicts
    projection: df.Projection
    reconciliation: df.Reconciliation
    assessment: df.Assessment
    site: df.Site
    frozen: Frozen

    @property
    def view(self) -> Any:
        """The frozen view document."""
        return self.frozen.view

    @property
    def summary(self) -> Any:
        """``assessment.json`` of the report."""
        return json.loads((self.site.files[0].parent / "assessment.json").read_text(encoding="utf-8"))

    def strip(self, address: str) -> str:
        """Address inside the run."""
        return address.removeprefix(self.site.run + "/")


def copy_city(name: str, folder: Path) -> Path:
    """Copy of a city of the repository without what the programme made there."""
    return Path(shutil.copytree(ROOT / "cities" / name, folder / name, ignore=LEFT))


def walk(name: str, folder: Path, *, document: Path) -> Journey:
    """Read the plan, open the city, ingest … present; the plan's text is put beside its facts."""
    path = copy_city(name, folder)
    city = df.open_city(path)
    (path / "plans").mkdir(exist_ok=True)
    (path / "plans" / document.name).write_bytes(document.read_bytes())
    plan = df.read_plan(document, place=city.code)
    ingested = df.ingest(city)
    audited = df.audit(city, year=city.year)
    account = df.account(city)
    scores = df.measure(city, account)
    verdicts = df.judge(plan, scores, year=city.year)
    projection = df.project(city, plan, scores=scores)
    reconciliation = df.reconcile(plan, projection)
    assessment = df.assess(city)
    site = df.present(city, year=city.year)
    return Journey(
        city,
        plan,
        ingested,
        audited,
        account,
        scores,
        verdicts,
        projection,
        reconciliation,
        assessment,
        site,
        df.city_view(city),
    )


def plain(view: Any) -> Any:
    """A view without what differs between two runs of the same thing: the run's id and instant."""
    text = (
        json.dumps(view, ensure_ascii=False, sort_keys=True).replace(view["run"]["id"], "RUN").replace(view["run"]["at"], "AT")
    )
    return json.loads(text)


def nodes(tree: Any) -> list[Any]:
    """Every trace of an explanation."""
    return [tree["trace"], *(trace for below in tree["inputs"] for trace in nodes(below))]
