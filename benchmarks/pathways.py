"""A model of 150 quantities: one run, and ten thousand draws, beside an engine that joins tables at every operation.

The peer is our own re-creation of how city pathway tools compute: a table per quantity in long form, a product as an inner
join over the shared dimensions, a sum as an outer join in which a missing row counts zero.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.harness import Peer, Target, Told, case

BRANCHES = 25
PRODUCTS = 6
YEARS = tuple(range(2020, 2061))
DRAWS = 10_000
SAMPLE = 5


def write_inputs(folder: Path) -> None:
    """Write three given quantities for each of 25 branches."""
    import numpy as np

    random = np.random.default_rng(11)
    shape = (BRANCHES, PRODUCTS, len(YEARS))
    np.savez(
        folder / "inputs.npz",
        activity=random.uniform(1, 9, shape),
        intensity=random.uniform(0.5, 2, shape),
        factor=random.uniform(0.05, 0.1, (BRANCHES, PRODUCTS, 1)),
    )


def _tape(drawn: tuple[str, ...] = ()) -> Any:
    from dafeng.core.labels import Label
    from dafeng.formula import parse
    from dafeng.pathways.model.axes import Axis, Space
    from dafeng.pathways.model.calls import CALLS
    from dafeng.pathways.model.quantity import Quantity, make_graph
    from dafeng.pathways.model.tape import compile_graph

    def given(name: str, unit: str, *axes: str) -> Quantity:
        return Quantity(name, Label(name, name), unit, None, frozenset(axes))

    def made(name: str, unit: str, text: str) -> Quantity:
        return Quantity(name, Label(name, name), unit, parse(text, kernels=CALLS))

    products = Axis("product", tuple(f"p{n}" for n in range(PRODUCTS)), Label("产品", "product"))
    years = Axis("year", tuple(str(year) for year in YEARS), Label("年", "year"))
    quantities = []
    for n in range(BRANCHES):
        before = f"sum_{n - 1} + " if n else ""
        quantities += [
            given(f"activity_{n}", "t", "product", "year"),
            given(f"intensity_{n}", "GJ/t", "product", "year"),
            given(f"factor_{n}", "t/GJ", "product"),
            made(f"energy_{n}", "GJ", f"activity_{n} * intensity_{n}"),
            made(f"emission_{n}", "t", f"energy_{n} * factor_{n}"),
            made(f"sum_{n}", "t", f"{before}emission_{n}"),
        ]
    graph = make_graph(Space((products, years)), [*quantities, made("co2", "t", f"total(sum_{BRANCHES - 1}, product)")])
    return compile_graph(graph, ["co2"], drawn=drawn)


def _values(folder: Path) -> dict[str, Any]:
    import numpy as np

    given = np.load(folder / "inputs.npz")
    return {f"{name}_{n}": given[name][n][..., None] for name in given for n in range(BRANCHES)}


def _tables(folder: Path, draw: int | None = None) -> dict[str, Any]:
    """Give the same inputs as tables in long form; a draw scales every activity."""
    import numpy as np
    import polars as pl

    given, found = np.load(folder / "inputs.npz"), {}
    scale = 1.0 if draw is None else _scales(DRAWS)[draw]
    for name in given:
        for n in range(BRANCHES):
            table = given[name][n] * (scale if name == "activity" else 1.0)
            places = [(p, y) for p in range(PRODUCTS) for y in range(table.shape[1])]
            columns = {"product": [p for p, _ in places], "year": [YEARS[y] for _, y in places], "value": table.ravel()}
            found[f"{name}_{n}"] = pl.DataFrame(columns if table.shape[1] > 1 else columns | {"year": None}).select(
                "product", *(["year"] if table.shape[1] > 1 else []), "value"
            )
    return found


def _scales(draws: int) -> Any:
    """Give the middle rank of equal strata of a triangular band 0.9, 1.0, 1.2."""
    import numpy as np

    ranks = (np.arange(draws) + 0.5) / draws
    return np.where(ranks <= 1 / 3, 0.9 + np.sqrt(ranks * 0.3 * 0.1), 1.2 - np.sqrt((1 - ranks) * 0.3 * 0.2))


def _times(one: Any, other: Any) -> Any:
    import polars as pl

    shared = [name for name in ("product", "year") if name in one.columns and name in other.columns]
    joined = one.join(other, on=shared, how="inner")
    return joined.with_columns((pl.col("value") * pl.col("value_right")).alias("value")).drop("value_right")


def _plus(one: Any, other: Any) -> Any:
    import polars as pl

    joined = one.join(other, on=["product", "year"], how="full", coalesce=True)
    total = pl.col("value").fill_null(0) + pl.col("value_right").fill_null(0)
    return joined.with_columns(total.alias("value")).drop("value_right")


def _by_joins(tables: dict[str, Any]) -> float:
    import polars as pl

    total = None
    for n in range(BRANCHES):
        energy = _times(tables[f"activity_{n}"], tables[f"intensity_{n}"])
        emission = _times(energy, tables[f"factor_{n}"])
        total = emission if total is None else _plus(total, emission)
    years = total.group_by("year").agg(pl.col("value").sum()) if total is not None else None
    return float(years["value"].sum()) if years is not None else 0.0


def run_joined(folder: Path) -> Told:
    """Run the joins ten times, tables at hand."""
    from time import process_time

    tables = _tables(folder)
    value = _by_joins(tables)
    start = process_time()
    for _ in range(10):
        value = _by_joins(tables)
    return Told(value, {"runs": 10, "engine": "polars, eager, one join per operation"}, (process_time() - start) / 10)


def draw_joined(folder: Path) -> Told:
    """Run a sample of the draws through the joins and scale to all of them; the value is that of the sample."""
    from time import process_time

    picked = range(0, DRAWS, DRAWS // SAMPLE)
    made = [_tables(folder, draw) for draw in picked]
    _by_joins(made[0])
    start = process_time()
    value = sum(_by_joins(tables) for tables in made)
    spent = (process_time() - start) * DRAWS / SAMPLE
    return Told(
        value, {"draws": DRAWS, "measured": SAMPLE, "scaled": "CPU seconds of the sample times draws / measured"}, spent
    )


@case(
    prepare=write_inputs,
    peer=Peer(run_joined, "join per operation (polars)", "own re-creation: long tables, inner join for ×, outer join for +"),
    repeats=3,
    tolerance=1e-9,
    target=Target(100),
)
def pathway_nodes(folder: Path) -> Told:
    """Compute every quantity of the bound model a thousand times; compiling and a single change are told beside it."""
    from time import process_time

    from dafeng.pathways.model.run import play
    from dafeng.pathways.model.session import open_session

    values = _values(folder)
    start = process_time()
    session = open_session(_tape(), values)
    compiled = process_time() - start
    start = process_time()
    for _ in range(1000):
        session.change("activity_0", values["activity_0"])
    first = (process_time() - start) / 1000
    start = process_time()
    for _ in range(1000):
        play(session.whole)
        found = session.read()["co2"]
    parts = {"runs": 1000, "compile_s": compiled, "one_given_changed_s": first}
    return Told(float(found.values.sum()), parts, (process_time() - start) / 1000)


@case(
    prepare=write_inputs,
    peer=Peer(
        draw_joined, "join per operation (polars)", f"own re-creation; {SAMPLE} of the draws measured, CPU scaled to all"
    ),
    repeats=3,
    tolerance=1e-9,
    target=Target(100),
)
def pathway_draws(folder: Path) -> Told:
    """Run all draws in one call; the value is that of the peer's sample."""
    from time import process_time

    import numpy as np

    from dafeng.pathways.model.run import run_tape
    from dafeng.pathways.model.sampling import Band

    values = _values(folder)
    names = tuple(f"activity_{n}" for n in range(BRANCHES))
    tape = _tape(names)
    bands = {name: Band(0.9 * values[name], values[name], 1.2 * values[name]) for name in names}
    ranks = dict.fromkeys(names, ((np.arange(DRAWS) + 0.5) / DRAWS).reshape(1, 1, DRAWS))
    start = process_time()
    found = run_tape(tape, {**values, **bands}, ranks=ranks)["co2"].along("year", "draw")
    spent = process_time() - start
    return Told(float(found[:, :: DRAWS // SAMPLE].sum()), {"draws": DRAWS}, spent)
