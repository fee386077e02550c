"""What ``dafeng ledger``, ``allowance`` and ``credit`` print: the words of the pages, in the language that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from tests.web.ledgers import fill_ledger
from tests.web.reviews import city_with_people
from tests.web.settling import PERIOD, fill_compliance

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = city_with_people(tmp_path_factory.mktemp("words"))
    fill_ledger(made)
    fill_compliance(made)
    return made.folder


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("ledger", "accounts"), ("交易账户", "正常"), ("trading", "open")),
        (("ledger", "orders"), ("待复核", "自愿注销"), ("waiting", "freeze or pledge")),
        (("credit", "show"), ("公示中", "已登记"), ("public notice", "registered")),
        (("credit", "account", "ccer", "化工厂"), ("账户", "已可使用"), ("account", "is open")),
        (("allowance", "settle", PERIOD, "2023"), ("不足", "不可判断", "已足额"), ("short", "cannot be", "met")),
    ],
)
def test_a_table_prints_words_and_no_ids(
    folder: Path, words: tuple[str, ...], zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    at = 2
    told = {
        lang: RUNNER.invoke(app, [*words[:at], str(folder), *words[at:], "--lang", lang], env={"COLUMNS": "200"}).output
        for lang in ("zh", "en")
    }
    flat = {lang: "".join(text.split()) for lang, text in told.items()}
    assert [one for one in zh if one.replace(" ", "") not in flat["zh"]] == []
    assert [one for one in en if one.replace(" ", "") not in flat["en"]] == []


def test_a_project_shows_its_facts_and_answers_in_words(folder: Path) -> None:
    told = {
        lang: "".join(RUNNER.invoke(app, ["credit", "show", str(folder), "wind-2", "--lang", lang]).output.split())
        for lang in ("zh", "en")
    }
    assert ("水深" in told["zh"], "未知" in told["zh"], "waterdepth" in told["en"], "notknown" in told["en"]) == (True,) * 4
