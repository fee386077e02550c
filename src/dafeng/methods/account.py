"""Accounting: facts times factors, exactly, with the reason for every number.

Invariant: a result is the amount of its facts times one composed factor, rounded once to 9 places (rule R3); a cell
whose factor is missing is not computed and is said to be missing, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pyarrow as pa

from dafeng.core.errors import FormulaError, LookupFailure, UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.tables import RESULTS
from dafeng.core.traces import Trace
from dafeng.core.units import Unit, unit
from dafeng.formula import check_unit, evaluate_exact
from dafeng.library.factor import NATION, Key, Match, check_purpose, worst
from dafeng.library.factors import FactorLibrary
from dafeng.library.supplied import STANDARD
from dafeng.methods.deduction import hold_deductions
from dafeng.methods.definition import YEAR, Edition, Method
from dafeng.methods.explanation import (
    estimated_findings,
    factor_traces,
    match_findings,
    no_edition,
    no_facts,
    no_result,
    reported_findings,
    result_trace,
)
from dafeng.methods.gathering import Activity, FactIndex, gather, index_facts
from dafeng.methods.inventory import Computed, Missing, cell_id
from dafeng.methods.kernels import KERNELS
from dafeng.methods.views import total_traces

SCALE = Decimal("0.000000001")
"""Scale to which a composed factor is rounded, once."""
RESULT_SCALE = Decimal("0.000000000000001")
"""Scale of a result: 6 places of the amount and 9 of the composed factor; the product fits without rounding."""
_DIGITS = 60
Asked = tuple[Key, tuple[str, ...]]
"""A key with the standards to search next: what a look-up depends on."""


@dataclass(frozen=True, slots=True)
class Accounting:
    """Results of accounting for one place and year.

    Parameters
    ----------
    results : pyarrow.Table
        Rows as ``core.tables.RESULTS``.
    traces : tuple of Trace
        One for each result, each factor used and each sum.
    findings : tuple of Finding
        What was left out, missing or not exact.
    cells : tuple of Computed
        The results with all that made them.
    missing : tuple of Missing
        Cells that have facts but no result: every sum that they belong to is incomplete.
    """

    results: pa.Table
    traces: tuple[Trace, ...]
    findings: tuple[Finding, ...]
    cells: tuple[Computed, ...]
    missing: tuple[Missing, ...]


def account(
    facts: pa.Table | FactIndex,
    *,
    library: FactorLibrary,
    methods: Mapping[str, Method],
    place: str,
    year: int,
    editions: Mapping[str, str] | None = None,
    provisional: bool = False,
) -> Accounting:
    """Account for one place and year by all methods.

    Parameters
    ----------
    facts : pyarrow.Table or FactIndex
        Facts as ``core.tables.FACTS``, rows of other places and periods are passed over; or those of the place, indexed.
    library : FactorLibrary
        Factors.
    methods : mapping of str to Method
        Methods by id.
    place : str
        Administrative code.
    year : int
        Year.
    editions : mapping of str to str, optional
        Edition by method id; the newest of each method where none is named.
    provisional : bool
        Whether weak evidence may be used where nothing better exists; it is marked.

    Returns
    -------
    Accounting
        Results, traces and findings.

    Raises
    ------
    LookupFailure
        If an edition is named that a method does not have.
    PurposeError
        If a method asks for a purpose that its factors do not have.
    """
    cells: list[Computed] = []
    missing: list[Missing] = []
    findings: list[Finding] = []
    idle: list[Method] = []
    index = index_facts(facts, place=place) if isinstance(facts, pa.Table) else facts
    for method in methods.values():
        edition = find_edition(method, editions or {})
        supplied = STANDARD if edition.standard == STANDARD else None
        activities, noticed = gather(index, method.within(edition.id), library, year=year, supplied=supplied)
        findings += noticed
        idle += [] if noticed or activities else [method]
        for outcome in _compute(activities, method, edition, library, place, year, provisional=provisional):
            if isinstance(outcome, Computed):
                cells.append(outcome)
            else:
                findings += [] if any(_same_but_year(outcome[0], other) for other in missing) else [outcome[1]]
                missing.append(outcome[0])
    cells, held, deductions = hold_deductions(cells, missing)
    missing += held
    findings += [*deductions, *no_facts(idle, place, year), *match_findings(cells, library)]
    findings += [*estimated_findings(cells), *reported_findings(cells)]
    made_of = (*(result_trace(cell, library) for cell in cells), *factor_traces(cells))
    return Accounting(
        RESULTS.build(_row(cell) for cell in cells),
        (*made_of, *total_traces(cells, missing, library)),
        tuple(dict.fromkeys(findings)),
        tuple(cells),
        tuple(missing),
    )


def _same_but_year(one: Missing, other: Missing) -> bool:
    """Whether two cells lack the same for facts of different earlier years: that is said once."""
    a, b = one.activity, other.activity
    return None not in (a.year, b.year) and (a.category.id, a.carrier, a.flow) == (b.category.id, b.carrier, b.flow)


def compose(
    method: Method,
    edition: Edition,
    amount_unit: str,
    matches: Mapping[str, Match],
    *,
    times: Mapping[str, Decimal] | None = None,
) -> Decimal:
    """Result per unit of activity, before rounding.

    Parameters
    ----------
    method : Method
        Method.
    edition : Edition
        Edition whose equation is used.
    amount_unit : str
        Unit of the activity.
    matches : mapping of str to Match
        Factor by its name in the equation.
    times : mapping of str to Decimal, optional
        Times that the equation asks for. [a]

    Returns
    -------
    Decimal
        Composed factor. [unit of the method / unit of the activity]

    Raises
    ------
    FormulaError
        If the units of activity and factors do not give the unit of the method.
    """
    units: dict[str, Unit] = {name: unit(match.factor.unit) for name, match in matches.items()}
    values: dict[str, Decimal | int] = {name: match.value for name, match in matches.items()}
    for constant in method.constants.values():
        units[constant.name], values[constant.name] = unit(constant.unit), constant.value
    for name, value in (times or {}).items():
        units[name], values[name] = unit(YEAR), value
    units[method.activity.name], values[method.activity.name] = unit(amount_unit), 1
    expression = method.equations[edition.equation]
    where = f"{method.id}.{edition.equation}"
    ratio = check_unit(expression, units, unit(method.unit), kernels=KERNELS, where=where)
    with localcontext() as context:
        context.prec = _DIGITS
        value = evaluate_exact(expression, values, kernels=KERNELS, where=method.id)
        return value * Decimal(ratio.numerator) / Decimal(ratio.denominator)


def round_factor(composed: Decimal) -> Decimal:
    """Composed factor as results and engines use it.

    Parameters
    ----------
    composed : Decimal
        From `compose`.

    Returns
    -------
    Decimal
        Rounded to 9 places, half to even.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return composed.quantize(SCALE, ROUND_HALF_EVEN)


