"""The notebook of the scenarios runs from top to bottom and keeps no outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

BOOK = Path(__file__).resolve().parents[2] / "docs/notebooks/pathways.ipynb"
nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")


def test_the_notebook_keeps_no_outputs() -> None:
    book = nbformat.read(BOOK, as_version=4)
    assert [cell.outputs for cell in book.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)] == []


@pytest.mark.slow
def test_the_notebook_runs() -> None:
    book = nbformat.read(BOOK, as_version=4)
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    said = "".join(out.get("text", "") for cell in book.cells if cell.cell_type == "code" for out in cell.outputs)
    checks = ("same in any order: True", "over one another in any order: True", "adds up: True", "read back the same: True")
    assert [check for check in checks if check not in said] == []
