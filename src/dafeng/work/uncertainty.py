"""``uncertainty``: how sure an inventory is, and what its quality rests on.

Invariant: the same city, seed and number of draws give the same numbers; what nobody stated stands beside the interval
with its share of the emissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.factors import FactorLibrary
from dafeng.library.pedigree import Pedigree, read_pedigree
from dafeng.library.uncertainty import read_thresholds, read_uncertainty
from dafeng.methods.account import Accounting
from dafeng.methods.checks import Check, check_inventory
from dafeng.methods.key_categories import KeyCategory, Sinks, find_key_categories
from dafeng.methods.time_series import find_inconsistencies
from dafeng.methods.uncertain import Model
from dafeng.methods.uncertain_inputs import Statements, build_model, weigh
from dafeng.methods.uncertainty import Uncertainty, assess_uncertainty
from dafeng.work.city import City
from dafeng.work.inventory import inventory
from dafeng.work.uncertainty_traces import trace_uncertainty

SEED = 20060
"""Seed that is used where none is named."""
DRAWS = 10_000
"""Number of draws where none is named."""
LEAST, MOST = 100, 1_000_000
"""Fewest and most draws."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Uncertainty and quality of a city's inventory.

    Parameters
    ----------
    city : str
        Short name of the city.
    year : int
        Year.
    base : int or None
        Base year.
    model : Model
        The inventory as a function of its inputs.
    pedigree : Pedigree
        What scores of quality mean.
    uncertainty : Uncertainty
        Intervals, contributions and what they do not cover.
    key_categories : mapping of Sinks to tuple of KeyCategory
        Key categories by how removals stand.
    checks : tuple of Check
        Checks of quality control.
    traces : tuple of Trace
        Explanation of every number.
    findings : tuple of Finding
        What is unknown, assumed or inconsistent.
    """

    city: str
    year: int
    base: int | None
    model: Model
    pedigree: Pedigree
    uncertainty: Uncertainty
    key_categories: Mapping[Sinks, tuple[KeyCategory, ...]]
    checks: tuple[Check, ...]
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """What was chosen for an analysis of uncertainty.

    Parameters
    ----------
    standard : str
        Standard of the warming potentials.
    seed, draws : int
        Seed and number of draws.
    provisional : bool
        Whether statements of weak evidence may be used.
    """

    standard: str
    seed: int = SEED
    draws: int = DRAWS
    provisional: bool = False


def uncertainty(
    city: City,
    *,
    year: int | None = None,
    base: int | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    package: str | None = None,
    warming: str | None = None,
    provisional: bool = False,
) -> Quality:
    """How sure a city's inventory is.

    Parameters
    ----------
    city : City
        The city.
    year : int, optional
        Year; by default the latest that was accounted.
    base : int, optional
        Base year of the trend; by default the first that was accounted.
    draws : int
        Number of draws, 100 to 1 000 000.
    seed : int
        Seed of the draws, 0 or more.
    package : str, optional
        Guideline, as for ``inventory``.
    warming : str, optional
        Standard of the warming potentials; by default that of the guideline.
    provisional : bool
        Whether factors and statements of weak evidence may be used.

    Returns
    -------
    Quality
        Intervals, key categories, checks, traces and findings.

    Raises
    ------
    SettingError
        If nothing was accounted for a year, or the number of draws or the seed lies outside its range.
    LookupFailure
        If the guideline is unknown, or the standard has no potential for a gas.
    """
    _check_draws(draws, seed)
    found = inventory(city, package=package, warming=warming, provisional=provisional)
    study = Study(found.standard, seed, draws, provisional)
    return examine(city, found.years, found.library, study, year=year, base=base)


def examine(
    city: City,
    accounted: Mapping[int, Accounting],
    library: FactorLibrary,
    study: Study,
    *,
    year: int | None = None,
    base: int | None = None,
) -> Quality:
    """How sure an inventory is that was accounted already.

    Parameters
    ----------
    city : City
        The city, whose own statements come first.
    accounted : mapping of int to Accounting
        Results by year.
    library : FactorLibrary
        Names and warming potentials.
    study : Study
        What was chosen.
    year, base : int, optional
        Year and base year, as for ``uncertainty``.

    Returns
    -------
    Quality
        Intervals, key categories, checks, traces and findings.

    Raises
    ------
    SettingError
        If nothing was accounted for a year.
    """
    years = find_years(accounted, library, study.standard)
    at = _year(years, year, "--year", years[-1:])
    start = _year(years, base, "--base", years[:1])
    first = None if start == at else start
    statements = Statements(read_uncertainty(city.overlay), read_pedigree(city.overlay), study.provisional)
    cells = [cell for one in (at, first) if one is not None for cell in accounted[one].cells]
    model = build_model(cells, library, statements, standard=study.standard)
    thresholds = read_thresholds(city.overlay)
    result = assess_uncertainty(
        model, library, standard=study.standard, year=at, base=first, seed=study.seed, draws=study.draws
    )
    keys = _keys(model, library, thresholds, at, first)
    series = find_inconsistencies({one: accounted[one].cells for one in years}, library, jump=thresholds["factor_jump"])
    checks = check_inventory(accounted[at], library)
    findings = (*result.findings, *series, *(finding for check in checks for finding in check.findings))
    traces = trace_uncertainty(model, result, keys["net"])
    return Quality(city.slug, at, first, model, statements.pedigree, result, keys, checks, traces, findings)


def find_years(accounted: Mapping[int, Accounting], library: FactorLibrary, standard: str) -> tuple[int, ...]:
    """Years that have results of greenhouse gases.

    Parameters
    ----------
    accounted : mapping of int to Accounting
        Results by year.
    library : FactorLibrary
        Warming potentials.
    standard : str
        Their standard.

    Returns
    -------
    tuple of int
        Years, ascending.
    """
    return tuple(sorted(year for year, one in accounted.items() if weigh(one.cells, library, standard=standard)))


def _keys(
    model: Model, library: FactorLibrary, thresholds: Mapping[str, Decimal], year: int, base: int | None
) -> Mapping[Sinks, tuple[KeyCategory, ...]]:
    sides: tuple[Sinks, ...] = ("net", "gross", "without")
    return {side: find_key_categories(model, library, thresholds, year=year, base=base, sinks=side) for side in sides}


def _year(years: tuple[int, ...], asked: int | None, option: str, usual: tuple[int, ...]) -> int:
    if asked is None and usual:
        return usual[0]
    if asked is not None and asked in years:
        return asked
    listed = ", ".join(map(str, years))
    raise SettingError(
        Label(f"{asked}年没有核算结果", f"nothing was accounted for {asked}")
        if asked
        else Label("没有任何年份的清单", "no year has an inventory"),
        where=option,
        expected=Label(
            f"{listed or '至少一年的活动水平'}", f"{'one of ' + listed if listed else 'facts of at least one year'}"
        ),
        remedy=Label("先用 dafeng ingest 交入该年数据", "take in the facts of that year with dafeng ingest"),
    )


def _check_draws(draws: int, seed: int) -> None:
    if LEAST <= draws <= MOST and seed >= 0:
        return
    raise SettingError(
        Label(f"抽样次数 {draws} 或种子 {seed} 超出范围", f"{draws} draws or seed {seed} lie outside their range"),
        where="--draws, --seed",
        expected=Label(f"{LEAST} 至 {MOST} 次，种子不小于 0", f"{LEAST} to {MOST} draws, a seed of 0 or more"),
        remedy=Label("改正该选项", "correct the option"),
    )
