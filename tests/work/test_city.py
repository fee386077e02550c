"""City folders: made empty, opened without a change on disk, refused with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import CityError
from dafeng.work.city import init, open_city
from dafeng.work.read_plan import read_plan, save_plan


def test_a_new_city_opens(tmp_path: Path) -> None:
    made = init(tmp_path / "weihai", place="371000")
    assert (open_city(made.folder).code, open_city(made.folder).slug) == ("371000", "weihai")


@pytest.mark.parametrize("name", ["15", "no", "1e6"])
def test_a_folder_name_that_yaml_takes_for_something_else_stays_a_name(tmp_path: Path, name: str) -> None:
    assert init(tmp_path / name, place="370000").slug == name


def test_a_new_city_has_no_targets(tmp_path: Path) -> None:
    assert init(tmp_path / "x", place="370600").read_plan().targets == ()


def test_a_folder_with_something_in_it_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(CityError, match="not empty"):
        init(tmp_path, place="370600")


@pytest.mark.parametrize("code", ["", "abc", "37060", "烟台"])
def test_what_is_no_code_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(CityError, match="no administrative code"):
        init(tmp_path / "x", place=code)


def test_a_folder_without_a_description_is_no_city(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="no city folder"):
        open_city(tmp_path)


def test_a_description_that_lacks_the_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_text("schema: 1\nslug: x\n", encoding="utf-8")
    with pytest.raises(CityError, match="does not hold"):
        open_city(tmp_path)


def test_opening_changes_nothing_on_disk(tmp_path: Path) -> None:
    made = init(tmp_path / "x", place="370600")
    before = sorted(tmp_path.rglob("*"))
    open_city(made.folder)
    assert sorted(tmp_path.rglob("*")) == before


SPOILED = [
    ("schema: 1", "schema: 9"),
    ("assessment_year: 2", "assessment_year: -2"),
    ('slug: "x"', 'slug: "../../zz"'),
    ("figures: [data/figures.csv]", "figures: [../../etc/passwd]"),
    ("figures: [data/figures.csv]", "figures: data"),
]


@pytest.mark.parametrize(("right", "wrong"), SPOILED)
def test_nonsense_in_a_description_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    described = init(tmp_path / "x", place="370600").folder / "city.yaml"
    text = described.read_text(encoding="utf-8")
    assert right in text
    described.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(CityError, match="does not hold"):
        open_city(described.parent)


def test_a_new_city_says_that_it_has_no_plan_and_takes_one(tmp_path: Path, root: Path) -> None:
    city = init(tmp_path / "weihai", place="371000")
    assert [finding.rule for finding in city.read_plan().findings] == ["plan.none"]
    plan = read_plan(root / "cities" / "yunting" / "plans" / "plan.txt", place="990100")
    save_plan(plan, city.folder / "plans" / "plan.yaml")
    kept = city.read_plan()
    assert (kept.targets, kept.tasks, kept.goals) == (plan.targets, plan.tasks, plan.goals)
