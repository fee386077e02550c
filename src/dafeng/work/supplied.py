"""Factors that a user brings along, beside the inventory they are used in.

Invariant: a supplied factor that no cell used is reported, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting
from dafeng.methods.definition import Method
from dafeng.readers.wording import flow_spellings


def sector_names(method: Method) -> Mapping[str, str]:
    """How the sectors of a method may be written in a factor file.

    Parameters
    ----------
    method : Method
        Method of fuel combustion.

    Returns
    -------
    mapping of str to str
        Category id by category id, name, balance row and each spelling of that row.
    """
    found: dict[str, str] = {}
    rows: dict[str, str] = {}
    for category in method.categories:
        found |= dict.fromkeys((category.id, category.label.zh, category.label.en), category.id)
        rows |= dict.fromkeys((*category.plus, *(category.minus if category.absolute else ())), category.id)
    spelt = {word: rows[name] for word, ids in flow_spellings().items() for name in ids if name in rows}
    return {**found, **spelt, **rows}


def unused_factors(supplied: Sequence[Factor], runs: Iterable[Accounting], library: FactorLibrary) -> Iterator[Finding]:
    """Supplied factors that no cell used.

    Parameters
    ----------
    supplied : sequence of Factor
        Factors brought along.
    runs : iterable of Accounting
        Inventories made with them.
    library : FactorLibrary
        Names of fuels.

    Yields
    ------
    Finding
        Rule ``account.supplied_unused``.
    """
    used = {match.factor.id for run in runs for cell in run.cells for match in cell.matches.values()}
    for factor in supplied:
        if factor.id not in used:
            label = library.label("substance", factor.substance)
            where = f"（{factor.sector}）" if factor.sector else ""
            yield Finding(
                "account.supplied_unused",
                factor.id,
                "warning",
                Label(
                    f"自带因子“{label.zh}”{where}没有用到：没有与它相配的燃烧量",
                    f"the supplied factor of {label.en} {factor.sector or ''} was not used: no amount burnt fits it",
                ),
                Label("核对燃料名称、行业和单位", "check fuel, sector and unit"),
            )
