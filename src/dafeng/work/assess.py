"""``assess``: every verb for a city, one after another, frozen as one run.

Invariant: a run is stored whole or not at all; a second assessment of unchanged inputs is a new run with the same
numbers.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from dafeng.core.companion import accompanied, begin
from dafeng.core.errors import StoreError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.plan import Plan
from dafeng.store.files import hash_file, lock
from dafeng.store.runs import Run
from dafeng.work.account import Account, account
from dafeng.work.answers import answer
from dafeng.work.assessment import Assessment
from dafeng.work.audit import audit
from dafeng.work.balance import balance
from dafeng.work.city import City, open_city
from dafeng.work.frozen import freeze
from dafeng.work.headlines import ask
from dafeng.work.ingest import ingest
from dafeng.work.inventory import Inventory, arrange_account
from dafeng.work.judge import Verdicts, judge
from dafeng.work.measure import measure
from dafeng.work.measures import CityMeasures
from dafeng.work.measures import measures as compare
from dafeng.work.power_hours import keep_power
from dafeng.work.present import present
from dafeng.work.project import project
from dafeng.work.rank_measures import rank_measures
from dafeng.work.reconcile import Reconciliation, reconcile
from dafeng.work.study import LOCK
from dafeng.work.trace_abatement import trace_measures
from dafeng.work.uncertainty import Quality, Study, examine, find_years

Report = Callable[[Label, float], None]
"""Gets the name of a step and the share done. [0..1]"""
ENGINES = ("numpy", "scipy", "pyarrow", "duckdb", "clarabel", "highspy", "lark")
"""Packages whose versions can change a number."""
PATIENCE = 2.0
"""How long an assessment waits for another one of the same city. [s]"""
STEPS = (
    Label("入库", "ingest"),
    Label("审核", "audit"),
    Label("核算", "account"),
    Label("测算指标", "measure"),
    Label("预测路径", "project"),
    Label("评价目标", "judge"),
    Label("检验冲突", "reconcile"),
    Label("排序措施", "rank measures"),
    Label("冻结结果", "freeze"),
    Label("生成驾驶舱", "present"),
)
"""Steps in their order."""


def assess(
    folder: Path | str | City,
    *,
    year: int | None = None,
    report: Report | None = None,
    save: bool = True,
    segments: int | None = None,
    patience: float = PATIENCE,
) -> Assessment:
    """Assess a city.

    Parameters
    ----------
    folder : Path, str or City
        City folder.
    year : int, optional
        Assessment year; by default the city's.
    report : callable, optional
        Told about each step before it begins.
    save : bool
        Whether the run is stored and the frozen cockpit written.
    segments : int, optional
        Segments of time over which the capacities that the plan orders are decided; 8 760 for every hour. By default what the
        city's ``data/power.yaml`` says. Whatever is decided is operated in every hour, and the error of its cost is stated.
    patience : float
        How long to wait where another process is assessing the city; only if it is saved. [s]

    Returns
    -------
    Assessment
        Everything that was found.

    Raises
    ------
    CityError
        If the folder is no city.
    DefinitionError
        If a definition of the city breaks its schema.
    StoreError
        If another assessment of the city is under way for longer than that.
    """
    city = folder if isinstance(folder, City) else open_city(folder)
    with _alone(city, patience) if save else nullcontext(), accompanied():
        return _assess(city, year or city.year, _teller(report), save=save, segments=segments)


@contextmanager
def _alone(city: City, patience: float) -> Iterator[None]:
    """Be the only one who makes a run of the city; what killed ones left is removed."""
    with ExitStack() as held:
        try:
            held.enter_context(lock(city.runs.folder, patience=patience))
        except StoreError as cause:
            raise _under_way(city, cause) from cause
        city.runs.sweep()
        yield


def _under_way(city: City, cause: StoreError) -> StoreError:
    return StoreError(
        Label(
            f"{city.label.zh}正在评估，或文件夹不可写", f"{city.label.en} is being assessed, or its folder cannot be written"
        ),
        where=cause.where,
        expected=Label("同一城市同时只有一次评估", "one assessment of a city at a time"),
        remedy=Label(
            f"等它结束，或用 dafeng job list {city.folder} 查看、取消",
            f"wait for its end, or see dafeng job list {city.folder} to cancel it",
        ),
    )


def _assess(city: City, at: int, tell: Callable[[int], None], *, save: bool, segments: int | None) -> Assessment:
    compared = begin(compare, city)
    tell(0)
    taken = ingest(city)
    plan = city.read_plan()
    run = _begin(city, plan, {"year": str(at)} | ({"segments": str(segments)} if segments else {}), save=save)
    tell(1)
    audited = audit(city)
    tell(2)
    accounted = account(city)
    tell(3)
    scores = measure(city, accounted)
    tell(4)
    projection = project(city, plan, scores=scores, segments=segments)
    tell(5)
    verdicts = judge(plan, projection.scores, year=at, catalogue=city.catalogue(), rules=city.rules())
    projection.traces.extend(verdicts.traces)
    tell(6)
    found = reconcile(plan, projection)
    tell(7)
    assessment = _conclude(run, at, accounted, verdicts, found, compared(), (*taken.findings, *audited))
    if save:
        tell(8)
        freeze(assessment, hours=keep_power(projection.power))
        tell(9)
        present(city, plan)
    return assessment


def _conclude(
    run: Run,
    year: int,
    accounted: Account,
    verdicts: Verdicts,
    found: Reconciliation,
    compared: CityMeasures,
    noticed: Iterable[Finding],
) -> Assessment:
    projection, plan, traces = found.projection, found.plan, found.traces
    trace_measures(compared, traces)
    measures = rank_measures(compared, traces)
    headlines = ask(plan, found, measures, projection.city.catalogue(), traces)
    energy = balance(projection.city)
    arranged = arrange_account(projection.city, accounted)
    traces.extend([*energy.traces, *arranged.traces()])
    quality = _examine(projection.city, arranged)
    later = (
        accounted.findings,
        energy.further,
        quality.findings if quality else (),
        projection.scores.findings,
        projection.findings,
        found.findings,
        plan.findings,
        compared.findings,
    )
    return Assessment(
        city=projection.city,
        year=year,
        run=run,
        plan=plan,
        account=accounted,
        energy=energy,
        inventory=arranged,
        scores=projection.scores,
        verdicts=verdicts,
        projection=projection,
        reconciliation=found,
        measures=measures,
        compared=compared,
        headlines=headlines,
        answers=answer(verdicts, found, measures, headlines, traces),
        findings=_once([*noticed, *chain.from_iterable(later)]),
        traces=traces,
        quality=quality,
    )


def _examine(city: City, arranged: Inventory) -> Quality | None:
    """Uncertainty and quality of the latest inventory, if there is one."""
    known = find_years(arranged.years, arranged.library, arranged.standard)
    return examine(city, arranged.years, arranged.library, Study(arranged.standard)) if known else None


def _teller(report: Report | None) -> Callable[[int], None]:
    def tell(step: int) -> None:
        if report is not None:
            report(STEPS[step], step / len(STEPS))

    return tell


def _begin(city: City, plan: Plan, asked: Mapping[str, str], *, save: bool) -> Run:
    names = [*sorted(p for p in city.overlay.rglob("*") if p.is_file()), city.folder / "city.yaml"]
    names += [path for path in (city.folder / LOCK,) if path.is_file()]
    inputs = {str(path.relative_to(city.folder)): hash_file(path) for path in names}
    inputs |= {f"delivery:{item.file}": item.sha256 for lot in city.facts.lots() for item in lot.items}
    inputs |= {f"plan:{plan.document.name or 'plan'}": plan.document.sha256}
    versions = {"dafeng": version("dafeng"), "python": platform.python_version()}
    versions |= {name: version(name) for name in ENGINES}
    options = {**asked, "place": city.code}
    at = datetime.now(UTC)
    return (
        city.runs.begin(at=at, versions=versions, inputs=inputs, options=options)
        if save
        else Run("unsaved", at, versions, inputs, options)
    )


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: order[finding.severity]))
