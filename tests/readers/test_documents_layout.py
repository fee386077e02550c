"""Laws of the layout of printed pages, on pages that no programme printed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.readers.columns import order_lines
from dafeng.readers.grids import find_grids
from dafeng.readers.lines import Run, gather_lines, join_broken, make_run
from dafeng.readers.margins import find_margins

PLACES = st.floats(0, 600, allow_nan=False).map(lambda at: round(at, 1))


@st.composite
def runs(draw):
    text, size = draw(st.text(alphabet="到2030年a", min_size=1, max_size=8)), draw(st.sampled_from([8.0, 10.5, 16.0]))
    left, base = draw(PLACES), draw(PLACES)
    lefts = tuple(left + at * size for at in range(len(text)))
    return Run(text, lefts, lefts[-1] + size, base, size)


@given(st.lists(runs(), max_size=40))
def test_every_character_stands_in_one_line(pieces):
    lines = gather_lines(pieces)
    assert sorted("".join(line.text for line in lines).replace(" ", "")) == sorted("".join(run.text for run in pieces))
    assert [line.base for line in lines] == sorted(line.base for line in lines)


@given(st.lists(runs(), max_size=60))
def test_every_field_is_read_once_in_any_number_of_columns(pieces):
    lines = gather_lines(pieces)
    before = sorted(str(field) for line in lines for field in line.fields)
    assert sorted(str(field) for placed in order_lines(lines) for field in placed.line.fields) == before


@given(st.lists(st.tuples(PLACES, PLACES, PLACES, st.booleans()), max_size=60))
@settings(max_examples=200)
def test_cells_of_any_lines_cover_their_grid_without_overlap(strokes):
    rules = [(x, y, x + length, y) if level else (x, y, x, y + length) for x, y, length, level in strokes]
    for grid in find_grids(rules):
        covered = [
            (row, column)
            for cell in grid.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        ]
        wanted = [(row, column) for row in range(len(grid.rows) - 1) for column in range(len(grid.columns) - 1)]
        assert sorted(covered) == wanted


@given(st.integers(1, 8), st.integers(2, 6))
def test_a_drawn_grid_is_found_with_all_its_cells(rows, columns):
    level = [(50.0, 50 + 20.0 * at, 50 + 60.0 * columns, 50 + 20.0 * at) for at in range(rows + 1)]
    upright = [(50 + 60.0 * at, 50.0, 50 + 60.0 * at, 50 + 20.0 * rows) for at in range(columns + 1)]
    (grid,) = find_grids([*level, *upright])
    assert [(cell.row, cell.column, cell.rows, cell.columns) for cell in grid.cells] == [
        (row, column, 1, 1) for row in range(rows) for column in range(columns)
    ]


def test_a_table_drawn_in_pieces_is_one():
    dashes = [(50 + 4.0 * at, y, 53 + 4.0 * at, y) for at in range(50) for y in (50.0, 90.0)]
    upright = [(x, 50.0, x, 90.0) for x in (50.0, 150.0, 249.0)]
    assert len(find_grids([*dashes, *upright])[0].cells) == 2


def test_a_picture_of_many_lines_is_no_table():
    mesh = [(0.0, 5.0 * at, 600.0, 5.0 * at) for at in range(250)] + [(5.0 * at, 0.0, 5.0 * at, 600.0) for at in range(250)]
    assert find_grids(mesh) == ()


@given(st.lists(st.lists(runs(), max_size=6), max_size=5))
def test_only_lines_at_the_edge_of_a_page_are_left_out(pages):
    lined = [(600.0, gather_lines(page)) for page in pages]
    for number, at in find_margins(lined):
        base = lined[number][1][at].base
        assert not 90 < base < 510  # 0.15 and 0.85 of the height


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("到20", "30年", "到2030年"), ("peak", "plan", "peak plan"), ("neu-", "tral", "neutral"), ("A-", "B", "A-B"),
        ("CO2", "排放", "CO2排放"), ("end.", "Next", "end. Next"), ("1.", "5", "1.5"), ("达到", "GDP", "达到GDP"),
    ],
)  # fmt: skip
def test_words_are_mended_and_chinese_stays_together(first, second, wanted):
    assert join_broken(first, second) == wanted


def test_a_character_keeps_its_place_when_a_radical_is_written_out():
    assert make_run("⽬⻛电", (1.0, 2.0, 3.0), 4.0, 0.0, 1.0) == Run("目风电", (1.0, 2.0, 3.0), 4.0, 0.0, 1.0)
