"""Units and companies that differ only by how they are typed.

Invariant: two spellings of one name are never two entitlements; nobody guesses which of them is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.plants import Plant, plant_columns


def check_spellings(plants: Sequence[Plant]) -> tuple[Plant, ...]:
    """Units without figures where another row of the year spells the same company or the same unit in another way.

    Parameters
    ----------
    plants : sequence of Plant
        Units of the table and of the account.

    Returns
    -------
    tuple of Plant
        The same units; those of two spellings with an error that names both.
    """
    spelt: dict[tuple[str | int, ...], dict[str, None]] = {}
    for plant in plants:
        company = fold_person(plant.enterprise)
        spelt.setdefault((plant.year, company), {})[plant.enterprise] = None
        spelt.setdefault((plant.year, company, fold_person(plant.unit)), {})[plant.unit] = None
    return tuple(_check(plant, spelt) for plant in plants)


def _check(plant: Plant, spelt: dict[tuple[str | int, ...], dict[str, None]]) -> Plant:
    company = (plant.year, fold_person(plant.enterprise))
    several = [names for key in (company, (*company, fold_person(plant.unit))) if len(names := spelt[key]) > 1]
    if not several:
        return plant
    findings = tuple(_several(plant.at, tuple(names)) for names in several)
    return replace(plant, figures={}, origins={}, bad=tuple(plant_columns()), findings=(*plant.findings, *findings))


def _several(at: str, names: Sequence[str]) -> Finding:
    shown = " | ".join(ascii(name)[1:-1] if not name.isprintable() else name for name in names)
    return Finding(
        "allowance.spelling",
        at,
        "error",
        Label(
            f"同一名称有几种写法：{shown}，不知是否同一家，不计", f"one name in several spellings: {shown}; nothing is counted"
        ),
        Label("全部改用一种写法；全角、大小写、空白不成两家", "spell it in one way; width, case and blanks make no second one"),
    )
