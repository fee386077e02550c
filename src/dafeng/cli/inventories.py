"""Print inventories.

Invariant: formats and computes nothing.
"""

from __future__ import annotations

from dafeng.cli.printing import console, grid, print_findings, print_json, read_label, say
from dafeng.core.labels import Language
from dafeng.library.factors import FactorLibrary
from dafeng.methods.arrangement import Entry
from dafeng.methods.notation import KEYS
from dafeng.methods.warming import gas_label
from dafeng.work.inventory import MAIN, Inventory, check_layout, inventory_document


def show_inventory(found: Inventory, language: Language, *, layout: str | None, as_json: bool) -> None:
    """Print the latest year of an inventory in one layout, or all of it as JSON.

    Parameters
    ----------
    found : Inventory
        The inventory.
    language : {"zh", "en"}
        Language.
    layout : str or None
        Layout; the Chinese one where none is named.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json(inventory_document(found, layout=layout))
        return
    check_layout(found, layout)
    year = found.latest
    if year is None:
        console().print(say(language, "没有可核算的活动数据", "no activity data to account for"))
    for each in sorted({at for at, _ in found.arranged}):
        arranged = found.arranged[each, layout or MAIN]
        title = (
            f"{each} {read_label(found.layouts[layout or MAIN].label, language)} · {read_label(found.package.label, language)}"
        )
        heads = say(language, "代码 行 范围 气体（吨） 合计（tCO2e）", "code line scope gases-t total-tCO2e").split()
        cells = [_row(entry, found.library, language) for entry in arranged.entries]
        console().print(grid(title, heads, cells, right=(4,)))
    print_findings(found.findings, language)


def _row(entry: Entry, library: FactorLibrary, language: Language) -> list[str]:
    gases = "; ".join(f"{read_label(gas_label(gas, library), language)} {mass:,.0f}" for gas, mass in entry.gases.items())
    marked = _value(entry, language) + ("*" if entry.missing else "")
    return [entry.code, "  " * entry.level + read_label(entry.label, language), str(entry.scope or ""), gases, marked]


def _value(entry: Entry, language: Language) -> str:
    if entry.value is not None:
        return f"{entry.value:,.0f}"
    return f"{entry.key} {read_label(KEYS[entry.key or 'NE'], language)}"
