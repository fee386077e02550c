"""Files of PyPSA in and out: the same network, the same optimum, and a clear word about everything else."""

import contextlib
import shutil
from pathlib import Path

import h5netcdf
import numpy as np
import pypsa
import pytest

from dafeng.core.errors import DafengError
from dafeng.energy.interop.dependent import standard_types
from dafeng.energy.interop.files import read_exchange
from dafeng.energy.interop.results import with_results
from dafeng.energy.network.solve import solve_network
from dafeng.work.network_files import read_network, write_network
from tests.energy.pypsa_toys import grid, optimum

pytestmark = pytest.mark.filterwarnings("ignore")

PUBLISHED = {"ac-dc-meshed": (-3474256.04055, 18441021.47773), "storage-hvdc": (14670508.82536, 15881838.60584)}
FORMS = ("network.nc", "network")


def save(n: pypsa.Network, path: Path) -> Path:
    n.export_to_netcdf(path) if path.suffix else n.export_to_csv_folder(path)
    return path


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_optima_are_met(name: str, shared: Path) -> None:
    outcome = solve_network(read_network(shared / "data" / "energy" / "pypsa_examples" / name))
    assert outcome.objective == pytest.approx(PUBLISHED[name][0], rel=1e-9)
    assert outcome.system_cost == pytest.approx(PUBLISHED[name][1], rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("periods", [(), (2030, 2035)])
def test_a_file_of_pypsa_has_the_optimum_of_pypsa(tmp_path: Path, form: str, periods: tuple[int, ...]) -> None:
    n = grid(1, periods=periods)
    path = save(n, tmp_path / form)
    expected = optimum(n, multi_investment_periods=bool(periods))
    assert solve_network(read_network(path)).objective == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("periods", [(), (2030, 2035)])
def test_a_written_file_is_read_by_pypsa(tmp_path: Path, form: str, periods: tuple[int, ...]) -> None:
    n = grid(2, periods=periods)
    network = read_network(save(n, tmp_path / f"given{Path(form).suffix}"))
    write_network(network, tmp_path / "made" if form == "network" else tmp_path / form)
    back = pypsa.Network(tmp_path / "made" if form == "network" else tmp_path / form)
    assert list(back.snapshots) == list(n.snapshots)
    expected = optimum(n, multi_investment_periods=bool(periods))
    assert optimum(back, multi_investment_periods=bool(periods)) == pytest.approx(expected, rel=1e-9)


def test_both_forms_hold_the_same_network(tmp_path: Path) -> None:
    n = grid(3)
    one, other = (read_network(save(n, tmp_path / form)) for form in FORMS)
    assert one.clock.labels == other.clock.labels
    assert one.clock.labels[1] == "2030-01-01T03:00:00"
    for kind, table in one.tables.items():
        again = other.table(kind)
        assert table.names == again.names
        assert table.series.keys() == again.series.keys()


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_results_stand_where_a_user_of_pypsa_looks(tmp_path: Path, form: str) -> None:
    n = grid(4)
    exchange = read_exchange(save(n, tmp_path / form))
    optimum(n, assign_all_duals=True)
    outcome = solve_network(read_network(tmp_path / form))
    out = tmp_path / "out" if form == "network" else tmp_path / "out.nc"
    write_network(with_results(exchange, outcome), out)
    back = pypsa.Network(out)
    np.testing.assert_allclose(back.generators.p_nom_opt, n.generators.p_nom_opt, atol=1e-6)
    np.testing.assert_allclose(back.generators_t.p, n.generators_t.p, atol=1e-5)
    np.testing.assert_allclose(back.buses_t.marginal_price, n.buses_t.marginal_price, atol=1e-5)
    np.testing.assert_allclose(back.storage_units_t.state_of_charge, n.storage_units_t.state_of_charge, atol=1e-5)
    assert back.objective == pytest.approx(n.objective, rel=1e-9)
    assert back.global_constraints.mu["co2"] == pytest.approx(n.global_constraints.mu["co2"], abs=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_what_the_model_does_not_use_travels_along(tmp_path: Path, form: str) -> None:
    n = grid(0)
    n.c.carriers.static["color"] = ["grey", "brown", "blue"]
    exchange = read_exchange(save(n, tmp_path / form))
    out = tmp_path / "out" if form == "network" else tmp_path / "out.nc"
    write_network(exchange, out)
    back = pypsa.Network(out)
    assert list(back.carriers.color) == ["grey", "brown", "blue"]
    assert list(back.carriers.dust) == [0, 0.1, 0.01]
    assert back.buses.x["a"] == 1.5


@pytest.mark.parametrize("kind", ["line_types", "transformer_types"])
def test_standard_types_are_those_of_pypsa(kind: str) -> None:
    assert tuple(standard_types(kind)) == tuple(pypsa.Network().c[kind].static.index)


@pytest.mark.parametrize("form", FORMS)
def test_every_type_gives_the_impedance_of_pypsa(tmp_path: Path, form: str) -> None:
    n, draw = pypsa.Network(), np.random.default_rng(5)
    n.add("Bus", ["a", "b"], v_nom=[110.0, 20.0])
    n.add("LineType", "own", r_per_length=0.1, x_per_length=0.3)
    for place, name in enumerate(n.line_types.index):
        n.add("Line", f"l{place}", bus0="a", bus1="b", type=name, length=draw.uniform(1, 90), num_parallel=2.5)
    for place, name in enumerate(n.transformer_types.index):
        n.add("Transformer", f"t{place}", bus0="a", bus1="b", type=name, tap_position=place % 4 - 1, num_parallel=2)
    found = read_network(save(n, tmp_path / form))
    n.calculate_dependent_values()
    for name in ("x", "r"):
        np.testing.assert_allclose(found.table("line").number(name), n.lines[name], rtol=1e-12)
    for name in ("x", "r", "s_nom", "phase_shift", "tap_ratio"):
        np.testing.assert_allclose(found.table("transformer").number(name), n.transformers[name], rtol=1e-12)


def test_an_old_layout_with_one_weight_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.nc"
    with h5netcdf.File(path, "w") as file:
        file.dimensions = {"snapshots": 2, "buses_i": 1, "loads_i": 1, "generators_i": 1, "loads_t_p_set_i": 1}
        text = h5netcdf.core.h5py.string_dtype()
        file.create_variable("snapshots", ("snapshots",), data=np.array([0, 3])).attrs["units"] = (
            "hours since 2013-01-01 00:00:00"
        )
        file.create_variable("snapshots_weightings", ("snapshots",), data=np.array([3.0, 3.0]))
        for kind, names in (("buses", "a"), ("loads", "l"), ("generators", "g")):
            file.create_variable(f"{kind}_i", (f"{kind}_i",), dtype=text, data=np.array([names], dtype=object))
        for kind in ("loads", "generators"):
            file.create_variable(f"{kind}_bus", (f"{kind}_i",), dtype=text, data=np.array(["a"], dtype=object))
        file.create_variable("generators_p_nom", ("generators_i",), data=np.array([9.0]))
        file.create_variable("generators_marginal_cost", ("generators_i",), data=np.array([2.0]))
        file.create_variable("loads_t_p_set_i", ("loads_t_p_set_i",), dtype=text, data=np.array(["l"], dtype=object))
        file.create_variable("loads_t_p_set", ("snapshots", "loads_t_p_set_i"), data=np.array([[4.0], [5.0]]))
    network = read_network(path)
    assert network.clock.labels == ("2013-01-01T00:00:00", "2013-01-01T03:00:00")
    assert solve_network(network).objective == pytest.approx(3 * 2 * (4 + 5))


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_cut_file_is_refused(tmp_path: Path, share: float) -> None:
    path = save(grid(0), tmp_path / "whole.nc")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DafengError):
        solve_network(read_network(path))


@pytest.mark.parametrize("seed", range(12))
def test_a_spoilt_file_never_ends_in_a_traceback(tmp_path: Path, seed: int) -> None:
    path = save(grid(0), tmp_path / "whole.nc")
    content, draw = bytearray(path.read_bytes()), np.random.default_rng(seed)
    for place in draw.integers(0, len(content), 200):
        content[place] = int(draw.integers(0, 256))
    path.write_bytes(bytes(content))
    _accepts_or_refuses(path)


def _accepts_or_refuses(path: Path) -> None:
    with contextlib.suppress(DafengError):
        read_network(path)


BROKEN = {
    "no buses": ("buses.csv", None, None),
    "unknown bus": ("generators.csv", "gas a,a,", "gas a,nowhere,"),
    "text for a number": ("generators.csv", ",0.5,", ",half,"),
    "infinite cost": ("loads-p_set.csv", "\n0,", "\n0,inf"),
    "ragged row": ("links.csv", "chp,", "chp,,"),
    "short series": ("loads-p_set.csv", "\n7,", "\n"),
    "no time": ("snapshots.csv", ",3.0", ",soon"),
    "no weight": ("snapshots.csv", ",3.0", ","),
    "strange list": ("rockets.csv", None, "name,bus\nr,a\n"),
    "curve": ("generators-marginal_cost-pw.csv", None, "breakpoint,g\nattribute,x\n"),
    "no JSON": ("meta.json", None, "{"),
    "no UTF-8": ("carriers.csv", None, "\udcff\udcfe"),
    "twice": ("links.csv", "\n", "\nchp"),
    "maintenance": ("generators.csv", "name,bus", "name,maintainable"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_is_refused_with_its_place(tmp_path: Path, case: str) -> None:
    folder = save(grid(0), tmp_path / "folder")
    name, old, new = BROKEN[case]
    file = folder / name
    if new is None:
        file.unlink()
    elif old is None:
        file.write_text(new, encoding="utf-8", errors="surrogateescape")
    else:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DafengError) as refusal:
        solve_network(read_network(folder))
    assert refusal.value.where


@pytest.mark.parametrize("name", ["store.h5", "book.xls", "nothing.nc", "nowhere"])
def test_other_forms_are_refused(tmp_path: Path, name: str) -> None:
    if name != "nowhere" and "nothing" not in name:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DafengError):
        read_network(tmp_path / name)


def test_a_folder_of_something_else_is_not_overwritten(tmp_path: Path) -> None:
    network = read_network(save(grid(0), tmp_path / "a.nc"))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(DafengError):
        write_network(network, tmp_path / "own")
    assert (tmp_path / "own" / "letter.txt").read_text(encoding="utf-8") == "dear"
    shutil.rmtree(tmp_path / "own")
    write_network(network, tmp_path / "own")
    write_network(network, tmp_path / "own")
    assert read_network(tmp_path / "own").table("bus").names == network.table("bus").names


def test_a_bus_may_limit_a_carrier_as_in_old_files(tmp_path: Path) -> None:
    n = grid(6)
    n.c.buses.static["nom_max_wind"] = [7.0, np.nan, np.nan, 30.0, np.nan]
    path = save(n, tmp_path / "limited.nc")
    assert solve_network(read_network(path)).objective == pytest.approx(optimum(n), rel=1e-9)


def test_parts_that_are_switched_off_stay_off(tmp_path: Path) -> None:
    n = grid(7)
    n.c.generators.static.loc["gas a", "active"] = False
    n.c.lines.static.loc["bc", "active"] = False
    path = save(n, tmp_path / "off.nc")
    assert solve_network(read_network(path)).objective == pytest.approx(optimum(n), rel=1e-9)


def test_scenarios_are_refused_by_name(tmp_path: Path) -> None:
    n = grid(0)
    n.set_scenarios({"low": 0.5, "high": 0.5})
    with pytest.raises(DafengError, match="scenario"):
        read_network(save(n, tmp_path / "many.nc"))


def test_a_component_that_pypsa_lacks_is_not_written(tmp_path: Path) -> None:
    from dafeng.energy.network.table import make_table

    network = read_network(save(grid(0), tmp_path / "a.nc"))
    plant = make_table("cogeneration", {"plant": {"bus": "a", "heat_bus": "heat", "fuel_bus": "b"}})
    with pytest.raises(DafengError, match="cogeneration"):
        write_network(network.put(plant), tmp_path / "b.nc")
    assert not (tmp_path / "b.nc").exists()
