"""What is subtracted, and from what.

Invariant: nothing is subtracted from an emission that could not be computed.
"""

from __future__ import annotations

from collections.abc import Iterable

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.methods.inventory import Computed, Missing


def hold_deductions(
    cells: Iterable[Computed], missing: Iterable[Missing]
) -> tuple[list[Computed], list[Missing], list[Finding]]:
    """Cells without deductions from emissions that have facts but no result.

    A category ``waste.landfill.recovery`` is subtracted from ``waste.landfill`` and all below it, of the same gas.

    Parameters
    ----------
    cells : iterable of Computed
        Results of one place and year.
    missing : iterable of Missing
        Cells that have facts but no result.

    Returns
    -------
    list of Computed, list of Missing, list of Finding
        What counts, what is held back, and why; a deduction from an emission without any facts counts and is said.
    """
    listed, lost = tuple(cells), tuple(missing)
    kept: list[Computed] = []
    held: list[Missing] = []
    findings: list[Finding] = []
    for cell in listed:
        if not cell.activity.category.deduct or any(_reduced(cell, other) for other in listed):
            kept.append(cell)
        elif any(_reduced(cell, other) for other in lost):
            held.append(Missing(cell.id, cell.method, cell.activity))
            findings.append(_held(cell))
        else:
            kept.append(cell)
            findings.append(_alone(cell))
    return kept, held, findings


def _reduced(cell: Computed, other: Computed | Missing) -> bool:
    """Whether the other is what a cell is subtracted from."""
    base = cell.activity.category.id.rpartition(".")[0]
    category = other.activity.category
    return other.method.quantity == cell.method.quantity and not category.deduct and f"{category.id}.".startswith(f"{base}.")


def _held(cell: Computed) -> Finding:
    name = cell.activity.category.label
    says = Label(
        f"{name.zh}：被扣减的排放缺因子而未核算，扣减量也未计入",
        f"{name.en}: the emission it is subtracted from could not be computed, so it is left out too",
    )
    return Finding(
        "account.deduction", cell.id, "warning", says, Label("先补齐缺少的因子", "supply the factors that lack first")
    )


def _alone(cell: Computed) -> Finding:
    name = cell.activity.category.label
    says = Label(
        f"{name.zh}：没有可供扣减的排放，结果为负",
        f"{name.en}: there is no emission to subtract it from; the result is negative",
    )
    remedy = Label("补交被扣减的活动数据", "deliver the activity it is subtracted from")
    return Finding("account.deduction", cell.id, "warning", says, remedy)
