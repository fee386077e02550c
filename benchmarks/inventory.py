"""Uncertainty of a full city inventory: 10 000 draws of 600 cells of three gases with shared factors.

Peers: the same draws cell by cell in Python, as record-based inventory platforms compute; and with NumPy, one pass over
all cells for each draw, which gives the sum only, while ours also keeps every category. Pandas is not among the locked
packages and therefore not run. What is compared is the deviation of the sum, so the tolerance is that of sampling.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path

from benchmarks.harness import Peer, case

CELLS, CARRIERS, DRAWS = 200, 40, 10_000
GASES = {"co2": 1.0, "ch4": 28.0, "n2o": 265.0}
SEED = 7


def write_model(folder: Path) -> None:
    """Write the same invented inventory as a model of ours and as plain rows."""
    from decimal import Decimal

    import numpy as np

    from dafeng.core.labels import Label
    from dafeng.formula import parse
    from dafeng.methods.definition import Category, Edition, Method, Quantity
    from dafeng.methods.distribution import Spread
    from dafeng.methods.gathering import Activity
    from dafeng.methods.inventory import Computed
    from dafeng.methods.uncertain import Composition, Input, Model, Term

    said, expression = Label("样例", "sample"), parse("amount * heat * factor")
    random = np.random.default_rng(SEED)
    amounts, heats = random.uniform(1, 100, CELLS), random.uniform(10, 40, CARRIERS)
    edition = Edition("own", "product", "user", (), None, said)
    inputs: dict[str, Input] = {}
    compositions: dict[str, Composition] = {}
    terms: list[Term] = []
    rows = []

    def add(key: str, subject: str, half: float) -> str:
        spread = (Spread("normal", 1 - half, 1 + half),)
        inputs[key] = Input(key, subject, said, spread, None, "assumption", None, "")  # type: ignore[arg-type]
        return key

    for n in range(CELLS):
        add(f"activity/{n:03}", "activity", 0.05)
    for gas, potential in GASES.items():
        method = Method(
            gas, said, said, gas, "emission", "t", "dafeng", "", Quantity("amount", said, "Q"), (), {}, {},
            {"product": expression}, {"own": edition}, (), (), (), (), (), (),
        )  # fmt: skip
        for n in range(CELLS):
            carrier = n % CARRIERS
            heat = add(f"factor/heat/{carrier:02}", "factor", 0.05)
            factor = add(f"factor/{gas}/{carrier:02}", "factor", 0.1)
            key = f"{gas}/{carrier:02}"
            named = {"heat": (heat, float(heats[carrier])), "factor": (factor, 0.1)}
            compositions[key] = Composition(expression, gas, 1.0, {"amount": 1.0}, named)
            scored = add(f"pedigree/{key}", "pedigree", 0.02)
            category = Category(f"own.{n:03}", said, "own", (), (), (), None)
            activity = Activity(category, str(carrier), Decimal(1), "t", ())
            cell = Computed(f"{gas}.{n:03}", method, "own", activity, {}, Decimal(1), Decimal(1), "370600", 2025)
            weight = Decimal(str(potential))
            terms.append(Term(cell, weight, ((f"activity/{n:03}", float(amounts[n])),), key, scored))
            rows.append([n, carrier, list(GASES).index(gas), float(amounts[n]), float(heats[carrier]), 0.1, potential])
    model = Model(dict(sorted(inputs.items())), dict(sorted(compositions.items())), tuple(terms))
    (folder / "model.pickle").write_bytes(pickle.dumps(model))
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")


def by_us(folder: Path) -> float:
    """Draw the model; relative deviation of the sum."""
    from dafeng.methods.simulation import describe, simulate_inventory

    model = pickle.loads((folder / "model.pickle").read_bytes())
    found = describe(simulate_inventory(model, seed=1, count=DRAWS).total(2025))
    return found.deviation / found.mean


def cell_by_cell(folder: Path) -> float:
    """Draw by draw and cell by cell."""
    import random
    from statistics import fmean, stdev

    rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    drawn, half = random.Random(1), 1.96
    sums = []
    for _ in range(DRAWS):
        activity = [drawn.gauss(1, 0.05 / half) for _ in range(CELLS)]
        heat = [drawn.gauss(1, 0.05 / half) for _ in range(CARRIERS)]
        factor = [[drawn.gauss(1, 0.1 / half) for _ in range(CARRIERS)] for _ in GASES]
        fit = [[drawn.gauss(1, 0.02 / half) for _ in range(CARRIERS)] for _ in GASES]
        total = 0.0
        for n, carrier, gas, amount, value, own, potential in rows:
            burned = amount * activity[n] * value * heat[carrier]
            total += burned * own * factor[gas][carrier] * fit[gas][carrier] * potential
        sums.append(total)
    return stdev(sums) / fmean(sums)


def draw_by_draw(folder: Path) -> float:
    """One pass of NumPy over all cells for each draw, as an analyst writes it."""
    import numpy as np

    rows = np.array(json.loads((folder / "rows.json").read_text(encoding="utf-8")))
    cell, carrier, gas = (rows[:, n].astype(int) for n in range(3))
    fixed, kind = rows[:, 3] * rows[:, 4] * rows[:, 5] * rows[:, 6], gas * CARRIERS + carrier
    drawn, half, sums = np.random.default_rng(1), 1.96, np.empty(DRAWS)
    for draw in range(DRAWS):
        activity = drawn.normal(1, 0.05 / half, CELLS)
        heat = drawn.normal(1, 0.05 / half, CARRIERS)
        factor = drawn.normal(1, 0.1 / half, CARRIERS * len(GASES))
        fit = drawn.normal(1, 0.02 / half, CARRIERS * len(GASES))
        sums[draw] = (fixed * activity[cell] * heat[carrier] * factor[kind] * fit[kind]).sum()
    return float(sums.std(ddof=1) / sums.mean())


@case(
    prepare=write_model,
    peer=Peer(cell_by_cell, "Python, cell by cell", f"{DRAWS} draws of {CELLS * len(GASES)} cells, one record after the other"),
    repeats=3,
    tolerance=0.04,
)
def inventory_draws(folder: Path) -> float:
    """Draw the whole inventory with one stream for each input."""
    return by_us(folder)


@case(
    prepare=write_model,
    peer=Peer(draw_by_draw, "NumPy, draw by draw", f"{DRAWS} draws, each one pass over {CELLS * len(GASES)} cells"),
    repeats=3,
    tolerance=0.04,
)
def inventory_draws_arrays(folder: Path) -> float:
    """Draw the whole inventory, beside the sum alone by NumPy."""
    return by_us(folder)
