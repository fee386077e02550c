"""A locked study keeps its digits whatever a later release says, and says what the release holds differently."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

import dafeng as df
from dafeng.core.errors import ConflictError, DefinitionError, StoreError
from dafeng.library import overlay

FUELS, GRID = "factors/fuels.csv", "factors/electricity.csv"
NCV = "prov2025.bituminous_coal.heating_value"
NCV_ROW = f"{NCV},bituminous_coal,heating_value,combustion,prov2025,,,,19.57,"
NEW_GRID = (
    "grid.average.990000.2024,electricity,emission_factor,average,grid_announcement,990000,2024,,"
    "0.4,,,kgCO2/kWh,grid2023,,primary,"
)

Edit = Callable[[Path], None]


@pytest.fixture(scope="module")
def delivered(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with facts; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("cities") / "yunting"
    shutil.copytree(root / "cities/yunting", folder, ignore=shutil.ignore_patterns("facts", "runs", "reports"))
    df.ingest(df.open_city(folder))
    return folder


@pytest.fixture
def city(delivered: Path, tmp_path: Path) -> df.City:
    """The city in a folder of its own."""
    return df.open_city(shutil.copytree(delivered, tmp_path / "yunting"))


@pytest.fixture
def release(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Edit], None]:
    """Put another release of the definitions in the place of the shipped ones: real files, edited."""

    def put(edit: Edit) -> None:
        folder = tmp_path / "release"
        shutil.copytree(root / "src/dafeng/data", folder)
        edit(folder)
        monkeypatch.setattr(overlay, "shipped", lambda: folder)

    return put


def replace(name: str, old: str, new: str) -> Edit:
    """Edit of one file; the text that is replaced must be there."""

    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def cells(city: df.City) -> dict[str, Decimal]:
    """Every digit of a city's results."""
    found = df.account(city)
    return {cell.id: cell.value for accounting in found.years.values() for cell in accounting.cells}


def rules(findings: tuple[object, ...]) -> list[str]:
    """Rules about the lock."""
    return [one.rule for one in findings if one.rule.startswith("lock.")]  # type: ignore[attr-defined]


def test_a_lock_changes_no_digit(city: df.City) -> None:
    before = cells(city)
    df.lock_factors(city)
    assert cells(city) == before


def test_a_lock_is_the_same_text_every_time(city: df.City) -> None:
    path = df.lock_factors(city).path
    first = path.read_bytes()
    path.unlink()
    assert df.lock_factors(city).path.read_bytes() == first


def test_every_factor_of_every_result_is_pinned_with_its_row(city: df.City) -> None:
    lock = df.lock_factors(city).lock
    used = {
        match.factor.id: match.factor for a in df.account(city).years.values() for c in a.cells for match in c.matches.values()
    }
    assert used == {name: lock.factors[name] for name in used}
    assert f'id: "{NCV}"' in (city.folder / "factors.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")), "lock.changed"),
        (replace(FUELS, NCV_ROW, NCV_ROW.replace(NCV, "prov2025.renamed").replace(",prov2025,", ",db2026,")), "lock.removed"),
        (replace(GRID, "id,substance", "id,substance"), ""),
    ],
    ids=["changed", "removed", "as before"],
)
def test_a_new_release_never_changes_an_old_study(
    city: df.City, release: Callable[[Edit], None], edit: Edit, rule: str
) -> None:
    before, _ = cells(city), df.lock_factors(city)
    release(edit)
    found = df.account(city)
    assert cells(city) == before
    assert rules(found.findings) == ([rule] if rule else [])


