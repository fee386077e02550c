"""Expressions: an equation given as text, over a million rows; once beside NumPy written by hand, once beside a Python loop.

NumPy by hand is the hardest peer: the same arithmetic without parsing, without care for what is missing.
numexpr, the usual peer, is not among the locked packages and therefore not run.
"""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.harness import Peer, case

ROWS = 1_000_000
ROUNDS = 20
TEXT = "where(share > 0.5, burned * ncv * carbon * 0.98 * 44 / 12 - max(burned, ncv) * share, burned * share ** 2)"
NAMES = ("burned", "ncv", "carbon", "share")


def write_columns(folder: Path) -> None:
    """Write four columns of numbers between 0 and 1 as arrays and as text."""
    import numpy as np

    columns = np.random.default_rng(7).random((len(NAMES), ROWS))
    for name, column in zip(NAMES, columns, strict=True):
        np.save(folder / f"{name}.npy", column)
    with (folder / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows(columns.T.tolist())


def by_hand(folder: Path) -> float:
    """Compute the equation in NumPy as one writes it."""
    import numpy as np

    burned, ncv, carbon, share = (np.load(folder / f"{name}.npy") for name in NAMES)
    total = 0.0
    for _ in range(ROUNDS):
        heavy = burned * ncv * carbon * 0.98 * 44 / 12 - np.maximum(burned, ncv) * share
        total += float(np.where(share > 0.5, heavy, burned * share**2).sum())
    return total


def in_a_loop(folder: Path) -> float:
    """Compute the equation row by row in Python."""
    total = 0.0
    with (folder / "rows.csv").open(newline="") as file:
        for cells in csv.reader(file):
            burned, ncv, carbon, share = map(float, cells)
            heavy = burned * ncv * carbon * 0.98 * 44 / 12 - max(burned, ncv) * share
            total += heavy if share > 0.5 else burned * share**2
    return total


@case(
    prepare=write_columns,
    peer=Peer(by_hand, "NumPy by hand", "the same equation as array statements, one thread, 20 times over 1 000 000 rows"),
    repeats=5,
    tolerance=1e-12,
)
def expression_arrays(folder: Path) -> float:
    """Parse the text and evaluate it over the columns, 20 times."""
    import numpy as np

    from dafeng.formula import evaluate, parse

    columns = {name: np.load(folder / f"{name}.npy") for name in NAMES}
    return sum(float(evaluate(parse(TEXT), columns).sum()) for _ in range(ROUNDS))


@case(
    prepare=write_columns,
    peer=Peer(in_a_loop, "Python loop", "CPython, csv module, one pass over 1 000 000 rows of text; ours reads the same file"),
    repeats=3,
    tolerance=1e-9,
)
def expression_rows(folder: Path) -> float:
    """Read the same text file and evaluate the expression over its columns."""
    import pyarrow.csv as table

    from dafeng.formula import evaluate, parse

    read = table.read_csv(folder / "rows.csv", table.ReadOptions(column_names=list(NAMES)))
    return float(evaluate(parse(TEXT), {name: read[name].to_numpy() for name in NAMES}).sum())
