"""Which inputs make which cell, and how sure each is: facts, factors and scores become the inputs of a model.

Invariant: one fact and one factor is one input, however many cells it stands in, so that what is the same varies
together; of two statements on one input the wider holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.tables import RESULTS
from dafeng.core.units import conversion, same_dimension, unit
from dafeng.formula import check_unit
from dafeng.library.factor import Match
from dafeng.library.factors import FactorLibrary
from dafeng.library.pedigree import By, Pedigree, Scores
from dafeng.library.uncertainty import HUNDRED, Stated, find_stated
from dafeng.methods.definition import BALANCE, YEAR
from dafeng.methods.distribution import Spread
from dafeng.methods.explanation import factor_address
from dafeng.methods.gathering import Activity
from dafeng.methods.inventory import Computed
from dafeng.methods.kernels import KERNELS
from dafeng.methods.uncertain import Composition, Input, Model, Term
from dafeng.methods.warming import equivalents
from dafeng.methods.wholes import Row


@dataclass(frozen=True, slots=True)
class Statements:
    """What is stated of uncertainty and quality.

    Parameters
    ----------
    listed : tuple of Stated
        Statements on activities and factors.
    pedigree : Pedigree
        Scores.
    provisional : bool
        Whether weak evidence may be used.
    """

    listed: tuple[Stated, ...]
    pedigree: Pedigree
    provisional: bool = False


def build_model(cells: Iterable[Computed], library: FactorLibrary, statements: Statements, *, standard: str) -> Model:
    """The inventory as a function of its inputs.

    Parameters
    ----------
    cells : iterable of Computed
        Cells of one or more years; quantities that are no greenhouse gas are passed over.
    library : FactorLibrary
        Names and warming potentials.
    statements : Statements
        What is stated of uncertainty and quality.
    standard : str
        Standard of the warming potentials.

    Returns
    -------
    Model
        The same model for the same cells, in whatever order they come.

    Raises
    ------
    LookupFailure
        If a gas has no potential.
    """
    ordered = sorted(cells, key=lambda cell: cell.id)
    weights = weigh(ordered, library, standard=standard)
    inputs: dict[str, Input] = {}
    compositions: dict[str, Composition] = {}
    terms = []
    for cell in ordered:
        weight = weights.get((cell.method.quantity, cell.method.unit, cell.year))
        if weight is None:
            continue
        key = _composition_key(cell)
        compositions.setdefault(key, _composition(cell))
        parts = tuple(
            (_keep(inputs, _fact(cell, row, library, statements)), float(part)) for row, part in split_facts(cell.activity)
        )
        for match in cell.matches.values():
            _keep(inputs, _factor(cell, match, statements))
        pedigree = _keep(inputs, _scored(cell, library, statements))
        terms.append(Term(cell, weight, parts, key, pedigree))
    return Model(dict(sorted(inputs.items())), dict(sorted(compositions.items())), tuple(terms))


def weigh(cells: Iterable[Computed], library: FactorLibrary, *, standard: str) -> Mapping[tuple[str, str, int], Decimal]:
    """Greenhouse gas per result.

    Parameters
    ----------
    cells : iterable of Computed
        Cells.
    library : FactorLibrary
        Warming potentials.
    standard : str
        Their standard.

    Returns
    -------
    mapping of (quantity, unit, year) to Decimal
        Weight; quantities that are no greenhouse gas are absent. [tCO2e/unit]
    """
    kinds = sorted({(cell.method.quantity, cell.method.unit, cell.year) for cell in cells})
    rows = [
        {
            "result": str(number), "method": "", "edition": "", "quantity": quantity, "category": "", "place": "",
            "period": str(year), "value": Decimal(1), "unit": text, "expression": "", "facts": [], "factors": [], "match": "",
        }
        for number, (quantity, text, year) in enumerate(kinds)
    ]  # fmt: skip
    found = equivalents(RESULTS.build(rows), library, standard=standard)
    return {kinds[int(one.result)]: one.value for one in found}


def split_facts(activity: Activity) -> tuple[tuple[Row, Decimal], ...]:
    """Facts of an activity with the amount that each puts in.

    Parameters
    ----------
    activity : Activity
        Activity.

    Returns
    -------
    tuple of (mapping, Decimal)
        Fact and signed amount; the amounts add up to the activity. [unit of the activity]
    """
    category = activity.category
    turned = -1 if category.deduct else 1
    return tuple(
        (row, turned * (-1 if category.indicator == BALANCE and row["flow"] in category.minus else 1)
         * Decimal(row["value"]) * conversion(row["unit"], activity.unit))
        for row in activity.facts
    )  # fmt: skip


def _keep(inputs: dict[str, Input], found: Input) -> str:
    """Keep an input under its key; of two statements on the same one the wider holds."""
    known = inputs.get(found.key)
    if known is None or found.deviation > known.deviation:
        inputs[found.key] = found
    return found.key


def _fact(cell: Computed, row: Row, library: FactorLibrary, statements: Statements) -> Input:
    given = {"indicator": row["indicator"], "flow": row["flow"], "substance": row["carrier"], "grade": row["grade"]}
    stated = find_stated(statements.listed, "activity", given, provisional=statements.provisional)
    marks: list[tuple[By, str]] = [("grade", row["grade"]), ("fact", "fact"), ("indicator", row["indicator"])]
    scores = statements.pedigree.score(marks)
    basic = _spread(stated)
    carrier = library.label("substance", cell.activity.carrier)
    category = cell.activity.category.label
    label = Label(f"{category.zh} {carrier.zh}（{row['period']}）", f"{category.en}, {carrier.en} ({row['period']})")
    return Input(
        _fact_key(row, stated),
        "activity",
        label,
        (*basic, *_widened(statements.pedigree, scores)),
        stated,
        stated.evidence if basic and stated else "",
        scores,
        f"facts/{row['fact']}",
    )


def _fact_key(row: Row, stated: Stated | None) -> str:
    together = stated.together if stated else ""
    shared = {"carrier": row["carrier"], "source": row["source"]}.get(together)
    return f"activity/{stated.id}/{together}/{shared}/{row['period']}" if stated and shared else f"activity/{row['fact']}"


def _factor(cell: Computed, match: Match, statements: Statements) -> Input:
    factor = match.factor
    given = {
        "parameter": factor.parameter, "substance": factor.substance, "purpose": factor.purpose, "grade": factor.grade,
        "quantity": cell.method.quantity, "category": cell.activity.category.id,
    }  # fmt: skip
    bounded = factor.lower is not None and factor.upper is not None and bool(match.value)
    stated = find_stated(statements.listed, "range" if bounded else "factor", given, provisional=statements.provisional)
    basic = _range(match, stated) if bounded and stated else _cut(match, _spread(stated))
    evidence = (factor.grade if bounded else stated.evidence) if basic and stated else ""
    address = factor_address(match, cell.year)
    return Input(f"factor/{factor.id}", "factor", factor.label, basic, stated, evidence, None, address)


def _scored(cell: Computed, library: FactorLibrary, statements: Statements) -> Input:
    scored = [statements.pedigree.score(_marks(cell, match)) for match in cell.matches.values()]
    first, second, third, fourth, fifth = (max(column) for column in zip(*scored, strict=True)) if scored else (1,) * 5
    scores = (first, second, third, fourth, fifth)
    carrier = library.label("substance", cell.activity.carrier)
    label = Label(
        f"{cell.method.title.zh} {carrier.zh}：因子的代表性", f"{cell.method.title.en}, {carrier.en}: fit of the factors"
    )
    return Input(f"pedigree/{_factors(cell)}", "pedigree", label, _widened(statements.pedigree, scores), None, "", scores, "")


def _marks(cell: Computed, match: Match) -> list[tuple[By, str]]:
    factor = match.factor
    place = "default" if factor.place is None else "own" if factor.place == cell.place else "surrounding"
    age = 0 if factor.year is None else cell.year - factor.year
    return [("grade", factor.grade), ("match", match.grade), ("age", str(age)), ("place", place), ("factor", factor.id)]


def _widened(pedigree: Pedigree, scores: Scores) -> tuple[Spread, ...]:
    factor = pedigree.widen(scores)
    return (Spread("lognormal", 1 / factor, factor),) if factor > 1 else ()


def _spread(stated: Stated | None) -> tuple[Spread, ...]:
    if stated is None or stated.below is None or stated.above is None:
        return ()
    return (Spread(stated.shape, float(1 - stated.below / HUNDRED), float(1 + stated.above / HUNDRED)),)


def _range(match: Match, stated: Stated) -> tuple[Spread, ...]:
    lower, upper = match.factor.lower, match.factor.upper
    if lower is None or upper is None:
        return ()
    low, high = sorted((float(lower / match.value), float(upper / match.value)))
    return (Spread(stated.shape, min(low, 1.0), max(high, 1.0)),)


def _cut(match: Match, basic: tuple[Spread, ...]) -> tuple[Spread, ...]:
    """Ranges of a share end at the whole."""
    if not basic or basic[0].shape not in ("triangular", "uniform") or not same_dimension(match.factor.unit, "1"):
        return basic
    whole = float(conversion("1", match.factor.unit) / match.value) if match.value > 0 else basic[0].high
    return (Spread(basic[0].shape, basic[0].low, max(1.0, min(basic[0].high, whole))),)


def _composition_key(cell: Computed) -> str:
    equation = cell.method.editions[cell.edition].equation
    times = ",".join(f"{name}={value}" for name, value in sorted(cell.activity.times.items()))
    return f"{cell.method.id}/{equation}/{cell.activity.unit}/{_factors(cell)}/{times}"


def _factors(cell: Computed) -> str:
    return ",".join(f"{name}={match.factor.id}:{match.grade}" for name, match in sorted(cell.matches.items()))


def _composition(cell: Computed) -> Composition:
    method = cell.method
    name = method.editions[cell.edition].equation
    expression, where = method.equations[name], f"{method.id}.{name}"
    texts: dict[str, str] = {key: match.factor.unit for key, match in cell.matches.items()}
    texts |= {constant.name: constant.unit for constant in method.constants.values()}
    texts |= dict.fromkeys(cell.activity.times, YEAR) | {method.activity.name: cell.activity.unit}
    units = {key: unit(text) for key, text in texts.items()}
    scale = check_unit(expression, units, unit(method.unit), kernels=KERNELS, where=where)
    fixed: dict[str, Any] = {constant.name: float(constant.value) for constant in method.constants.values()}
    fixed |= {key: float(value) for key, value in cell.activity.times.items()} | {method.activity.name: 1.0}
    factors = {key: (f"factor/{match.factor.id}", float(match.value)) for key, match in sorted(cell.matches.items())}
    return Composition(expression, where, float(scale), fixed, factors)
