"""What a city's file of books may say: known fields of known types, and never less than two persons."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.ledger.book_plans import BookPlans, read_book_plans

OWN = """books:
  reed:
    label: {zh: 芦苇, en: reed}
    of: {zh: 碳, en: carbon}
    instrument: REED
    unit: t
    scale: 1
    serials: true
    dated: false
    project: true
    accounts: [issuer, retired]
    threshold: null
    source: null
    clause: null
    grade: C
"""


def laid(folder: Path, text: str) -> BookPlans:
    """Books with a file of a city laid over them."""
    (folder / "books.yaml").write_text(text, encoding="utf-8")
    return read_book_plans(folder)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("four_eyes: issue", "1:12"),
        ("four_eyes: 5", "1:12"),
        ("four_eyes: null", "1:12"),
        ("four_eyes: [isue]", "1:12"),
        ("four_eyes: [issue, issue]", "1:12"),
        ("four_eyes: [{issue: 1}]", "1:12"),
        ("books: [a]", "1:8"),
        ("book: {ccer: {threshold: 5}}", "1:7"),
        ("- a", "1:1"),
        ("books", "1:1"),
        ("books: {ccer: null}", "1:15"),
        ("books: {ccer: 5}", "1:15"),
        ("books: {ccer: {treshold: 5}}", "1:26"),
        ("books: {ccer: {serials: 'no'}}", "1:25"),
        ("books: {ccer: {project: 1}}", "1:25"),
        ("books: {ccer: {scale: 2.9}}", "1:23"),
        ("books: {ccer: {scale: -2}}", "1:23"),
        ("books: {ccer: {scale: 19}}", "1:23"),
        ("books: {ccer: {threshold: -5}}", "1:27"),
        ("books: {ccer: {threshold: 1.5}}", "1:27"),
        ("books: {ccer: {threshold: true}}", "1:27"),
        ("books: {ccer: {accounts: issuer}}", "1:26"),
        ("books: {ccer: {accounts: [isuer]}}", "1:26"),
        ("books: {ccer: {label: CCER}}", "1:23"),
        ("books: {ccer: {label: {zh: a}}}", "1:23"),
        ("books: {ccer: {formerly: CEA1}}", "1:26"),
        ("books: {ccer: {unit: ''}}", "1:22"),
        ("books: {zz: {instrument: ZZ}}", "1:13"),
        ("books: {a/b: {instrument: ZZ}}", "1:8"),
        ("books: {ccer: {instrument: CCER2}}", "1:28"),
        (OWN.replace("REED", "ｃｃｅｒ"), "3:5"),
        (OWN + "    formerly: [CEA]", "3:5"),
    ],
)
def test_what_is_misspelt_or_of_another_type_is_refused_at_its_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(DefinitionError) as told:
        laid(tmp_path, text)
    assert told.value.where == f"books.yaml:{place}"
    assert told.value.what.zh != told.value.what.en


@pytest.mark.parametrize(
    "text", ["four_eyes: []", "four_eyes: [pledge]", "four_eyes: [issue, transfer]", "# nothing", "books:"]
)
def test_a_city_adds_to_what_needs_two_persons(tmp_path: Path, text: str) -> None:
    before = read_book_plans().pairs
    after = laid(tmp_path, text).pairs
    assert before <= after
    assert after - before <= {"pledge", "transfer"}
    assert ("pledge" in text) == ("pledge" in after)


def test_a_book_of_the_city_is_read_as_it_stands(tmp_path: Path) -> None:
    plan = laid(tmp_path, OWN).books["reed"]
    assert (plan.instrument, plan.scale, plan.serials, plan.threshold) == ("REED", 1, True, None)
    assert (plan.accounts, plan.formerly, plan.single_year) == (("issuer", "retired"), (), False)


def test_instruments_of_earlier_versions_stay(tmp_path: Path) -> None:
    plans = laid(tmp_path, "books: {ccer: {instrument: CCER2, formerly: [CCER]}, blue_carbon: {formerly: []}}")
    assert plans.books["ccer"].instruments == {"CCER", "CCER2"}
    assert plans.books["blue_carbon"].formerly == read_book_plans().books["blue_carbon"].formerly


def test_text_where_a_number_belongs_is_shown_with_its_quotes(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="is '5'"):
        laid(tmp_path, "books: {ccer: {threshold: '5'}}")
