"""What is an error is taken in only after a decision, by the command line and Python as by the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import SettingError
from dafeng.store.models import Job
from dafeng.store.records import open_records
from dafeng.work.city import City, init
from dafeng.work.correct import correct
from dafeng.work.ingest import ingest
from dafeng.work.uploads import list_uploads

HEAD = "指标,年份,数值,单位\n"
ENERGY = "能源消费总量,2024,551,万吨标准煤\n"
WHY = "与上报方核对过"


@pytest.fixture
def city(tmp_path: Path) -> City:
    return init(tmp_path / "city", place="370600")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Two negative capacities, which are errors, and a figure without any doubt."""
    return write(tmp_path, "wrong.csv", "光伏装机容量,2024,-30,万千瓦\n水电装机容量,2024,-3,万千瓦\n" + ENERGY)


def write(folder: Path, name: str, rows: str) -> Path:
    path = folder / name
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def held(city: City) -> dict[str, str | None]:
    """Notes by value."""
    return {f"{row['value'].normalize():f}": row["note"] for row in city.facts.read().to_pylist()}


def test_a_file_with_errors_waits_and_tells_them(city: City, wrong: Path) -> None:
    with pytest.raises(SettingError) as refusal:
        ingest(city, [wrong])
    told = refusal.value
    assert told.what.zh.startswith("2 处错误")
    assert told.what.en.startswith("2 errors")
    assert all(cell in text for cell in ("C2", "C3") for text in (told.what.zh, told.what.en))
    assert (told.where, "--as-reported" in told.remedy.en, city.facts.lots()) == ("wrong.csv!C2", True, ())


def test_files_beside_it_are_taken_in(city: City, wrong: Path, tmp_path: Path) -> None:
    taken = ingest(city, [wrong, write(tmp_path, "good.csv", ENERGY)])
    found = [(one.rule, one.at, one.severity) for one in taken.findings]
    assert (taken.refused, list(held(city))) == (("wrong.csv",), ["551"])
    assert found[0] == ("ingest.undecided", "wrong.csv!C2", "error")
    assert {("audit.negative", "wrong.csv!C2", "error"), ("audit.negative", "wrong.csv!C3", "error")} <= set(found)


def test_what_a_city_takes_in_by_itself_waits_too(city: City, wrong: Path) -> None:
    (city.folder / "inbox").mkdir(exist_ok=True)
    wrong.rename(city.folder / "inbox" / wrong.name)
    assert (ingest(city).refused, "-30" in held(city)) == (("wrong.csv",), False)


def test_kept_as_reported_the_reason_stands_in_note_file_and_log(city: City, wrong: Path) -> None:
    taken = ingest(city, [wrong], kept=WHY, who="张三")
    note = f"按原报入库（张三）：{WHY}"
    assert held(city) == {"-30": note, "-3": note, "551": None}
    (upload,) = list_uploads(city)
    assert (upload.state, upload.by, upload.lot, upload.facts) == ("taken", "张三", taken.lot.id, 3)
    assert upload.kept == taken.kept == {"wrong.csv!C2": WHY, "wrong.csv!C3": WHY}
    with open_records(city.records) as records:
        assert records.verify() == ()
        with records.read() as session:
            told = json.loads(session.get(Job, f"upload-{upload.id}").options)
    assert (told["lot"], told["kept"]) == (taken.lot.id, taken.kept)


def test_left_out_the_others_are_taken_in(city: City, wrong: Path) -> None:
    taken = ingest(city, [wrong], left=WHY, who="张三")
    assert (list(held(city)), len(taken.left), list_uploads(city)[0].facts) == (["551"], 2, 1)


def test_each_cell_can_be_decided_by_itself(city: City, wrong: Path) -> None:
    ingest(city, [wrong], kept={"wrong.csv!C2": WHY}, left={"wrong.csv!C3": WHY}, who="张三")
    assert sorted(held(city)) == ["-30", "551"]


def test_one_error_without_a_decision_keeps_the_file_out(city: City, wrong: Path) -> None:
    with pytest.raises(SettingError, match="C3"):
        ingest(city, [wrong], kept={"wrong.csv!C2": WHY}, who="张三")
    assert city.facts.lots() == ()


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"kept": WHY}, "--who"),
        ({"kept": WHY, "left": WHY, "who": "张三"}, "--as-reported --leave-out"),
        ({"kept": {"wrong.csv!C9": WHY}, "who": "张三"}, "wrong.csv!C9"),
        ({"kept": " ", "who": "张三"}, "wrong.csv!C2"),
    ],
)
def test_a_decision_that_is_none_takes_in_nothing(city: City, wrong: Path, asked: dict, where: str) -> None:
    with pytest.raises(SettingError) as refusal:
        ingest(city, [wrong], **asked)
    assert (refusal.value.where, city.facts.lots(), list_uploads(city)) == (where, (), ())


def test_killed_before_the_lot_nothing_is_decided(city: City, wrong: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(type(city.facts), "_append", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ingest(city, [wrong], kept=WHY, who="张三")
    assert (city.facts.lots(), [one.state for one in list_uploads(city)]) == ((), ["open"])
    assert ingest(city, [wrong], kept=WHY, who="张三").lot is not None
    assert [one.state for one in list_uploads(city)] == ["taken"]


def test_a_corrected_figure_that_comes_again_needs_no_decision(city: City, wrong: Path, tmp_path: Path) -> None:
    ingest(city, [wrong], kept={"wrong.csv!C2": WHY}, left={"wrong.csv!C3": WHY}, who="张三")
    correct(city, "wrong.csv!C2", value="30", reason="符号", who="张三")
    again = ingest(city, [write(tmp_path, "again.csv", "光伏装机容量,2024,-30,万千瓦\n")])
    assert ([one.rule for one in again.findings], "30" in held(city)) == (["ingest.corrected"], True)


def test_a_warning_needs_no_decision(city: City, tmp_path: Path) -> None:
    rows = "".join(f"能源消费总量,{2019 + n},{value},万吨标准煤\n" for n, value in enumerate((500, 512.5, 5305, 545, 551)))
    assert ingest(city, [write(tmp_path, "slip.csv", rows)]).lot is not None


def test_the_command_line_decides_with_the_words_of_the_page(city: City, wrong: Path) -> None:
    told = CliRunner().invoke(
        app, ["ingest", str(city.folder), str(wrong), "--as-reported", WHY, "--who", "张三", "--json"], catch_exceptions=False
    )
    body = json.loads(told.stdout)
    assert (body["facts"], body["kept"], body["left"]) == (3, {"wrong.csv!C2": WHY, "wrong.csv!C3": WHY}, {})
