"""``dafeng factors``, ``lock`` and ``import-factors``: text and JSON say the same, and a refusal has its remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dafeng.cli.main import app
from dafeng.core.errors import DafengError

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """The command line; what is refused comes back as the exception."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def city(run: Run, tmp_path: Path) -> Path:
    assert run("init", tmp_path / "city", "--place", "370600").exit_code == 0
    return tmp_path / "city"


def test_factors_are_searched_and_filtered(run: Run) -> None:
    found = json.loads(
        run("factors", "list", "--text", "含碳", "--substance", "bituminous_coal", "--standard", "ind24", "--json").stdout
    )
    assert [(one["id"], one["value"]) for one in found] == [("ind24.bituminous_coal.carbon_content", "26.18")]
    assert "26.18" in run("factors", "list", "--text", "含碳", "--substance", "bituminous_coal", "--standard", "ind24").stdout


def test_a_factor_is_shown_with_its_source_and_uses(run: Run) -> None:
    text = run("factors", "show", "ind24.bituminous_coal.heating_value", "--lang", "en").stdout
    assert [word in text for word in ("23.204 GJ/t", "fuel_combustion:ind24", "2.0715")] == [True] * 3


def test_the_steps_of_a_look_up_are_printed(run: Run) -> None:
    words = ("factors", "match", "--substance", "electricity", "--parameter", "emission_factor", "--purpose", "average")
    text = run(*words, "--place", "370600", "--year", "2024", "--lang", "en").stdout
    steps = ["of the surrounding 370000", "of the earlier year 2023", "grid.average.370000.2023 answers"]
    assert [step for step in steps if step not in text] == []
    (found,) = json.loads(run(*words, "--place", "370600", "--year", "2024", "--json").stdout)
    assert (found["match"], found["factor"]["value"]) == ("parent_place", "0.6191")


def test_a_look_up_that_fails_says_why(run: Run) -> None:
    words = ("factors", "match", "--substance", "electricity", "--parameter", "emission_factor", "--purpose", "average")
    (found,) = json.loads(run(*words, "--place", "370600", "--year", "2019", "--json").stdout)
    assert (found["factor"], "only later years" in found["steps"][0]["en"]) == (None, True)


def test_conflicts_never_cross_purposes(run: Run) -> None:
    found = json.loads(run("factors", "conflicts", "--json").stdout)
    assert all({side["purpose"] for side in one["values"]} == {one["purpose"]} for one in found["conflicts"])
    coal = next(one for one in found["composed"] if one["substance"] == "bituminous_coal")
    assert {one["edition"]: one["value"] for one in coal["values"]} == {
        "prov2025": "1.741750",
        "gbt32151_22": "1.741750",
        "ind24": "2.071509",
    }


def test_conflicts_say_which_edition_uses_which(run: Run) -> None:
    found = json.loads(run("factors", "conflicts", "--substance", "bituminous_coal", "--json").stdout)
    uses = found["conflicts"][0]["uses"]
    assert "fuel_combustion:ind24" in uses["ind24.bituminous_coal.heating_value"]


def test_an_unknown_factor_is_refused_with_the_remedy(run: Run) -> None:
    refused = run("factors", "show", "nothing").exception
    assert isinstance(refused, DafengError)
    assert "factors list" in refused.read("en")


def test_potentials_belong_to_the_reporting_standard(run: Run) -> None:
    found = {one["id"]: one["assessment"] for one in json.loads(run("factors", "warming", "--json").stdout)}
    assert (found["chemicals"], found["aluminium_2024"], found["electronics"]) == ("sar", "ar5", None)
    assert "contradicts itself" in run("factors", "warming", "--lang", "en").stdout


def test_a_table_is_looked_at_then_taken(run: Run, city: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("燃料,数值,单位,来源\n烟煤,23.2,GJ/t,本厂实测 2024\n", encoding="utf-8")
    words = ("import-factors", city, path, "--standard", "user", "--parameter", "heating_value")
    asked = run(*words, "--json")
    assert (asked.exit_code, json.loads(asked.stdout)["findings"][0]["rule"]) == (1, "factor.no_purpose")
    assert json.loads(run(*words, "--purpose", "combustion", "--check", "--json").stdout)["file"] is None
    assert run(*words, "--purpose", "combustion").exit_code == 0
    listed = json.loads(run("factors", "list", "--city", city, "--standard", "user", "--json").stdout)
    assert [(one["value"], one["title"]) for one in listed] == [("23.2", "本厂实测 2024")]


def test_a_city_is_locked_checked_and_pinned_anew(run: Run, city: Path) -> None:
    made = json.loads(run("lock", city, "--json").stdout)
    assert (made["differences"], made["methods"]["fuel_combustion"]) == ([], "prov2025")
    assert "与因子库一致" in run("lock", city, "--check").stdout
    assert json.loads(run("lock", city, "--update", "--json").stdout)["changes"] == []


@pytest.mark.parametrize("words", [("--check", "--update"), ("--lang", "de"), ()])
def test_a_lock_that_cannot_be_is_refused(run: Run, city: Path, words: tuple[str, ...]) -> None:
    assert run("lock", city).exit_code == 0
    assert isinstance(run("lock", city, *words).exception, DafengError)


def test_a_mapping_that_is_none_is_refused(run: Run, city: Path, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    refused = run("import-factors", city, tmp_path / "own.csv", "--map", "a")
    assert isinstance(refused.exception, DafengError)
