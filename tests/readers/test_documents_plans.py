"""One plan in four formats has the same targets, tasks, organisations and goals."""

from __future__ import annotations

from dataclasses import replace

import docx
import pytest

import dafeng as df
from dafeng.readers.documents import read_document
from tests.readers.printing import Sheet, print_pdf


def lines_of(root):
    return (root / "cities/yunting/plans/plan.txt").read_text(encoding="utf-8").splitlines()


def as_docx(lines, path):
    file = docx.Document()
    for line in lines:
        file.add_paragraph(line)
    file.save(path)


def as_html(lines, path):
    path.write_text(f"<!DOCTYPE html><meta charset='gbk'>{''.join(f'<p>{line}</p>' for line in lines)}", encoding="gbk")


def as_pdf(lines, path):
    """Pages of lines of thirty widths, indented, with a header and a page number."""
    sheets, y = [], 1000.0
    for line in filter(None, lines):
        rest = "　　" + line
        while rest:
            if y > 750:
                sheets.append(Sheet().write(250, 40, "云汀市人民政府", 9).write(290, 810, f"— {len(sheets) + 1} —", 9))
                y = 80
            piece, width = "", 0.0
            while rest and width + (own := 0.5 if rest[0].isascii() else 1.0) <= 30:
                piece, rest, width = piece + rest[0], rest[1:], width + own
            sheets[-1].write(87.5 + 28 * piece.startswith("　　"), y, piece.lstrip("　"), 14)
            y += 26
    path.write_bytes(print_pdf(*sheets))


def facts(plan):
    """What a plan says, without where."""
    return (
        [replace(one, anchor=None, figure=(0, 0), also=()) for one in plan.targets],
        [replace(one, anchor=None) for one in plan.tasks],
        plan.organisations,
        [replace(one, anchor=None) for one in plan.goals],
        [replace(one, anchor=None, figure=(0, 0)) for one in plan.others],
    )


@pytest.mark.parametrize("write", [as_docx, as_html, as_pdf])
def test_a_plan_says_the_same_in_every_format(write, root, tmp_path):
    path = tmp_path / f"plan.{write.__name__.removeprefix('as_')}"
    write(lines_of(root), path)
    plan = df.read_plan(path, place="990100")
    assert facts(plan) == facts(df.read_plan(root / "cities/yunting/plans/plan.txt", place="990100"))


@pytest.mark.parametrize("write", [as_docx, as_html, as_pdf])
def test_positions_lead_to_the_figures(write, root, tmp_path):
    path = tmp_path / f"plan.{write.__name__.removeprefix('as_')}"
    write(lines_of(root), path)
    document, _ = read_document(path)
    plan = df.read_plan(path, place="990100")
    assert all(f"{one.value.normalize():f}" in document.text[one.figure[0] : one.figure[1]] for one in plan.targets)
