"""From a selection to the draft of a target."""

from __future__ import annotations

import pytest

from dafeng.core.errors import SettingError
from dafeng.library.indicators import read_indicators
from dafeng.plans.selection import draft_figure, read_selection
from tests.plans.reviews import TEXT, base


def read(words, shift=(0, 0)):
    start = TEXT.index(words)
    review = base()
    return read_selection(
        review.document, review.reading, start + shift[0], start + len(words) + shift[1], catalogue=read_indicators()
    )


def test_the_machine_fills_in_what_it_reads():
    fields = read("到2030年，海上风电装机容量达到200万千瓦").fields
    got = {
        name: fields[name]
        for name in ("indicator", "indicator_id", "comparator", "value", "unit", "year", "task", "organisations")
    }
    assert got == {
        "indicator": "海上风电装机容量", "indicator_id": "offshore_wind_capacity", "comparator": ">=", "value": "200",
        "unit": "万千瓦", "year": "2030", "task": "990200-A01", "organisations": "市发展改革委、市海洋发展局",
    }  # fmt: skip


def test_place_and_figure_lie_in_the_selection():
    words = "到2030年，海上风电装机容量达到200万千瓦"
    place = read(words).place
    assert (TEXT[place.start : place.end], TEXT[slice(*place.figure)], place.paragraph) == (words, "200万千瓦", 5)


def test_a_number_that_was_cut_is_made_whole():
    assert read("到2030年，海上风电装机容量达到200万千瓦", (0, -5)).fields["value"] == "200"


def test_a_selection_without_a_figure_is_left_to_the_person():
    draft = read("守住生态保护红线")
    assert (draft.fields["value"], draft.place.figure) == ("", (draft.place.start, draft.place.end))


def test_a_figure_that_is_no_target_brings_what_is_known():
    draft = draft_figure(base().reading.others[0], base().reading)
    assert (draft.fields["value"], draft.fields["unit"], draft.place.figure) == ("45", "%", base().reading.others[0].figure)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 3), (-1, 4), (0, 10**6), (0, 40)])
def test_what_is_no_stretch_of_one_paragraph_is_refused(start, end):
    with pytest.raises(SettingError, match="one paragraph"):
        read_selection(base().document, base().reading, start, end)
