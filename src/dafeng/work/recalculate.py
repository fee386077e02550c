"""``recalculate``: what an earlier run or another edition said, what is said now, and why.

Invariant: nothing is written unless somebody says who does it; what is written is added to the log and never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.library.factors import read_factors
from dafeng.methods.account import Accounting
from dafeng.methods.account import account as account_year
from dafeng.methods.catalogue import read_methods
from dafeng.methods.gathering import index_facts
from dafeng.methods.inventory import Computed
from dafeng.methods.packages import read_packages
from dafeng.methods.recalculation import REASONS, Recalculation, recalculate_cells, recalculate_run
from dafeng.store.recalculations import append_log
from dafeng.store.runs import RUN_NAME
from dafeng.work.account import account
from dafeng.work.city import City
from dafeng.work.inventory import inventory


@dataclass(frozen=True, slots=True)
class Recalculations:
    """Changes of an inventory.

    Parameters
    ----------
    since : str
        Run or edition that the present inventory is compared with.
    rows : tuple of Recalculation
        Rows that changed, by year, category and gas.
    who : str
        Who logged them; empty where nothing was logged.
    at : datetime or None
        When they were logged.
    """

    since: str
    rows: tuple[Recalculation, ...]
    who: str
    at: datetime | None


def recalculate(city: City, since: str, *, who: str = "") -> Recalculations:
    """Compare the present inventory with an earlier run or another edition.

    Parameters
    ----------
    city : City
        The city.
    since : str
        Id of a run (``0007-3f2a91bc``), a guideline (``prov2011``), or an edition of the methods (``ind24``).
    who : str
        Who logs the changes; empty to look only.

    Returns
    -------
    Recalculations
        Rows with before, after and causes.

    Raises
    ------
    SettingError
        If there is no such run, guideline or edition.
    StoreError
        If the run or the log is damaged.
    """
    rows = _since_run(city, since) if RUN_NAME.fullmatch(since) else _since_edition(city, since)
    if not who:
        return Recalculations(since, rows, "", None)
    at = datetime.now(UTC)
    append_log(city.folder, (_line(row, since, who, at) for row in rows))
    return Recalculations(since, rows, who, at)


def _since_edition(city: City, since: str) -> tuple[Recalculation, ...]:
    methods = read_methods(city.overlay)
    packages = read_packages(methods, city.overlay)
    editions = sorted({edition for method in methods.values() for edition in method.editions})
    if since in packages:
        return recalculate_cells(_cells(inventory(city, package=since).years), _cells(inventory(city).years))
    if since in editions:
        return recalculate_cells(_cells(account(city, edition=since).years), _cells(account(city).years))
    listed = ", ".join(dict.fromkeys((*packages, *editions)))
    raise SettingError(
        Label(f"没有运行、指南或版本“{since}”", f"there is no run, guideline or edition '{since}'"),
        where="--from",
        expected=Label(f"运行编号，或 {listed}", f"the id of a run, or one of {listed}"),
        remedy=Label("用 runs/ 中的编号或所列名称", "take an id of runs/ or a name listed"),
    )


def _since_run(city: City, since: str) -> tuple[Recalculation, ...]:
    run, present = city.runs.open(since), account(city)
    stored = city.runs.read(since, "results").to_pylist()
    facts = index_facts(city.facts.read(places=(city.code,), known_at=run.at), place=city.code)
    library = read_factors(city.overlay)
    years = sorted({int(row["period"]) for row in stored} | set(present.years))
    then = {year: account_year(facts, library=library, methods=present.methods, place=city.code, year=year) for year in years}
    return recalculate_run(stored, _cells(then), _cells(present.years))


def _cells(years: Mapping[int, Accounting]) -> tuple[Computed, ...]:
    return tuple(cell for one in years.values() for cell in one.cells)


def _line(row: Recalculation, since: str, who: str, at: datetime) -> Mapping[str, str]:
    causes: dict[str, str] = {reason: _text(row.causes.get(reason)) for reason in REASONS}
    return {
        "at": at.isoformat(timespec="seconds"),
        "who": who,
        "since": since,
        "year": str(row.year),
        "category": row.category,
        "quantity": row.quantity,
        "unit": row.unit,
        "before": _text(row.before),
        "after": _text(row.after),
        **causes,
    }


def _text(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")
