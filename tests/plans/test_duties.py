"""The table of official duties: what it holds, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.sources import read_sources
from dafeng.plans.duties import read_duties, read_settings

HEAD = "id,body,field,zh,en,words,role,place,grade,source,clause,tasks\n"
ROW = "xx-parks,公园局,sink,公园管理,parks,公园|绿地,lead,990100,provisional,duties-general,,\n"
CITIES = Path(__file__).parents[2] / "cities"


def overlay(folder: Path, rows: str) -> Path:
    """A city's own table."""
    (folder / "duties.csv").write_text(HEAD + rows, encoding="utf-8")
    return folder


def test_every_duty_has_a_source_a_field_and_words_of_two_characters_or_more():
    table, sources, settings = read_duties(), read_sources(), read_settings()
    assert [
        row.id
        for row in table.clauses
        if not (set(row.sources) <= set(sources) and row.field in settings.fields and all(len(word) > 1 for word in row.words))
    ] == []


def test_every_body_of_the_table_is_described_and_has_a_duty():
    table = read_duties()
    assert {row.body for row in table.clauses} == set(table.bodies)


def test_no_row_of_the_package_holds_in_one_place_only():
    assert [row.id for row in read_duties().clauses if row.place] == []


def test_a_row_concluded_from_a_plan_names_its_tasks():
    assert [row.id for row in read_duties().clauses if (row.grade == "derived") and not row.tasks] == []


def test_a_citys_own_row_holds_in_that_city_only(tmp_path):
    table = read_duties(overlay(tmp_path, ROW))
    assert ("xx-parks" in {row.id for row in table.hold("990100")}, "xx-parks" in {row.id for row in table.hold("370200")}) == (
        True,
        False,
    )


def test_another_table_is_another_version(tmp_path):
    assert read_duties(overlay(tmp_path, ROW)).sha256 != read_duties().sha256


def test_the_table_of_qingdao_can_be_read():
    assert "园林和林业局" in {row.body for row in read_duties(CITIES / "qingdao/data").hold("370200")}


@pytest.mark.parametrize(
    "rows",
    [ROW + ROW, ROW.replace("xx-parks", "dr-energy"), ROW.replace(",lead,", ",boss,"), ROW.replace(",sink,", ",sea,"), "a,b\n"],
)
def test_a_faulty_table_is_refused(tmp_path, rows):
    with pytest.raises(DefinitionError, match=r"duties\.csv"):
        read_duties(overlay(tmp_path, rows))
