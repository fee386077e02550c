"""Laws of the look-up: the order of rows, the year, the purpose (failures F03, F06, F22, F25)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError, LookupFailure, PurposeError, UnitError
from dafeng.core.units import read_units
from dafeng.library.factor import Factor, Key
from dafeng.library.factors import library as make
from dafeng.library.factors import read_factors

BASE = read_factors()
HEAD = "id,substance,parameter,purpose,standard,place,year,sector,value,lower,upper,unit,source,clause,grade,note\n"
ROW = "own,heat,emission_factor,purchased,user,,,,0.2,,,tCO2/GJ,ind24,,primary,\n"
PLACES = (None, "100000", "370000", "370600")
YEARS = (None, 2018, 2020, 2022)
SECTORS = (None, "energy", "energy.transport")
SEED = BASE.factors["heat.ind24"]

keys = st.builds(
    lambda place, year, sector: Key("heat", "emission_factor", "purchased", "ind24", place, year, sector),
    st.sampled_from(["370600", "370602", "370000", "110000"]),
    st.integers(2015, 2025),
    st.sampled_from(["energy.transport", "energy.industry"]),
)
parts = st.tuples(
    st.sampled_from(PLACES), st.sampled_from(YEARS), st.sampled_from(SECTORS), st.sampled_from(["primary", "provisional"])
)


def rows(chosen: list[tuple[str | None, int | None, str | None, str]]) -> list[Factor]:
    """Factors that differ in place, year, sector and grade, each key once."""
    unique = {part[:3]: part for part in chosen}
    return [
        replace(SEED, id=f"f{n}", place=place, year=year, sector=sector, grade=grade, value=Decimal(n + 1))  # type: ignore[arg-type]
        for n, (place, year, sector, grade) in enumerate(unique.values())
    ]


def found(factors: list[Factor], key: Key) -> str | None:
    """Id of the answer."""
    library = make({one.id: one for one in factors}, BASE.names, {})
    answer = library.resolve([key])[key]
    return None if isinstance(answer, LookupFailure) else answer.factor.id


@settings(deadline=None)
@given(st.lists(parts, min_size=1, max_size=12), keys, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_of_rows(chosen, key, luck) -> None:
    factors = rows(chosen)
    mixed = list(factors)
    luck.shuffle(mixed)
    assert found(factors, key) == found(mixed, key)


@settings(deadline=None)
@given(st.lists(parts, min_size=1, max_size=12), keys)
def test_no_answer_is_younger_or_weaker_than_allowed(chosen, key) -> None:
    factors = rows(chosen)
    answer = {one.id: one for one in factors}.get(found(factors, key) or "")
    assert answer is None or ((answer.year or 0) <= key.year and answer.grade == "primary")


def test_of_two_equally_near_the_tied_one_answers() -> None:
    tied = replace(SEED, id="own", place="370600", year=2020, value=Decimal("0.2"))
    answer = make({"heat.ind24": SEED, "own": tied}, BASE.names, {}).look_up(
        "heat", "emission_factor", "purchased", "ind24", "370600", 2020
    )
    assert (answer.factor.id, answer.grade) == ("own", "exact")


def test_a_redefined_unit_is_refused() -> None:
    """F03: a unit that is defined twice would make every factor in it another one."""
    folder = Path(read_units.__code__.co_filename).parents[1] / "data/classes"
    units, species = ((folder / name).read_text(encoding="utf-8") for name in ("units.csv", "species.csv"))
    line = next(one for one in units.splitlines() if one.startswith("tonne,") or ",t," in one)
    with pytest.raises(UnitError):
        read_units(units + line.replace("1000", "900") + "\n", species)


def test_a_missing_potential_is_an_error_that_names_the_gas() -> None:
    """F06: a gas without a potential is no zero."""
    kept = {name: one for name, one in BASE.factors.items() if name != "ar5.nf3.gwp"}
    with pytest.raises(LookupFailure, match="nf3/warming_potential"):
        make(kept, BASE.names, {}).look_up("nf3", "warming_potential", "warming", "ar5", "100000", 2025)


@pytest.mark.parametrize("value", ["0", "0.0"])
def test_a_true_zero_is_kept_and_a_missing_value_is_an_error(value: str) -> None:
    """F22: zero is an answer, nothing is a failure; neither becomes a default."""
    zero = replace(SEED, id="own", standard="user", value=Decimal(value))
    with_zero = make({"own": zero, "heat.ind24": SEED}, BASE.names, {})
    assert with_zero.look_up("heat", "emission_factor", "purchased", "user", "370600", 2025, fallback=("ind24",)).value == 0
    empty = make({"own": replace(zero, value=None, note="unknown")}, BASE.names, {})
    with pytest.raises(LookupFailure, match="value unknown in"):
        empty.look_up("heat", "emission_factor", "purchased", "user", "370600", 2025)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("standard", "standart") + ROW, "own.csv:1:1"),
        (HEAD + ROW.replace("emission_factor", "emision_factor"), "own.csv:2"),
        (HEAD + ROW.replace("heat,", "heet,"), "own.csv:2"),
        (HEAD + ROW.replace("purchased", "purchase"), "own.csv:2"),
        (HEAD + ROW.replace("user", "usr"), "own.csv:2"),
    ],
)
def test_a_misspelt_key_is_a_load_error_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    """F25: what nobody asks for must not lie in the library unseen."""
    (tmp_path / "factors").mkdir()
    (tmp_path / "factors/own.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_factors(tmp_path)
    assert said in str(refused.value)


def test_another_purpose_never_answers() -> None:
    with pytest.raises(PurposeError):
        BASE.look_up("electricity", "emission_factor", "purchased", "grid_announcement", "370000", 2023)