def find_edition(method: Method, chosen: Mapping[str, str]) -> Edition:
    """Edition of a method that a study uses.

    Parameters
    ----------
    method : Method
        Method.
    chosen : mapping of str to str
        Edition by method id; the newest where none is named.

    Returns
    -------
    Edition
        The edition.

    Raises
    ------
    LookupFailure
        If the method has no such edition.
    """
    name = chosen.get(method.id, method.default)
    if name not in method.editions:
        raise no_edition(method, name)
    return method.editions[name]


def _compute(
    activities: Iterable[Activity],
    method: Method,
    edition: Edition,
    library: FactorLibrary,
    place: str,
    year: int,
    *,
    provisional: bool,
) -> Iterator[Computed | tuple[Missing, Finding]]:
    resolved: dict[Asked, Match | LookupFailure] = {}
    for activity in activities:
        used, found = find_factors(activity, method, edition, library, place, year, resolved, provisional=provisional)
        yield _cell(method, used, activity, found, library, place, year)


def find_factors(
    activity: Activity,
    method: Method,
    edition: Edition,
    library: FactorLibrary,
    place: str,
    year: int,
    resolved: dict[Asked, Match | LookupFailure],
    *,
    provisional: bool,
) -> tuple[Edition, dict[str, Match | LookupFailure]]:
    """Factors of one activity, of the edition asked for or of the one that stands in where it lacks them.

    Parameters
    ----------
    activity : Activity
        Activity; its amount does not matter.
    method : Method
        Method.
    edition : Edition
        Edition asked for.
    library : FactorLibrary
        Factors.
    place : str
        Administrative code.
    year : int
        Year of the result.
    resolved : dict
        What was looked up already; what is looked up now is added.
    provisional : bool
        Whether weak evidence may be used.

    Returns
    -------
    tuple of Edition, dict
        The edition used, and the match or failure by name in its equation.

    Raises
    ------
    PurposeError
        If the method asks for a purpose that its factors do not have.
    """
    current = edition
    while True:
        keys = _keys(method, current, activity, place, year)
        _resolve(keys.values(), current, library, resolved, provisional=provisional)
        found = {name: resolved[key, current.fallback] for name, key in keys.items()}
        if current.otherwise is None or all(isinstance(match, Match) for match in found.values()):
            break
        current = method.editions[current.otherwise]
    if edition.standard == STANDARD and current is not edition:
        found = {name: _fallen(match, edition, current) for name, match in found.items()}
    return current, found


