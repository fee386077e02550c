"""Changes beside a run: only what a change moves is computed again, and every value is that of a fresh run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dafeng.pathways.abatement_runs import Board
from dafeng.pathways.measures import cost_model, read_measures, read_priced_drivers
from dafeng.pathways.model.beside import run_beside
from dafeng.pathways.model.city import read_city_model
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tape import compile_graph

DRAWS = 130
CITIES = Path(__file__).resolve().parents[3] / "cities"


@pytest.fixture(scope="module")
def board() -> Board:
    model, folder = cost_model(read_city_model()), CITIES / "qingdao" / "data"
    known = read_measures(model.graph, folder)
    return Board(model.graph, read_priced_drivers(model, folder).values, known.measures, (2030,))


def fresh(board: Board, done: list[str]) -> np.ndarray:
    """CO2 of a whole run of the model with some measures done, draws by years."""
    values = board.values | {name: np.ones(board.space.shape(())) for name in done}
    bands = {name: value for name, value in values.items() if isinstance(value, Band)}
    tape = compile_graph(board.pulled.graph, ("co2",), drawn=tuple(bands))
    kept = {name: band for name, band in bands.items() if name in tape.given}
    found = run_tape(tape, values, ranks=make_ranks(board.space, kept, draws=DRAWS, seed=3))
    return found["co2"].along("year", "draw")


def test_every_change_gives_what_a_fresh_run_gives(board: Board) -> None:
    """Also across blocks of draws of different width: 130 draws are a block of 100 and one of 30."""
    names = ["electric_cars", "biogas", "steel_scrap", "building_retrofit", "waste_heat_heating"]
    full = np.ones(board.space.shape(()))
    changes = {name: {name: full} for name in names} | {"both": {"electric_cars": full, "steel_scrap": full}}
    parts: dict[str, list[np.ndarray]] = {name: [] for name in ("", *changes)}
    for block in run_beside(board.pulled.graph, board.values, "co2", changes, draws=DRAWS, seed=3):
        for name, values in block.items():
            parts[name].append(values.reshape(-1, values.shape[-1]).copy())
    found = {name: np.concatenate(part, axis=-1) for name, part in parts.items()}
    assert np.array_equal(found[""], fresh(board, []))
    assert np.array_equal(found["both"], fresh(board, ["electric_cars", "steel_scrap"]))
    for name in names:
        assert np.array_equal(found[name], fresh(board, [name]))
        assert not np.array_equal(found[name], found[""])
