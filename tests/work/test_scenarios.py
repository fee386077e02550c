"""Scenarios of a city: live figures, decomposition, files, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import DafengError, FileRefused, SettingError
from dafeng.core.labels import Label
from dafeng.pathways.model.city import read_city_drivers
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band
from dafeng.readers.table_book import read_book, write_book
from dafeng.work.city import City, open_city
from dafeng.work.scenario_choice import Choice, make_choice, rows_of
from dafeng.work.scenario_files import compare_document, read_scenario, save_scenarios
from dafeng.work.scenario_iamc import iamc_text, iamc_workbook, read_iamc, read_variables
from dafeng.work.scenario_live import Answer, LiveScenarios, middle_of, open_scenarios
from dafeng.work.scenario_save import mark_scenarios, save_scenario
from dafeng.work.scenario_sheet import read_scenario_book, write_scenario_book
from dafeng.work.scenario_split import CAUSES, Side, split
from dafeng.work.scenarios import ScenarioTable, label_choice, scenarios, scenarios_document

CITIES = Path(__file__).resolve().parents[2] / "cities"
CHANGED = {"nuclear": "9000", "electric_industry": "15", "battery_cars": "95", "capture": "60", "saving": "0.5"}


@cache
def live(name: str = "yantai") -> LiveScenarios:
    return open_scenarios(open_city(CITIES / name))


def choice(*over: str, sets: tuple[str, ...] = (), events: tuple[str, ...] = (), **positions: str) -> Choice:
    return make_choice(live().panel, scenarios=over, positions=positions, switched=events, sets=sets)


def table(*choices: Choice) -> ScenarioTable:
    return ScenarioTable(open_city(CITIES / "yantai"), live(), tuple(live().answer(one) for one in choices))


def same(one: Answer, other: Answer) -> bool:
    return all(np.allclose(one.series[view], other.series[view], rtol=1e-9, atol=1e-12) for view in one.series)


def test_a_live_answer_is_that_of_a_fresh_run() -> None:
    wanted = choice("plan", events=("yulong_2",), **CHANGED)
    values = {name: middle_of(value) for name, value in live().compose(wanted).values.items()}
    fresh = run_tape(live().tape, values)["co2"].along("year") * 1e-6
    assert live().answer(wanted).series["co2"] == pytest.approx(list(fresh), rel=1e-12)


@given(
    st.lists(
        st.sampled_from(
            [("nuclear", "9000"), ("solar", "25000"), ("coal_hours", "2000"), ("export", "30000000"), ("growth", "-0.5")]
        ),
        max_size=4,
    )
)
@settings(max_examples=10, deadline=None)
def test_an_answer_does_not_depend_on_what_was_asked_before(asked: list[tuple[str, str]]) -> None:
    first = live().answer(choice(**CHANGED))
    for name, value in asked:
        live().answer(choice(**{name: value}))
    assert live().answer(choice(**CHANGED)).series == first.series


def test_a_stored_scenario_is_what_the_city_reads() -> None:
    drivers = read_city_drivers(live().model, CITIES / "yantai" / "data", scenario="deep", goals=live().layers.goals)
    fresh = run_tape(live().tape, {name: middle_of(value) for name, value in drivers.values.items()})
    assert live().answer(Choice(("deep",))).series["co2"] == pytest.approx(list(fresh["co2"].along("year") * 1e-6), rel=1e-12)


def test_an_untouched_slider_stands_where_the_scenario_has_it() -> None:
    starts = live().starts(Choice(("plan",)))
    moved = make_choice(live().panel, scenarios=["plan"], positions={"nuclear": f"{starts['nuclear']:.10g}"})
    assert starts["nuclear"] == 13000
    assert same(live().answer(moved), live().answer(Choice(("plan",))))


def test_equal_choices_have_one_address() -> None:
    one = make_choice(
        live().panel, scenarios=["plan", "own", "plan"], positions={"solar": "9000.0", "nuclear": "9e3"}, sets=["b=2", " a=1 "]
    )
    other = make_choice(
        live().panel, scenarios=["own", "plan"], positions={"nuclear": "9000", "solar": "9000"}, sets=["a=1", "b=2"]
    )
    assert one.key == other.key == "over=own&over=plan&nuclear=9000&solar=9000&set=a%3D1&set=b%3D2"


@pytest.mark.parametrize(
    "wrong",
    [{"positions": {"nuclear": "many"}}, {"positions": {"nuclear": "1e9"}}, {"positions": {"nuclear": "nan"}},
     {"positions": {"speed": "1"}},
     {"switched": ["war"]}, {"sets": [f"a={n}" for n in range(201)]}],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        make_choice(live().panel, **wrong)


@pytest.mark.parametrize(
    "text",
    [
        "nuclear",
        "co2=1",
        "capacity/nuclear/2030=9 GJ",
        "capacity/nuclear/2030=1.2.3",
        "capacity/mars/2030=1",
        "capacity/nuclear/pv/2030=1",
        f"capacity/nuclear/2030={'9' * 400}",
        "capacity/nuclear/2030=1e300",
        f"output_growth/2030={'9' * 400}%",
    ],
)
def test_a_single_value_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(DafengError):
        live().answer(choice(sets=(text,)))


def test_an_event_raises_what_it_names() -> None:
    before, after = (live().answer(one).value("energy", 2040) for one in (choice(), choice(events=("yulong_2",))))
    # 1080 less the 560 of the middle, and 22 亿千瓦时 more; heat and hydrogen of the sector move with it
    assert 450 < after - before < 700


@pytest.mark.parametrize(
    ("left", "right"),
    [(("baseline", 2020), ("baseline", 2035)), (("baseline", 2035), ("plan", 2035)), (("deep", 2060), ("baseline", 2020))],
)
@pytest.mark.parametrize("city", ["yantai", "qingdao"])
def test_effects_add_up_to_the_difference(city: str, left: tuple[str, int], right: tuple[str, int]) -> None:
    sides = [Side(live(city).answer(Choice(() if name == "baseline" else (name,))), year) for name, year in (left, right)]
    made = split(live(city), *sides)
    assert sum(made.total(cause) for cause in CAUSES) == pytest.approx(made.end - made.start, abs=1e-9)
    assert sum(made.of_group(group) for group in made.effects["growth"]) == pytest.approx(made.end - made.start, abs=1e-9)


def test_plants_that_no_longer_run_share_no_effect_with_what_replaced_them() -> None:
    # with all of the plan's capacity no thermal plant runs in 2035: their rates have no value there
    made = split(live(), Side(live().answer(Choice()), 2035), Side(live().answer(Choice(("plan",))), 2035))
    assert (made.total("plants"), made.total("clean_power") < -10) == (0.0, True)


def test_a_workbook_gives_back_its_choice() -> None:
    wanted = choice("plan", events=("yulong_2",), sets=("capacity/pv/2040=20GW",), **CHANGED)
    assert read_scenario_book(live(), write_scenario_book(table(wanted))) == wanted


def edited(sheet: str, line: int, column: int, text: str) -> bytes:
    book = {
        name: [list(row) for row in rows]
        for name, rows in read_book(write_scenario_book(table(choice())), name="a.xlsx").items()
    }
    book[sheet][line][column] = text
    return write_book(book)


def test_an_edited_workbook_is_another_choice() -> None:
    found = read_scenario_book(live(), edited("sliders", 9, 1, "9000"))
    assert dict(found.positions) == {"nuclear": 9000.0}


@pytest.mark.parametrize(
    ("sheet", "line", "text", "cell"),
    [
        ("sliders", 9, "lots", "sliders!B10"),
        ("sliders", 9, "1e9", "sliders!B10"),
        ("scenarios", 2, "perhaps", "scenarios!B3"),
        ("events", 1, "2", "events!B2"),
    ],
)
def test_a_bad_cell_is_refused_with_its_address(sheet: str, line: int, text: str, cell: str) -> None:
    with pytest.raises(SettingError, match=cell):
        read_scenario_book(live(), edited(sheet, line, 1, text), name="mine.xlsx")


def test_a_file_that_is_no_workbook_is_refused() -> None:
    with pytest.raises(FileRefused):
        read_scenario(live(), b"year,2020\n1,2\n", name="a.csv")


@pytest.mark.parametrize(
    ("text", "members", "year"),
    [
        ("mix/steel coal/2045=0.5", {"steel", "coal"}, 2045),
        ("mix/coal/steel/2045=0.5", {"steel", "coal"}, 2045),
        ("mix/coal-steel/2045=0.5", {"steel", "coal"}, 2045),
        ("heat_clean//2040=50%", set(), 2040),
        ("heat_clean/all/2040=50%", set(), 2040),
        ("heat_clean/2040=50%", set(), 2040),
        ("most_hours=5000", set(), None),
    ],
)
def test_a_single_value_reaches_every_row_of_the_tables(text: str, members: set[str], year: int | None) -> None:
    (row,) = rows_of(live().model, choice(sets=(text,)))
    assert (row.members, row.year) == (members, year)


@pytest.mark.parametrize(
    "text", ["capacity/pv/2045=-3000", "heat_clean/2040=180%", "output_growth/2030=5000", "captured/1850=0"]
)
def test_what_cannot_be_is_refused_with_its_range(text: str) -> None:
    with pytest.raises(DafengError, match=r"Expected: .* to ") as caught:
        live().answer(choice(sets=(text,)))
    assert caught.value.where == text


def test_a_finding_is_told_once() -> None:
    said = [one.says for one in table(Choice(), choice("plan"), choice("deep")).findings]
    assert len(said) == len(set(said))


def test_no_text_of_a_workbook_is_a_formula() -> None:
    hostile = choice(sets=("common_saving/2040=-1%",))
    rows = read_book(write_scenario_book(table(hostile)), name="a.xlsx")["values"]
    assert rows[1][0] == "common_saving/2040=-1%"
    assert b"<f>" not in write_scenario_book(table(hostile))


@pytest.mark.parametrize("long", [False, True])
def test_what_is_written_for_databases_reads_back_the_same(long: bool) -> None:
    made = table(Choice(), choice(**CHANGED))
    read = read_iamc(iamc_text(made, long=long).encode(), name="a.csv")
    rows = compare_document(made, read)["rows"]
    assert (len(read.series), len(rows), read.findings) == (2 * len(read_variables()), 2 * len(read_variables()) * 41, ())
    assert all(row["value"] == row["own"][row["scenario"] != "baseline"] for row in rows)


def test_the_heading_is_the_documented_one() -> None:
    assert iamc_text(table(Choice())).partition("\n")[0].startswith("model,scenario,region,variable,unit,2020,2021,")


def test_emissions_by_source_are_no_more_than_the_whole() -> None:
    made = {one.variable.name: one.values[2030] for one in read_iamc(iamc_workbook(table(Choice())), name="a.xlsx").series}
    parts = made["Emissions|CO2|Energy|Supply|Electricity"] + made["Emissions|CO2|Energy|Supply|Heat"]
    assert 0 < parts < made["Emissions|CO2"] == pytest.approx(live().answer(Choice()).value("co2", 2030))


def test_given_quantities_of_a_table_lie_over_the_baseline() -> None:
    wanted = choice(nuclear="9000", solar="25000")
    found = read_scenario(live(), iamc_text(table(wanted)).encode(), name="a.csv")
    assert same(live().answer(found), live().answer(wanted))
    assert {text.split("/")[1] for text in found.sets} == {"nuclear", "pv"}


def test_what_a_table_lacks_is_said_with_its_cell() -> None:
    lines = ("Model,Scenario,Region,Variable,Unit,2030", "m,s,r,Emissions|CO2,Mt CO2/yr,x", "m,s,r,Emissions|CO2,GW,1",
             "m,s,r,Emissions|Love,t,1", "m,s,r,Capacity|Electricity|Nuclear,MW,2500")  # fmt: skip
    text = "\n".join(lines)
    read = read_iamc(text.encode(), name="a.csv")
    assert [one.at.rpartition("!")[2] for one in read.findings] == ["F2", "E3", "D4"]
    assert [one.values for one in read.series if one.variable.quantity == "capacity"] == [{2030: 2.5}]


def test_a_table_of_two_scenarios_cannot_be_laid_over() -> None:
    with pytest.raises(SettingError):
        read_scenario(live(), iamc_text(table(Choice(), Choice(("deep",)))).encode(), name="a.csv")


def kept(city: City, wanted: Choice, name: str = "own_1") -> Answer:
    save_scenario(city, live(), wanted, id=name, label=Label("我们的情景", 'Ours: "bold"'))
    return open_scenarios(city).answer(Choice((name,)))


@pytest.mark.parametrize(
    "wanted",
    [lambda: choice("plan", events=("yulong_2",), sets=("capacity/pv/2040=20GW", "hours/pv/2040=1300"), **CHANGED),
     lambda: choice(process="60", export="30000000", growth="-1", clean_heat="80", battery_trucks="100"),
     lambda: choice(sets=("heat_clean/2030=0.4",))],
)  # fmt: skip
def test_a_kept_scenario_computes_the_same(city_copy: Callable[[str], Path], wanted: Callable[[], Choice]) -> None:
    city = open_city(city_copy("yantai"))
    assert same(kept(city, wanted()), live().answer(wanted()))


def test_bands_are_kept_as_well(city_copy: Callable[[str], Path]) -> None:
    city, wanted = open_city(city_copy("yantai")), choice(nuclear="9000")
    kept(city, wanted)
    mine, theirs = (
        live().compose(wanted).values["capacity"],
        open_scenarios(city).compose(Choice(("own_1",))).values["capacity"],
    )
    assert isinstance(mine, Band)
    assert isinstance(theirs, Band)
    assert np.allclose(mine.high, theirs.high, rtol=1e-9)


def test_keeping_again_replaces_and_leaves_others(city_copy: Callable[[str], Path]) -> None:
    city = open_city(city_copy("yantai"))
    kept(city, choice(nuclear="9000"))
    kept(city, choice(solar="9000"), "own_2")
    last = kept(city, choice(nuclear="8000"))
    text = (city.overlay / "drivers_scenarios.csv").read_text(encoding="utf-8")
    names = [one.id for one in open_scenarios(city).layers.scenarios]
    assert (names[-2:], same(last, live().answer(choice(nuclear="8000"))), text.count("\n\n")) == (["own_2", "own_1"], True, 0)


def test_saves_at_the_same_time_lose_none(city_copy: Callable[[str], Path]) -> None:
    city = open_city(city_copy("yantai"))
    names = [f"own_{number}" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: save_scenario(city, live(), choice(nuclear="9000"), id=name, label=Label("甲", "a")), names))
    rows = {
        line.partition(",")[0] for line in (city.overlay / "drivers_scenarios.csv").read_text(encoding="utf-8").splitlines()
    }
    assert (set(names) <= rows, set(mark_scenarios(city)) >= set(names)) == (True, True)


@pytest.mark.parametrize("name", ["plan", "Own", "x", "a b", "../up", "own;drop"])
def test_a_name_that_would_mislead_is_refused(city_copy: Callable[[str], Path], name: str) -> None:
    city = open_city(city_copy("yantai"))
    with pytest.raises(SettingError):
        save_scenario(city, live(), choice(nuclear="9000"), id=name, label=Label("甲", "a"))
    assert not (city.overlay / "drivers_scenarios.csv").exists()


def test_the_baseline_is_not_kept(city_copy: Callable[[str], Path]) -> None:
    with pytest.raises(SettingError):
        save_scenario(open_city(city_copy("yantai")), live(), choice(), id="own_1", label=Label("甲", "a"))


def test_the_verb_shows_all_scenarios_or_the_changed_one() -> None:
    city = open_city(CITIES / "qingdao")
    every, changed = scenarios(city), scenarios(city, scenario=["plan"], levers={"solar": "20000"})
    assert [one["id"] for one in scenarios_document(every)["scenarios"]] == ["baseline", "plan", "feasible", "deep"]
    assert [one["query"] for one in scenarios_document(changed)["scenarios"]] == ["over=plan", "over=plan&solar=20000"]
    assert label_choice(changed.live, changed.answers[1].choice).en == "as set (on plan as written)"


def test_files_have_the_form_of_their_ending(tmp_path: Path) -> None:
    made = table(Choice())
    files = save_scenarios(made, xlsx=tmp_path / "a.xlsx", iamc=tmp_path / "b.csv") + save_scenarios(
        made, iamc=tmp_path / "c.xlsx"
    )
    assert [path.read_bytes()[:2] for path in files] == [b"PK", b"mo", b"PK"]
    with pytest.raises(SettingError):
        save_scenarios(made, iamc=tmp_path / "d.json")
