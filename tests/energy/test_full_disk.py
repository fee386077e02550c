"""No room on the disk: the programme stays in memory, results are whole or absent, and the user is told in a sentence.

A limit on the size of files stands for the full disk; to a writer both are an error of the system.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dafeng.energy.network.solve import solve_network
from dafeng.energy.solving import memory
from dafeng.work.network_files import write_network
from tests.energy.modes.toys import random_city

ROOM = 65_536
"""Bytes that a file may have."""


@pytest.fixture
def full() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [8_000, 8_193, 8_300, 9_000, 100_000])
@pytest.mark.usefixtures("full")
def test_an_array_is_mapped_whole_or_refused(size: int) -> None:
    # 8 192 numbers fill the room; of a few more the last ones wait in a buffer that numpy does not look after
    array = np.arange(size, dtype=np.float64)
    if size * 8 > ROOM:
        with pytest.raises(OSError, match=r".+"):
            memory._mapped(array)
    else:
        assert memory._mapped(array).tolist() == array.tolist()


@pytest.mark.parametrize("size", [10, 8_000, 8_190, 8_300, 100_000])
@pytest.mark.usefixtures("full")
def test_what_finds_no_room_on_the_shelf_stays_in_memory(size: int) -> None:
    array = np.arange(size, dtype=np.float64)
    assert memory.Shelf(array).take().tolist() == array.tolist()


def test_a_solve_without_room_finds_the_same(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    network = random_city(1, 240)
    roomy = solve_network(network, ladder=("clarabel",)).system_cost
    monkeypatch.setattr(memory, "LARGE", 10)
    request.getfixturevalue("full")
    assert solve_network(network, ladder=("clarabel",)).system_cost == roomy


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.nc", "out"])
def test_results_without_room_leave_a_sentence_and_nothing_else(tmp_path: Path, name: str) -> None:
    # netCDF was written by HDF5 into the file once, which ended the process with a fault of segmentation
    write_network(random_city(1, 600), tmp_path / "city.nc")
    done = subprocess.run(
        [sys.executable, "-m", "dafeng.cli.main", "energy", "solve", str(tmp_path / "city.nc"), "--out", str(tmp_path / name)],
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "disk space" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["city.nc"]
