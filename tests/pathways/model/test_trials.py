"""A model kept at hand with its draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.pathways.measures import cost_model, read_measures, read_priced_drivers
from dafeng.pathways.model.city import read_city_model
from dafeng.pathways.model.levers import add_levers
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tape import compile_graph
from dafeng.pathways.model.trials import open_trials

QINGDAO = Path(__file__).resolve().parents[3] / "cities" / "qingdao" / "data"


def test_changes_in_all_draws_equal_a_fresh_run() -> None:
    model = cost_model(read_city_model())
    pulled = add_levers(model.graph, read_measures(model.graph, QINGDAO).levers)
    values = pulled.given(read_priced_drivers(model, QINGDAO).values)
    bands = {name: value for name, value in values.items() if isinstance(value, Band)}
    tape = compile_graph(pulled.graph, ("co2", "energy_bill"), drawn=tuple(bands))
    ranks = make_ranks(pulled.graph.space, {name: bands[name] for name in bands if name in tape.given}, draws=7, seed=3)
    trials = open_trials(tape, values, ranks)
    one = np.ones(pulled.graph.space.shape(()))
    for name, at in (("motors", 1.0), ("electric_cars", 1.0), ("motors", 0.0), ("pv_roof_added", 0.5)):
        trials.change(name, one * at)
    fresh = run_tape(tape, {**values, "electric_cars": one, "pv_roof_added": one * 0.5}, ranks=ranks)
    for name in ("co2", "energy_bill"):
        np.testing.assert_array_equal(trials.read(name).values, fresh[name].values)
    with pytest.raises(DefinitionError, match="co2"):
        trials.change("co2", one)