def test_the_same_release_changes_a_study_without_a_lock(city: df.City, release: Callable[[Edit], None]) -> None:
    before = cells(city)
    release(replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")))
    assert cells(city) != before


def test_the_finding_says_the_value_then_and_now(city: df.City, release: Callable[[Edit], None]) -> None:
    df.lock_factors(city)
    release(replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")))
    said = next(one for one in df.account(city).findings if one.rule == "lock.changed")
    assert ["19.57 GJ/t" in said.says.en, "20.5 GJ/t" in said.says.en] == [True, True]
    assert said.at == f"factors.lock!{NCV}"


def test_a_younger_row_does_not_slip_in(city: df.City, release: Callable[[Edit], None]) -> None:
    before, _ = cells(city), df.lock_factors(city)
    year = max(int(name.rsplit(".", 1)[1]) for name in before)
    row = NEW_GRID.replace("990000.2024", f"{city.code}.{year}").replace("990000,2024", f"{city.code},{year}")
    release(
        lambda folder: (folder / GRID).write_text((folder / GRID).read_text("utf-8") + row + "\n", encoding="utf-8") and None
    )
    assert cells(city) == before
    assert "lock.other_factor" in rules(df.account(city).findings)


def test_an_answer_that_was_missing_stays_missing(city: df.City, release: Callable[[Edit], None]) -> None:
    before = {m.id for a in df.account(city).years.values() for m in a.missing}
    df.lock_factors(city)
    row = NEW_GRID.replace("990000.2024", f"{city.code}.2000").replace("990000,2024", f"{city.code},2000")
    release(
        lambda folder: (folder / GRID).write_text((folder / GRID).read_text("utf-8") + row + "\n", encoding="utf-8") and None
    )
    found = df.account(city)
    assert {m.id for a in found.years.values() for m in a.missing} == before
    assert "lock.answered" in rules(found.findings)


def test_methods_and_editions_are_pinned_with_the_factors(city: df.City, release: Callable[[Edit], None]) -> None:
    before, _ = cells(city), df.lock_factors(city)

    def edit(folder: Path) -> None:
        path = folder / "methods/fuel_combustion.yaml"
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        newest = next(n for n, line in enumerate(lines) if line.startswith("  prov2025: {equation"))
        trial = next(n for n, line in enumerate(lines) if line.startswith("  ind24: {equation"))
        lines[newest], lines[trial] = lines[trial], lines[newest]
        path.write_text("".join(lines), encoding="utf-8")

    release(edit)
    assert cells(city) == before
    assert "lock.definition" in rules(df.account(city).findings)


def test_a_younger_method_is_left_out_and_named(city: df.City, release: Callable[[Edit], None]) -> None:
    before, _ = cells(city), df.lock_factors(city)

    def edit(folder: Path) -> None:
        text = (folder / "methods/purchased_heat.yaml").read_text(encoding="utf-8")
        twin = text.replace("id: purchased_heat", "id: heat_again").replace("quantity: co2_indirect", "quantity: co2_location")
        (folder / "methods/heat_again.yaml").write_text(
            twin.replace("id: indirect.", "id: again.").replace("category: indirect.", "category: again."), encoding="utf-8"
        )

    release(edit)
    assert cells(city) == before
    assert rules(df.account(city).findings) == ["lock.new_definition"]


def test_an_inventory_keeps_its_digits_too(city: df.City, release: Callable[[Edit], None]) -> None:
    before = df.inventory_document(df.inventory(city))["inventories"]
    df.lock_factors(city)
    release(
        replace(
            "factors/warming.csv",
            "ar5.ch4.gwp,ch4,warming_potential,warming,ar5,,,,28,",
            "ar5.ch4.gwp,ch4,warming_potential,warming,ar5,,,,99,",
        )
    )
    release_edit = df.inventory_document(df.inventory(city))["inventories"]
    assert release_edit == before


def test_energy_statistics_keep_their_digits_too(city: df.City, release: Callable[[Edit], None]) -> None:
    before = df.balance_document(df.balance(city))
    df.lock_factors(city)
    row = "yearbook2023.raw_coal.coal_equivalent,raw_coal,coal_equivalent,calorific,yearbook2023,,,,0.7143,"
    release(replace("factors/coal_equivalents.csv", row, row.replace("0.7143", "0.9")))
    found = df.balance(city)
    assert {**df.balance_document(found), "findings": ()} == {**before, "findings": ()}
    assert "lock.changed" in rules(found.findings)


def test_another_edition_sets_the_lock_aside_and_says_so(city: df.City) -> None:
    df.lock_factors(city)
    assert rules(df.account(city, edition="ind24").findings) == ["lock.aside"]


def test_allowing_weak_evidence_keeps_the_pinned_digits(city: df.City, release: Callable[[Edit], None]) -> None:
    before, _ = cells(city), df.lock_factors(city)
    release(replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")))
    found = df.account(city, provisional=True)
    after = {cell.id: cell.value for accounting in found.years.values() for cell in accounting.cells}
    assert {name: after[name] for name in before} == before


def test_a_question_beyond_the_lock_is_said(city: df.City) -> None:
    df.lock_factors(city)
    found = df.inventory(city, package="prov2011")
    assert "lock.beyond" in rules(found.findings)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value: 19.57,", "value: 19.75,", f"factor '{NCV}' does not have its hash"),
        (f'{{id: "{NCV}"', f'{{id: "{NCV}x"', f"factor '{NCV}x' does not have its hash"),
        ('edition: "prov2025"', 'edition: "ind24"', "the seal does not fit"),
        ('version: "', 'version: "9', "the seal does not fit"),
        ("schema: 1", "schema: 2", "must be 1"),
        ("answers:", "replies:", "undeclared field 'replies'"),
    ],
)
def test_a_tampered_lock_is_refused_and_names_the_row(city: df.City, old: str, new: str, said: str) -> None:
    path = df.lock_factors(city).path
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"factors\.lock") as refused:
        df.account(city)
    assert said in str(refused.value)


