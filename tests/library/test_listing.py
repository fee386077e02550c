"""CSV definitions keep their declaration or are refused with line and column."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.listing import Kind, load_csv

COLUMNS: dict[str, Kind] = {"id": "text", "value": "decimal?", "year": "integer?", "own": "boolean"}


def test_cells_are_read_by_their_declared_kind() -> None:
    rows = load_csv("id,value,year,own\na,0.10,2025,true\nb,,,false\n", COLUMNS)
    assert [(r["id"], r["value"], r["year"], r["own"]) for r in rows] == [
        ("a", Decimal("0.10"), 2025, True),
        ("b", None, None, False),
    ]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (",1,2025,true", ":2:1"),
        ("a,1e6,2025,true", ":2:2"),
        ("a,012,2025,true", ":2:2"),
        ("a,1,2025.5,true", ":2:3"),
        ("a,1,2025,yes", ":2:4"),
        ("a,1,2025", ":2:1"),
        ("a, 1,2025,true", ":2:2"),
        ('"a,1,2025,true', ":2:1"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(line: str, place: str) -> None:
    with pytest.raises(DefinitionError, match=f"text{place}"):
        load_csv(f"id,value,year,own\n{line}\n", COLUMNS)


def test_another_header_is_refused() -> None:
    with pytest.raises(DefinitionError, match="header"):
        load_csv("id,year,value,own\n", COLUMNS)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(DefinitionError, match="header"):
        load_csv("", COLUMNS)


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(DefinitionError, match="text:3:1: key 'a' repeats line 2"):
        load_csv("id,value,year,own\na,1,2025,true\na,2,2025,true\n", COLUMNS, key=("id",))


def test_a_file_in_gbk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("id,value,year,own\n山东,1,2025,true\n".encode("gbk"))
    with pytest.raises(DefinitionError, match="not UTF-8"):
        load_csv(path, COLUMNS)


def test_notes_above_the_header_are_skipped_and_counted() -> None:
    with pytest.raises(DefinitionError, match="text:3:2"):
        load_csv("# by hand\nid,value,year,own\na,x,2025,true\n", COLUMNS)


def test_further_columns_are_read_as_text_where_allowed() -> None:
    rows = load_csv("id,more,value,year,own\na,x,1,2025,true\n", COLUMNS, others=True)
    assert (rows[0]["more"], rows[0]["value"]) == ("x", Decimal(1))
