"""Explain the difference between two inventories of the same place, cell by cell and factor by factor.

Invariant: the causes sum to the difference of the totals, digit for digit; beside the net stands the sum of the
absolute differences of the cells, so that errors of opposite sign do not hide one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import combinations
from math import factorial

from dafeng.core.labels import Label
from dafeng.core.units import conversion, convert, same_dimension, unit
from dafeng.formula import check_unit, evaluate_exact
from dafeng.library.factor import check_purpose
from dafeng.methods.definition import YEAR
from dafeng.methods.inventory import Computed
from dafeng.methods.kernels import KERNELS

_DIGITS = 80
_SCALE = Decimal("1e-15")


@dataclass(frozen=True, slots=True)
class Cause:
    """What one cause contributes to the difference of one cell.

    Parameters
    ----------
    cell : str
        Id of the result.
    category, carrier : str
        Where it sits.
    cause : str
        ``activity``, the name of a factor, ``equation`` (editions with different equations), ``only_before`` or
        ``only_after`` (the cell is missing on the other side).
    label : Label
        The cause in words.
    amount : Decimal
        Contribution to after minus before. [unit of the results]
    """

    cell: str
    category: str
    carrier: str
    cause: str
    label: Label
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """Difference of two inventories.

    Parameters
    ----------
    quantity, unit : str
        What was compared, and its unit.
    before, after : Decimal
        Totals. [unit]
    causes : tuple of Cause
        All causes, the largest first.
    net : Decimal
        after - before, which is the sum of the causes. [unit]
    absolute : Decimal
        Sum of the absolute differences of the cells. [unit]
    """

    quantity: str
    unit: str
    before: Decimal
    after: Decimal
    causes: tuple[Cause, ...]
    net: Decimal
    absolute: Decimal

    def by_cause(self) -> Mapping[tuple[str, str], Decimal]:
        """Contributions summed by carrier and cause.

        Returns
        -------
        mapping of (carrier, cause) to Decimal
            Sums, the largest first. [unit]
        """
        found: dict[tuple[str, str], Decimal] = {}
        with localcontext() as context:
            context.prec = _DIGITS
            for cause in self.causes:
                key = (cause.carrier, cause.cause)
                found[key] = found.get(key, Decimal(0)) + cause.amount
        return dict(sorted(found.items(), key=lambda item: -abs(item[1])))


def compare(before: Iterable[Computed], after: Iterable[Computed], *, quantity: str) -> Comparison:
    """Difference of two inventories by cell and cause.

    Each cause gets its Shapley share: its contribution averaged over all orders in which the inputs may change, which
    is exact for any equation and does not depend on an order.

    Parameters
    ----------
    before, after : iterable of Computed
        Cells of two runs, e.g. with two editions.
    quantity : str
        Quantity to compare, e.g. ``co2``.

    Returns
    -------
    Comparison
        Totals, causes, net and absolute difference.

    Raises
    ------
    PurposeError
        If the two sides use factors of different purposes for the same thing.
    """
    old = {cell.id: cell for cell in before if cell.method.quantity == quantity}
    new = {cell.id: cell for cell in after if cell.method.quantity == quantity}
    used = [match.factor for cell in (*old.values(), *new.values()) for match in cell.matches.values()]
    check_purpose(used)
    with localcontext() as context:
        context.prec = _DIGITS
        causes = [cause for name in dict.fromkeys((*old, *new)) for cause in _causes(old.get(name), new.get(name))]
        sums = [sum((cell.value for cell in side.values()), Decimal(0)) for side in (old, new)]
        gaps = [abs(_value(new.get(name)) - _value(old.get(name))) for name in {*old, *new}]
        return Comparison(
            quantity,
            next((cell.method.unit for cell in (*old.values(), *new.values())), ""),
            sums[0],
            sums[1],
            tuple(sorted(causes, key=lambda cause: (-abs(cause.amount), cause.cell, cause.cause))),
            sums[1] - sums[0],
            sum(gaps, Decimal(0)),
        )


def _value(cell: Computed | None) -> Decimal:
    return cell.value if cell else Decimal(0)


def _causes(old: Computed | None, new: Computed | None) -> list[Cause]:
    known = old or new
    if known is None:
        return []
    if old is None or new is None:
        side = (
            ("only_before", "只在前者", "only in the first")
            if new is None
            else ("only_after", "只在后者", "only in the second")
        )
        return [_cause(known, side[0], Label(side[1], side[2]), _value(new) - _value(old))]
    shares = _shares(old, new)
    if not shares:
        return []
    rest = new.value - old.value - sum((amount for _, amount in shares[1:]), Decimal(0))
    return [_cause(new, name, _label(new, name), amount) for name, amount in ((shares[0][0], rest), *shares[1:])]


def _shares(old: Computed, new: Computed) -> list[tuple[str, Decimal]]:
    """Shapley shares of the inputs that differ; the largest also takes the rounding of the composed factors."""
    split = old.method.editions[old.edition].equation == new.method.editions[new.edition].equation
    one, other = _inputs(old, split=split), _inputs(new, split=split)
    changed = [name for name in other if one[name] != other[name]]
    if not changed:
        return [] if old.value == new.value else [("rounding", new.value - old.value)]
    worth = {
        frozenset(chosen): _worth(new, {**one, **{name: other[name] for name in chosen}}, split=split)
        for size in range(len(changed) + 1)
        for chosen in combinations(changed, size)
    }
    shares = [(name, _shapley(name, changed, worth).quantize(_SCALE)) for name in changed]
    return sorted(shares, key=lambda item: -abs(item[1]))


def _shapley(name: str, names: list[str], worth: Mapping[frozenset[str], Decimal]) -> Decimal:
    count, share = len(names), Decimal(0)
    for size in range(count):
        weight = Decimal(factorial(size) * factorial(count - size - 1)) / factorial(count)
        for chosen in combinations([other for other in names if other != name], size):
            share += weight * (worth[frozenset((*chosen, name))] - worth[frozenset(chosen)])
    return share


def _inputs(cell: Computed, *, split: bool) -> dict[str, Decimal]:
    """Inputs of a cell in the units of the method's fitting variant, so that two cells can be compared."""
    base, activity = _variant(cell), cell.activity
    amount = convert(activity.amount, activity.unit, base[cell.method.activity.name])
    if not split:
        return {"activity": amount, "equation": cell.composed / conversion(activity.unit, base[cell.method.activity.name])}
    return {
        "activity": amount,
        **{name: convert(match.value, match.factor.unit, base[name]) for name, match in cell.matches.items()},
    }


