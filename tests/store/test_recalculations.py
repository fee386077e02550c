"""The log of recalculations only grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import StoreError
from dafeng.store.recalculations import COLUMNS, FILE, append_log, read_log

ROW = {**dict.fromkeys(COLUMNS, ""), "who": '王，"审"', "year": "2025", "after": "1.5"}


def test_rows_are_added_and_what_stood_there_stays(tmp_path: Path) -> None:
    append_log(tmp_path, [ROW])
    before = (tmp_path / FILE).read_bytes()
    append_log(tmp_path, [{**ROW, "year": "2024"}])
    assert (tmp_path / FILE).read_bytes().startswith(before)
    assert [(row["who"], row["year"]) for row in read_log(tmp_path)] == [('王，"审"', "2025"), ('王，"审"', "2024")]


def test_a_city_without_a_log_has_no_rows(tmp_path: Path) -> None:
    assert read_log(tmp_path) == ()


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(COLUMNS) + "\n1,2\n", '"'])
def test_a_file_that_is_no_log_is_refused_and_kept(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StoreError):
        append_log(tmp_path, [ROW])
    assert (tmp_path / FILE).read_text(encoding="utf-8") == text