def test_a_lock_without_a_row_is_refused_and_names_it(city: df.City) -> None:
    path = df.lock_factors(city).path
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if f'{{id: "{NCV}"' not in line), encoding="utf-8")
    with pytest.raises(DefinitionError, match=f"the row of factor '{NCV}' is missing"):
        df.account(city)


def test_a_changed_kept_definition_is_refused_and_named(city: df.City) -> None:
    df.lock_factors(city)
    kept = next((city.folder / "locked/methods").glob("fuel_combustion.*.yaml"))
    kept.write_text(kept.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="the kept definition of 'fuel_combustion'"):
        df.account(city)


def test_a_second_lock_is_refused(city: df.City) -> None:
    df.lock_factors(city)
    with pytest.raises(ConflictError, match="locked already"):
        df.lock_factors(city)


def test_checking_without_a_lock_is_refused(city: df.City) -> None:
    with pytest.raises(StoreError, match="has no lock"):
        df.check_lock(city)


def test_an_update_takes_the_release_and_logs_the_effect(city: df.City, release: Callable[[Edit], None]) -> None:
    before, _ = cells(city), df.lock_factors(city)
    release(replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")))
    state, changes = df.update_lock(city)
    after = cells(city)
    assert (state.differences, state.lock.factors[NCV].value) == ((), Decimal("20.5"))
    net = sum((after[name] - before[name] for name in after), Decimal(0))
    assert net == sum((one.effect for one in changes), Decimal(0))
    with (city.folder / "factor_changes.csv").open(encoding="utf-8", newline="") as file:
        logged = list(csv.DictReader(file))
    assert [(row["before"], row["value_before"], row["value_after"]) for row in logged] == [
        (NCV, "19.57 GJ/t", "20.5 GJ/t")
    ] * len(changes)
    assert [Decimal(row["effect"]) for row in logged] == [one.effect for one in changes]


def test_the_log_only_grows(city: df.City, release: Callable[[Edit], None]) -> None:
    df.lock_factors(city)
    release(replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")))
    df.update_lock(city)
    first = (city.folder / "factor_changes.csv").read_bytes()
    df.update_lock(city)
    assert (city.folder / "factor_changes.csv").read_bytes() == first
    assert sorted(path.name.split(".")[0] for path in (city.folder / "locked/methods").iterdir()) == sorted(
        df.check_lock(city).lock.methods
    )


def test_all_changed_files_of_a_release_are_listed(city: df.City, release: Callable[[Edit], None]) -> None:
    df.lock_factors(city)
    release(replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")))
    assert df.check_lock(city).files == ("dafeng/factors/fuels.csv",)


def test_results_name_pinned_factors_in_their_explanations(city: df.City, release: Callable[[Edit], None]) -> None:
    df.lock_factors(city)
    release(replace(FUELS, NCV_ROW, NCV_ROW.replace("19.57", "20.5")))
    traces = [one for one in df.account(city).traces if one.address.startswith(f"factors/{NCV}")]
    assert {one.value for one in traces} == {"19.57"}
