"""Write docs/components.md and docs/technologies.md: ``python -m tools.components``, or ``--check`` to compare only.

Invariant: the equations on the page are those that are compiled into rows, and the figures those that plants are built from.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from dafeng.energy.kit import Kit, Part, read_carriers, read_kits
from dafeng.energy.network import branch, capacity, cogeneration, commitment, generator, link, storage_unit, store
from dafeng.energy.network.attribute import Attribute, component_attributes, symbols_of
from dafeng.energy.network.equation import Equation
from dafeng.energy.retrofit import read_retrofits
from dafeng.energy.technologies import Parameter
from dafeng.formula.expression import write

DOCS = Path(__file__).parent.parent / "docs"
COMPONENTS, TECHNOLOGIES = DOCS / "components.md", DOCS / "technologies.md"
STATED: Mapping[str, tuple[str, tuple[Equation, ...]]] = {
    "generator": ("puts power into one bus, at a cost per unit", generator.EQUATIONS),
    "link": ("takes from one bus and puts into others with a fixed ratio for each port, at once or later", link.EQUATIONS),
    "process": ("like a link, with a rate for every port per unit of activity", link.EQUATIONS),
    "cogeneration": ("turns fuel into electricity and heat within its operating region", cogeneration.EQUATIONS),
    "storage_unit": ("charges and discharges one bus with powers tied to one capacity", storage_unit.EQUATIONS),
    "store": ("a level at one bus with one power that fills or empties it", store.EQUATIONS),
    "line": ("carries power between two buses by Kirchhoff's laws", branch.EQUATIONS),
    "transformer": ("like a line, with a ratio and a phase shift", branch.EQUATIONS),
}
"""Components with what they do and their equations."""
SHARED: Mapping[str, tuple[str, tuple[Equation, ...]]] = {
    "Whole units": ("where `p_nom_mod` is not zero", (capacity.MODULES,)),
    "Unit commitment": (
        "where `committable` is set",
        (
            commitment.STARTS,
            commitment.STOPS,
            commitment.LOWER,
            commitment.UPPER,
            commitment.UP_TIME,
            commitment.DOWN_TIME,
            commitment.MOST,
        ),
    ),
}
"""Equations of several components."""
HEAD = """# Components of the network

What a network is made of: equations and attributes of every component. The equations are typeset from the same text that is
compiled into rows. At every bus and in every step what flows in equals what is taken out. Attributes have PyPSA's names and
meaning where PyPSA has them; `cogeneration` is ours. [Technologies](technologies.md) are made of these components.
Written by `tools/components.py` from `src/dafeng/energy/network` and `src/dafeng/data/energy/attributes.csv`.
"""
KITS = """# Technologies of the city

What each technology is made of, and every figure with its unit, source and grade. A figure without a value is unknown: a
plant of this technology is left out, with a finding, until the city gives it. Parts are [components](components.md); in their
formulas stand the figures below, what the city gives (`capacity`, `annual`, `peak`, `energy`), `annual_cost` (annuity of the
investment with upkeep) and hourly profiles (`pv_profile`).
Written by `tools/components.py` from `src/dafeng/data/technologies`.
"""


def write_components() -> str:
    """Return the page of the components."""
    parts = [HEAD]
    for name, (does, equations) in STATED.items():
        parts.append(f"\n## `{name}`\n\n{does[:1].upper()}{does[1:]}.\n\n")
        parts += [_equations(equations, symbols_of(name)), _attributes(component_attributes()[name].values())]
    for title, (where, equations) in SHARED.items():
        parts.append(f"\n## {title}\n\nHolds {where}.\n\n{_equations(equations, symbols_of('generator'))}")
    for name in sorted(set(component_attributes()) - set(STATED)):
        parts.append(f"\n## `{name}`\n\n{_attributes(component_attributes()[name].values())}")
    return "".join(parts)


def write_technologies() -> str:
    """Return the page of the technologies."""
    rows = [
        (f"`{one.name}`", one.label.en, one.label.zh, one.unit, _yes(one.local), _yes(one.wasted), _code(one.supply))
        for one in read_carriers().values()
    ]
    heads = ("carrier", "", "", "unit", "a bus per district", "may go unused", "supplied by")
    retrofits = [
        (f"`{one.id}`", one.label.en, one.label.zh, f"`{one.technology}`", f"`{one.becomes}`", _retrofitted(one.figures))
        for one in read_retrofits().values()
    ]
    changed = ("retrofit", "", "", "of", "becomes", "figures afterwards")
    tables = f"\n## Carriers\n\n{_table(heads, rows)}\n## Retrofits of coal\n\n{_table(changed, retrofits)}"
    return KITS + tables + "".join(_kit(kit) for kit in read_kits().values())


def _retrofitted(figures: Mapping[str, float | None]) -> str:
    return ", ".join(f"`{name}` {'unknown' if value is None else f'{value:g}'}" for name, value in figures.items())


def _kit(kit: Kit) -> str:
    one = kit.technology
    heads = ("figure", "value", "unit", "source", "grade", "note")
    figures = [_figure(figure) for figure in one.parameters.values()]
    known = f"\n{_table(heads, figures)}" if figures else ""
    return f"\n## `{one.id}` {one.label.zh}\n\n{one.label.en}; {one.role}.\n\n{''.join(map(_part, kit.parts))}{known}"


def _part(part: Part) -> str:
    said = [f"{name}: {value}" for name, value in {**part.buses, **part.texts}.items()]
    said += [f"{name} = {write(formula.root)}" for name, formula in part.formulas.items()]
    return f"- {part.name} (`{part.component}`): " + ", ".join(f"`{one}`" for one in said) + "\n"


def _figure(one: Parameter) -> tuple[str, ...]:
    if one.value is None:
        return (f"`{one.name}`", "unknown", one.unit, "", "", one.note)
    return (f"`{one.name}`", f"{one.value:g}", one.unit, one.source, one.grade, one.note)


def _equations(equations: Iterable[Equation], symbols: Mapping[str, str]) -> str:
    lines = [f"- {one.label.en} · {one.label.zh}: {one.mathml(symbols)}  \n  `{one.text}`" for one in equations]
    return "\n".join(lines) + "\n"


def _attributes(attributes: Iterable[Attribute]) -> str:
    heads = ("attribute", "symbol", "unit", "default", "over time", "meaning")
    rows = [
        (f"`{one.name}`", one.symbol, one.unit, _default(one), _yes(one.varying), f"{one.label.en} · {one.label.zh}")
        for one in attributes
    ]
    return f"\n{_table(heads, rows)}"


def _default(one: Attribute) -> str:
    if isinstance(one.default, bool):
        return str(one.default).lower()
    return {"nan": "none", "inf": "no limit", "-inf": "no limit"}.get(f"{one.default}", f"{one.default}".removesuffix(".0"))


def _yes(flag: bool) -> str:
    return "yes" if flag else ""


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    listed = [tuple(heads)]
    lines = [_line(listed[0]), "|" + "---|" * len(listed[0]), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Write the pages or compare them; return the exit status."""
    pages = {COMPONENTS: write_components(), TECHNOLOGIES: write_technologies()}
    if "--check" in arguments:
        return int(any(path.read_text(encoding="utf-8") != page for path, page in pages.items()))
    for path, page in pages.items():
        path.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
