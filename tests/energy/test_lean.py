"""What keeps a large solve small: what waits on disk, what is set aside, storages without a column for what they give out."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.energy.program import Constraints, Term, Variables, compile_program
from dafeng.energy.solution import solve_program
from dafeng.energy.solvers import Terms, run_solver
from dafeng.energy.solving import cone, memory, rare
from dafeng.energy.solving.memory import Shelf, leave_to_disk, on_disk, release_memory
from dafeng.energy.solving.substitute import substitute
from tests.energy.test_traps import storage_city


def demand_program(most: float, hours: int = 40):
    """A plant of 300 yuan up to ``most`` MW, unserved demand at 20 000, and a demand of 100 MW on average."""
    none, demand = np.zeros(hours), 100 + 20 * np.sin(np.arange(hours))
    return compile_program(
        [
            Variables("plant", none, none + most, none + 300.0),
            Variables("tariff", none, none + 30.0, none + 500.0),
            Variables("unserved", none, none + 1e5, none + 20_000.0),
        ],
        [Constraints("balance", (Term("plant", 1.0), Term("tariff", 1.0), Term("unserved", 1.0)), demand, demand)],
    )


@pytest.mark.parametrize(("most", "tries"), [(110.0, 1), (60.0, 2)])
def test_unserved_demand_is_set_aside_and_let_in_where_it_is_needed(monkeypatch, most, tries):
    program = demand_program(most)
    plain = solve_program(program, ladder=["simplex"]).certificate.objective
    asked, run = [], cone._run
    monkeypatch.setattr(rare, "LARGE", 0)
    monkeypatch.setattr(cone, "_run", lambda *given: asked.append(len(given)) or run(*given))
    found = solve_program(program, ladder=["clarabel"])
    assert len(asked) == tries
    assert found.certificate.objective == pytest.approx(plain, rel=1e-7)
    assert found.value("unserved").max() == pytest.approx(max(0.0, 120 - most - 30), abs=0.1)
    assert len(found.attempts) == 1


def test_only_what_can_meet_a_demand_alone_at_an_unusual_price_is_rare(monkeypatch):
    program = demand_program(110.0)
    assert not rare.rare_columns(program).any()
    monkeypatch.setattr(rare, "LARGE", 0)
    assert np.flatnonzero(rare.rare_columns(program)).tolist() == list(range(80, 120))
    monkeypatch.setattr(rare, "DEAR", 100.0)
    assert not rare.rare_columns(program).any()


def test_what_waits_on_disk_comes_back_as_it_was(monkeypatch):
    monkeypatch.setattr(memory, "LARGE", 0)
    program = storage_city()
    there = on_disk(program)
    leave_to_disk(there)
    assert (there.matrix != program.matrix).nnz == 0
    assert all(np.array_equal(getattr(there, side), getattr(program, side)) for side in memory.SIDES)
    assert solve_program(there).certificate.objective == solve_program(program).certificate.objective
    kept = Shelf((program.cost, "x")).take()
    assert np.array_equal(kept[0], program.cost)


def test_without_room_on_disk_everything_stays_in_memory(monkeypatch):
    def full(*_):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(memory, "LARGE", 0)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    program = storage_city()
    assert on_disk(program) is program
    leave_to_disk(program)
    assert Shelf(program).take() is program


def test_memory_is_given_back_only_before_something_large(monkeypatch):
    collected = []
    monkeypatch.setattr(memory.gc, "collect", lambda: collected.append(True))
    release_memory(memory.WORTH - 1)
    assert collected == []
    release_memory(memory.WORTH)
    assert collected == [True]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_a_storage_needs_no_column_for_what_it_gives_out(seed):
    chance = np.random.default_rng(seed)
    hours, later = 30, (np.arange(30) - 1) % 30
    none, free = np.zeros(hours), np.full(hours, np.inf)
    price = chance.uniform(50, 600, hours)
    size = float(chance.uniform(5, 30))
    program = compile_program(
        [
            Variables("buy", none, free, price),
            Variables("fill", none, none + 20.0, none),
            Variables("give", none, free, none + 2.0),
            Variables("level", none, none + 40.0, none),
        ],
        [
            Constraints("demand", (Term("buy", 1.0), Term("fill", -1.0), Term("give", 1.0)), none + 50.0, free),
            Constraints("gives", (Term("give", 1.0), Term("buy", 1e-9)), -free, none + size),
            Constraints(
                "balance",
                (Term("level", 1.0), Term("level", -0.99, later), Term("fill", -0.9), Term("give", 1 / 0.9)),
                none,
                none,
            ),
        ],
    )
    bare = substitute(program)
    assert bare.bounded.tolist() == list(range(60, 90))
    assert bare.program.matrix.shape[1] == program.matrix.shape[1] - hours
    inner = run_solver(bare.program, "simplex", terms=Terms())
    values, prices = bare.restore(inner.values, inner.multipliers)
    found = run_solver(program, "simplex")
    assert program.cost @ values == pytest.approx(program.cost @ found.values, rel=1e-9)
    assert solve_program(program, ladder=["clarabel"]).certificate.objective == pytest.approx(program.cost @ values, rel=1e-7)
    reduced = program.cost - program.matrix.T @ prices
    assert np.abs(reduced[60:90][values[60:90] > 1e-6]).max(initial=0.0) < 1e-6
