"""``dafeng energy profiles``: text and JSON say the same, and a refusal has its remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dafeng.cli.main import app
from dafeng.core.errors import DafengError

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """The command line; what is refused comes back as the exception."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_a_year_is_shown_with_its_corrections(run: Run) -> None:
    words = ("energy", "profiles", "370600", "--only", "offshore_wind")
    text = run(*words, "--lang", "en").stdout
    (row,) = json.loads(run(*words, "--json").stdout)["calibrations"]
    assert [word for word in ("◇ synthetic", "hynyw-n2", "3,418.0", f"{row['before']:,.1f}") if word not in text] == []
    assert "◇ 合成" in run(*words).stdout


def test_a_file_of_ones_own_is_used_and_written(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "farm.csv", tmp_path / "year.csv"
    path.write_text("hour,farm [1]\n" + "\n".join(f"{hour},0.5" for hour in range(8760)), encoding="utf-8")
    words = (
        "energy",
        "profiles",
        "370600",
        "--only",
        "pv",
        "--from",
        path,
        "--name",
        "farm=offshore_wind",
        "--origin",
        "measured",
    )
    found = json.loads(run(*words, "--source", "a mast", "--out", out, "--json").stdout)
    assert {one["name"]: one["origin"] for one in found["profiles"]} == {"pv": "synthetic", "offshore_wind": "measured"}
    assert "# offshore_wind: measured, a mast" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("110000",), ("“110000”", "'110000'")),
        (("370600", "--only", "tide"), ("没有曲线['tide']", "no profiles ['tide']")),
        (("370600", "--from", "none.csv", "--origin", "derived"), ("文件不存在", "no such file")),
        (("370600", "--from", "none.csv", "--origin", "guessed"), ("“guessed”不能用", "'guessed' cannot be used")),
        (("370600", "--from", "none.csv"), ("“”不能用", "measured or derived")),
        (("370600", "--from", "none.csv", "--name", "farm"), ("列名=曲线名", "COLUMN=PROFILE")),
        (("370600", "--from", "none.csv", "--origin", "derived", "--zone", "99"), ("“99.0”不能用", "'99.0' cannot be used")),
        (("370600", "--lang", "fr"), ("语言“fr”", "language 'fr'")),
        (("370600", "--years", "0"), ("天气年数“0”", "'0' weather years")),
        (("370600", "--only", "pv", "--out", "a.xlsx"), ("“a.xlsx”", "'a.xlsx'")),
    ],
)
def test_a_refusal_says_what_and_the_remedy(run: Run, words: tuple[str, ...], says: tuple[str, str]) -> None:
    refused = run("energy", "profiles", *words).exception
    assert isinstance(refused, DafengError)
    assert says[0] in refused.read("zh")
    assert "处理" in refused.read("zh")
    assert says[1] in refused.read("en")
