"""``dafeng allowance`` of a city whose power units were delivered: nothing but their classes stands in a table."""

from __future__ import annotations

from tests.cli.test_rights import approve, read, run
from tests.work.test_allowances import DAY
from tests.work.unit_city import PLANTS, make_units, write_plants


def test_one_command_gives_allowances_with_the_origin_of_each_figure(tmp_path):
    folder = make_units(tmp_path).folder
    told = read("allowance", "compute", folder)["companies"]
    assert [(one["enterprise"], one["allowance"]) for one in told] == [("甲电厂", 1043507), ("乙电厂", 175970)]
    assert told == read("allowance", "compute", folder, "--year", 2023)["companies"]
    said = run("allowance", "compute", folder, "--lang", "en")
    assert "verified emissions (t) 653400 ← account unit:甲电厂/1号 2023 (ets_power2023, #" in said
    assert "发电量（MWh） 750000 ← 交付数据 units.csv!F5" in run("allowance", "compute", folder)
    shown = run("account", folder, "--scope", "unit:甲电厂/1号", "--year", 2023, "--lang", "en")
    assert ("653,400.0" in shown, "CO2 of power units" in shown) == (True, True)


def test_a_period_from_the_account_to_the_check(tmp_path):
    folder = make_units(tmp_path).folder
    opened = read("allowance", "open", folder, "cea-2023", "2023", "--limit", 5000000)
    assert opened["companies"] == ["甲电厂", "乙电厂"]
    asked = read("allowance", "book", folder, "cea-2023", "--day", DAY, "--who", "anna")
    assert [one["due"] for one in asked["companies"]] == [1043507, 175970]
    approve(folder, asked["order"])
    coal, gas = read("allowance", "settle", folder, "cea-2023", "2023")["companies"]
    assert (coal["verified"], coal["obligation"], coal["verdict"]) == ("1052700", 1052700, "short")
    surrender = ("allowance", "surrender", folder, "cea-2023", "2023", "乙电厂", "--quantity", 175970, "--day", DAY)
    approve(folder, read(*surrender, "--who", "anna")["order"])
    gas = read("allowance", "settle", folder, "cea-2023", "2023")["companies"][1]
    assert (gas["verdict"], gas["check"]["whole"]) == ("met", 0)


def test_a_contradiction_is_told_by_every_command(tmp_path):
    city = make_units(tmp_path)
    run("allowance", "open", city.folder, "cea-2023", "2023", "--limit", 5000000)
    write_plants(city, f"{PLANTS[0]},经核查排放量（t）", f"{PLANTS[1]},653401", f"{PLANTS[2]},", f"{PLANTS[3]},")
    rules = {one["rule"] for one in read("allowance", "compute", city.folder)["findings"]}
    settled = read("allowance", "settle", city.folder, "cea-2023", "2023")
    assert rules & {one["rule"] for one in settled["findings"]} >= {"allowance.contradiction"}
    assert [one["verdict"] for one in settled["companies"]] == ["not_measurable", "short"]
    assert "653401" in run("allowance", "settle", city.folder, "cea-2023", "2023", "--lang", "en")
