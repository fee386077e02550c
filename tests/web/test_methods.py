"""The pages of methods, and the inventory as downloads."""

from __future__ import annotations

import io

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from dafeng.web.app import create_app
from dafeng.web.frozen_links import FrozenLinks
from dafeng.web.inventory_files import list_files
from dafeng.web.links import ServedLinks
from dafeng.web.methods import build_method, build_methods, list_rows
from tests.web.client import Client
from tests.web.sample import city, view

CLIENT = Client(create_app([city()]))


def test_the_list_counts_methods_and_examples_by_field() -> None:
    found = build_methods(view())
    counted = (found["total"], found["examples"], found["held"], [field["id"] for field, _ in found["groups"]])
    assert counted == (1, 2, 1, ["energy"])


def test_a_run_older_than_the_pages_has_no_methods() -> None:
    assert (list_rows({}), build_methods({})["groups"], build_method({}, "x")) == ((), [], None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_a_method_shows_equation_symbols_and_examples(language: str) -> None:
    page = CLIENT.get(f"/yangli/methods/fuel_burnt?lang={language}").text
    assert page.count("<math") == 3
    assert all(word in page for word in ("final.industry.feedstock", "hand: 2 x 1.9", "Δ -0.05"))
    assert "样例方法<script>" not in page


def test_the_list_leads_to_the_page_of_each_method() -> None:
    assert 'href="/yangli/methods/fuel_burnt"' in CLIENT.get("/yangli/methods").text


def test_a_method_is_told_as_json_and_an_unknown_one_is_not_found() -> None:
    assert CLIENT.get("/yangli/methods/fuel_burnt.json").json()["unit"] == "tCO2"
    codes = [CLIENT.get(f"/yangli/methods/{name}").status_code for name in ("alchemy", "alchemy.json")]
    assert codes == [404, 404]


def test_addresses_of_methods_are_quoted() -> None:
    assert ServedLinks("yangli").method("a/b") == "/yangli/methods/a%2Fb"
    assert FrozenLinks("zh").method("fuelburnt") == "method-fuelburnt.html"
    assert FrozenLinks("zh").method("fuel_burnt") != FrozenLinks("zh").method("fuel-burnt")


def test_the_inventory_is_offered_as_forms_and_report() -> None:
    files = list_files("yangli", view())
    assert files == [("xlsx", "yangli-inventory-2025.xlsx"), ("docx", "yangli-inventory-2025.docx")]
    assert list_files("yangli", {"inventory_form": None}) == []


def test_the_downloads_are_what_they_say() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(CLIENT.get("/yangli/yangli-inventory-2025.xlsx?lang=zh").content))
    paper = Document(io.BytesIO(CLIENT.get("/yangli/yangli-inventory-2025.docx?lang=en").content))
    assert (book.sheet_names[0], paper.paragraphs[0].text) == ("清单汇总", "Sampleton: greenhouse gas inventory 2025 (report)")


def test_a_form_that_is_not_offered_is_not_found() -> None:
    names = ("yangli-inventory-2025.pdf", "yangli-inventory-1999.xlsx")
    assert [CLIENT.get(f"/yangli/{name}").status_code for name in names] == [404, 404]