def _variant(cell: Computed) -> Mapping[str, str]:
    """Units of the variant that fits; those of the cell itself where the definition lists none."""
    own = {name: match.factor.unit for name, match in cell.matches.items()}
    own[cell.method.activity.name] = cell.activity.unit
    fitting = (v for v in cell.method.variants if all(same_dimension(text, v[name]) for name, text in own.items()))
    return next(fitting, own)


def _worth(cell: Computed, inputs: Mapping[str, Decimal], *, split: bool) -> Decimal:
    if not split:
        return inputs["activity"] * inputs["equation"]
    method = cell.method
    expression = method.equations[method.editions[cell.edition].equation]
    values: dict[str, Decimal | int] = {constant.name: constant.value for constant in method.constants.values()}
    values |= cell.activity.times
    values |= {method.activity.name if name == "activity" else name: value for name, value in inputs.items()}
    texts = {**{constant.name: constant.unit for constant in method.constants.values()}, **_variant(cell)}
    texts |= dict.fromkeys(cell.activity.times, YEAR)
    units = {name: unit(text) for name, text in texts.items()}
    ratio = check_unit(expression, units, unit(method.unit), kernels=KERNELS, where=method.id)
    return evaluate_exact(expression, values, kernels=KERNELS) * Decimal(ratio.numerator) / Decimal(ratio.denominator)


def _label(cell: Computed, name: str) -> Label:
    said = {
        "activity": Label("活动水平不同", "another activity"),
        "equation": Label("方程不同，综合因子不同", "another equation and composed factor"),
        "rounding": Label("综合因子取整", "rounding of the composed factor"),
    }
    if name in said:
        return said[name]
    factor = cell.matches[name].factor
    return Label(f"{factor.label.zh}不同（{factor.id}）", f"another {factor.label.en} ({factor.id})")


def _cause(cell: Computed, name: str, label: Label, amount: Decimal) -> Cause:
    return Cause(cell.id, cell.activity.category.id, cell.activity.carrier, name, label, amount)
