"""Empty cells of a network file: read as PyPSA reads them, and told."""

from __future__ import annotations

from pathlib import Path

import pypsa
import pytest

from dafeng.work.solve_document import solved_document
from dafeng.work.solve_energy import solve_energy

pytestmark = pytest.mark.filterwarnings("ignore")

FILES = {
    "snapshots.csv": "name,objective,stores,generators\n0,1,1,1\n1,1,1,1\n",
    "buses.csv": "name\nb\n",
    "loads.csv": "name,bus,p_set\nl,b,120\n",
    "generators.csv": "name,bus,p_nom,marginal_cost,ramp_limit_up\ng,b,100,5,\nh,b,100,,0.5\n",
}
"""``h`` has no cost, ``g`` no ramp limit: the one is a value that is lacking, the other is no limit."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_an_empty_cell_is_the_default_as_in_pypsa(folder: Path) -> None:
    network = pypsa.Network(folder)
    assert network.generators.marginal_cost.tolist() == [5.0, 0.0]
    assert solve_energy(folder).outcome.objective == pytest.approx(2 * 20 * 5.0)


def test_an_empty_cell_is_told(folder: Path) -> None:
    (found,) = solved_document(solve_energy(folder))["findings"]
    assert (found["rule"], found["at"]) == ("energy.network.absent", "generators.marginal_cost")
    assert "h" in found["en"]
    assert "0.0" in found["zh"]


def test_a_full_file_has_no_findings(folder: Path) -> None:
    text = FILES["generators.csv"].replace("h,b,100,,", "h,b,100,7,")
    (folder / "generators.csv").write_text(text, encoding="utf-8")
    assert solved_document(solve_energy(folder))["findings"] == []
