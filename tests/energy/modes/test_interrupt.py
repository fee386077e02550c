"""Ctrl-C while a solver runs that would swallow it, in every mode: the run ends, and no file is left."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dafeng.energy.network.design import design_of, fixed
from dafeng.energy.network.solve import solve_network
from dafeng.work.network_files import write_network
from dafeng.work.solve_energy import solve_energy
from tests.energy.modes.toys import pathway_city, random_city


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Load the solvers, which an interrupt while they are imported would spoil for the whole process."""
    for ladder in (("simplex",), ("clarabel",)):
        solve_network(random_city(1, 24), ladder=ladder)


def pressing(after: int) -> Callable[[object], bool]:
    """Return a watch during which Ctrl-C is pressed when it has been told so often."""
    told: list[int] = []

    def watch(_: object) -> bool:
        told.append(0)
        if len(told) == after:
            threading.Timer(0.001, os.kill, (os.getpid(), signal.SIGINT)).start()
        return False

    return watch


def test_an_interrupt_inside_the_solver_ends_the_run() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        solve_network(random_city(1, 1200), ladder=("clarabel",), progress=pressing(1))
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("after", [1, 12])
@pytest.mark.parametrize("mode", ["expand", "segments=200", "certified", "near-optimal", "rolling", "myopic"])
def test_an_interrupt_leaves_no_file_in_any_mode(tmp_path: Path, mode: str, after: int) -> None:
    city = pathway_city(1, 96) if mode == "myopic" else random_city(1, 360, cap=False)
    city = fixed(city, design_of(solve_network(city))) if mode == "rolling" else city
    write_network(city, tmp_path / "city.nc")
    with pytest.raises(KeyboardInterrupt):
        solve_energy(tmp_path / "city.nc", mode=mode, out=tmp_path / "out.nc", progress=pressing(after))
    assert [path.name for path in tmp_path.iterdir()] == ["city.nc"]
