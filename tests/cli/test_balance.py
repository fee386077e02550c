"""``dafeng balance``: tables, JSON, one view, energy flows, and refusals."""

from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import DafengError, SettingError
from dafeng.work.city import open_city
from dafeng.work.ingest import ingest
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cli") / "yunting"
    shutil.copytree(ROOT / "cities" / "yunting", path)
    ingest(open_city(path))
    return path


def run(*words):
    """What a command printed; its refusal is raised."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(done.exception, DafengError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_the_views_are_printed_with_their_range_and_grade(folder):
    said = run("balance", folder, "--year", "2025")
    assert all(words in said for words in ("581.1838", "666.1918", "20.2644–22.516", "暂用", "居民生活和其他"))


def test_one_view_as_json(folder):
    told = json.loads(run("balance", folder, "--year", "2025", "--view", "coal_amount", "--json"))
    (view,) = told["years"][0]["views"]
    assert (view["value"]["value"], view["value"]["address"]) == (562.4, "balances/coal_amount.2025")


def test_the_energy_flows_are_json_and_balance_at_every_node(folder):
    (flows,) = json.loads(run("balance", folder, "--year", "2025", "--sankey"))["years"]
    sums = {}
    for link in flows["links"]:
        sums[link["target"]] = sums.get(link["target"], 0) + link["value"]
        sums[link["source"]] = sums.get(link["source"], 0) - link["value"]
    inner = {link["source"] for link in flows["links"]} & {link["target"] for link in flows["links"]}
    assert {node: round(sums[node], 6) for node in inner} == dict.fromkeys(inner, 0)


def test_an_unknown_view_is_refused_with_the_known_ones(folder):
    with pytest.raises(SettingError, match="total_equivalent"):
        run("balance", folder, "--view", "guess")


def test_without_a_balance_the_published_figures_are_printed(tmp_path):
    path = tmp_path / "qingdao"
    shutil.copytree(ROOT / "cities" / "qingdao", path)
    ingest(open_city(path))
    said = run("balance", path, "--lang", "en")
    assert ("3187" in said, "no energy balance" in said) == (True, True)
