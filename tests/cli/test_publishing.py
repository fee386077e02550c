"""What ``dafeng publish`` says of a city without an assessment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import CityError
from dafeng.work.city import City, init
from tests.web.ledgers import fill_ledger


@pytest.fixture
def bare(tmp_path: Path) -> City:
    """A city with books and without a run."""
    made = init(tmp_path / "bare", place="990200")
    fill_ledger(made)
    return made


def publish(city: City, *options: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["publish", str(city.folder), *options])
    return answer.exit_code, answer.output


def test_the_registry_is_published_without_an_assessment(bare: City) -> None:
    assert publish(bare) == (0, "还没有评估结果；现在没有公开内容\n")
    code, said = publish(bare, "--show", "registry", "--by", "test", "--lang", "en")
    assert (code, "".join(said.split())) == (0, "Noassessmentyet;onlytheregistryispublic(dafengserve--public)")
    code, said = publish(bare, "--json")
    assert (code, json.loads(said)) == (0, {"objects": [], "findings": [], "registry": True})


def test_a_frozen_copy_still_needs_an_assessment(bare: City, tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["publish", str(bare.folder), "--out", str(tmp_path / "site")])
    assert isinstance(answer.exception, CityError)
    assert ("dafeng assess" in answer.exception.read("en"), (tmp_path / "site").exists()) == (True, False)
