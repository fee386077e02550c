"""Plans of the nation and of provinces as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.units import unit
from dafeng.library.sources import read_sources
from dafeng.plans.references import Reference, has_position, read_references
from tests.plans.made import catalogue

REFERENCES = read_references()
ROW = (
    '{id: XX-01, indicator: 森林覆盖率, year: 2030, value: 40, unit: "%", comparator: ">=", '
    "source: dafeng, clause: 一, grade: secondary}"
)


def written(folder: Path, row: str, *, name: str = "xx") -> Path:
    place = folder / "plans/references"
    place.mkdir(parents=True)
    head = f'id: {name}\nplace: "990000"\nlabel: {{zh: 某省, en: Some Province}}\ntitle: 某省方案\n'
    (place / "xx.yaml").write_text(f"{head}targets:\n  - {row}\ngoals: []\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=list(REFERENCES))
def test_every_indicator_is_one_of_the_catalogue(reference: Reference) -> None:
    named = [one.indicator_id for one in reference.plan.targets if one.indicator_id is not None]
    assert [name for name in named if name not in catalogue().indicators] == []


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=list(REFERENCES))
def test_every_unit_is_known_and_fits_its_indicator(reference: Reference) -> None:
    listed = [(one, catalogue().indicators[one.indicator_id]) for one in reference.plan.targets if one.indicator_id is not None]
    assert [one.id for one, indicator in listed if unit(one.unit).dimensions != unit(indicator.unit).dimensions] == []


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=list(REFERENCES))
def test_every_figure_rests_on_a_registered_source_and_claims_no_position(reference: Reference) -> None:
    backed = set(reference.backing) == {one.id for one in (*reference.plan.targets, *reference.plan.goals)}
    placed = [one.id for one in reference.plan.targets if has_position(one.anchor)]
    unknown = {one.source for one in reference.backing.values()} - set(read_sources())
    assert (backed, placed, unknown) == (True, [], set())


def test_the_headline_targets_are_those_of_the_published_plans() -> None:
    # 国发〔2021〕23号 二、主要目标 and 鲁政字〔2022〕242号 二、主要目标, as press and newspaper print them
    def figure(name: str, indicator: str, year: int) -> int | float:
        found = [one for one in REFERENCES[name].plan.targets if one.indicator_id == indicator and one.year == year]
        return float(found[0].value or 0)

    nation = [figure("nation", "non_fossil_share", 2025), figure("nation", "non_fossil_share", 2030)]
    nation += [figure("nation", "energy_intensity_decline", 2025), figure("nation", "co2_intensity_decline", 2025)]
    province = [figure("shandong", "non_fossil_share", 2025), figure("shandong", "non_fossil_share", 2030)]
    province += [figure("shandong", "energy_intensity_decline", 2025), figure("shandong", "co2_intensity_decline", 2025)]
    assert (nation, province) == ([20, 25, 13.5, 18], [13, 20, 14.5, 20.5])


def test_a_city_may_bring_the_plan_of_its_province(tmp_path: Path) -> None:
    found = read_references(written(tmp_path, ROW))
    assert (sorted(found), found["xx"].plan.targets[0].value) == (["nation", "shandong", "xx"], 40)


@pytest.mark.parametrize(
    "row",
    [
        ROW.replace("source: dafeng", "source: nobody"),
        ROW.replace("grade: secondary", "grade: sure"),
        ROW.replace("clause: 一, ", ""),
        ROW.replace('comparator: ">="', 'comparator: "=>"'),
        ROW.replace("value: 40", "value: forty"),
        ROW.replace("year: 2030", "jahr: 2030"),
    ],
    ids=["source", "grade", "clause", "comparator", "value", "field"],
)
def test_a_row_that_breaks_the_form_is_refused_with_its_place(tmp_path: Path, row: str) -> None:
    with pytest.raises(DefinitionError) as refusal:
        read_references(written(tmp_path, row))
    assert "xx.yaml" in refusal.value.where


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        read_references(written(tmp_path, ROW, name="nation"))