def _fallen(match: Match | LookupFailure, asked: Edition, taken: Edition) -> Match | LookupFailure:
    """A factor of the edition that fills a gap says so."""
    if isinstance(match, LookupFailure):
        return match
    step = Label(
        f"“{asked.label.zh}”中没有此项，取自“{taken.label.zh}”", f"not among the {asked.label.en}; taken from: {taken.label.en}"
    )
    return replace(match, grade=worst((match.grade, "other_edition")), steps=(step, *match.steps))


def _keys(method: Method, edition: Edition, activity: Activity, place: str, year: int) -> dict[str, Key]:
    needed = [method.factors[name] for name in method.equations[edition.equation].names if name in method.factors]
    return {
        need.name: Key(
            need.asked(activity.carrier, activity.flow),
            need.parameter,
            need.purpose,
            edition.standard,
            place if need.of == "here" else activity.flow or NATION,
            year,
            activity.category.id,
        )
        for need in needed
    }


def _resolve(
    keys: Iterable[Key],
    edition: Edition,
    library: FactorLibrary,
    resolved: dict[Asked, Match | LookupFailure],
    *,
    provisional: bool,
) -> None:
    new = [key for key in keys if (key, edition.fallback) not in resolved]
    for key, match in library.resolve(new, fallback=edition.fallback, provisional=provisional).items():
        resolved[key, edition.fallback] = match


def _cell(
    method: Method,
    edition: Edition,
    activity: Activity,
    found: Mapping[str, Match | LookupFailure],
    library: FactorLibrary,
    place: str,
    year: int,
) -> Computed | tuple[Missing, Finding]:
    name = cell_id(method, activity, year)
    lost = Missing(name, method, activity)
    failed = [failure for failure in found.values() if isinstance(failure, LookupFailure)]
    if failed:
        return lost, no_result("account.factor_missing", lost, failed[0], library)
    matches = {name: match for name, match in found.items() if isinstance(match, Match)}
    check_purpose(match.factor for match in matches.values())
    try:
        composed = compose(method, edition, activity.unit, matches, times=activity.times)
    except (FormulaError, UnitError) as cause:
        return lost, no_result("account.unit", lost, cause, library)
    with localcontext() as context:
        context.prec = _DIGITS
        rounded = round_factor(composed)
        value = (activity.amount * rounded).quantize(RESULT_SCALE, ROUND_HALF_EVEN)
    return Computed(name, method, edition.id, activity, matches, rounded, value, place, year)


def _row(cell: Computed) -> dict[str, object]:
    edition = cell.method.editions[cell.edition]
    return {
        "result": cell.id,
        "method": cell.method.id,
        "edition": cell.edition,
        "quantity": cell.method.quantity,
        "category": cell.activity.category.id,
        "carrier": cell.activity.carrier,
        "place": cell.place,
        "period": str(cell.year),
        "value": cell.value,
        "unit": cell.method.unit,
        "expression": str(cell.method.equations[edition.equation]),
        "facts": [row["fact"] for row in cell.activity.facts],
        "factors": [match.factor.id for match in cell.matches.values()],
        "match": worst(match.grade for match in cell.matches.values()),
    }
