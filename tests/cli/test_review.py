"""The review and the accounts in the command line: the same words, the same refusals."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import DafengError, SettingError
from dafeng.store.accounts import list_accounts
from dafeng.store.records import open_records
from dafeng.work.city import init, open_city
from dafeng.work.review import review
from tests.plans.reviews import TEXT
from tests.work.reviews import column, type_in

T1, T2 = "990200-T01", "990200-T02"


@pytest.fixture
def folder(tmp_path):
    init(tmp_path / "qinglan", place="990200")
    (tmp_path / "plan.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "qinglan"


def run(*words, text=None):
    """What a command printed; its refusal is raised."""
    done = CliRunner().invoke(app, [str(word) for word in words], input=text)
    if isinstance(done.exception, DafengError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def taken(folder):
    run("review", "read", folder, folder.parent / "plan.txt", "--who", "张三")
    return folder


def test_every_action_of_the_page_is_a_command(taken):
    who = ("--who", "张三")
    run("review", "accept", taken, T1, *who, "--remark", "对")
    run("review", "correct", taken, T2, "value=210", "scope=近海", *who)
    run("review", "split", taken, "990200-T03", "scope=甲县", "scope=乙县;value=100", *who)
    run("review", "reject", taken, "990200-T03-1", *who)
    run("review", "restore", taken, T1, *who)
    run("review", "undo", taken, T2, *who)
    run("review", "add", taken, "990200-N01", "year=2030", *who)
    start = TEXT.index("湿地面积保持稳定")
    said = run("review", "add", taken, f"{start}-{start + 8}", "indicator=湿地面积", "value=5", *who, "--lang", "en")
    actions = [edit.action for edit in review(open_city(taken)).edits]
    assert actions == ["accept", "correct", "split", "reject", "restore", "undo", "add", "add"]
    assert said.startswith("990200-R02: added")


def test_the_list_is_json_for_machines(taken):
    run("review", "reject", taken, T1, "--who", "张三")
    told = json.loads(run("review", "list", taken, "--only", "rejected", "--json"))
    assert ([one["id"] for one in told["records"]], told["reviewed"], told["edits"]) == ([T1], 1, 1)


def test_the_spreadsheet_goes_out_and_comes_back(taken, tmp_path):
    path = tmp_path / "review.xlsx"
    run("review", "export", taken, "--out", path)
    data = path.read_bytes()
    path.write_bytes(type_in(data, **{f"targets_{column(data, 'target', 'value')}4": "30"}))
    seen = json.loads(run("review", "import", taken, path, "--look", "--who", "张三", "--json"))
    assert (seen[0]["before"], seen[0]["after"], review(open_city(taken)).edits) == ("28", "30", ())
    run("review", "import", taken, path, "--who", "张三")
    assert review(open_city(taken)).plan.targets[0].value == 30


def test_a_confirmed_version_is_listed_and_is_the_plan(taken):
    made = json.loads(run("review", "confirm", taken, "--who", "李四", "--json"))
    listed = json.loads(run("review", "versions", taken, "--json"))
    assert ([made], made["number"], len(open_city(taken).read_plan().targets)) == (listed, 1, 3)


@pytest.mark.parametrize(
    "words",
    [
        ("correct", T1, "value"),
        ("correct", T1, "value=x"),
        ("add", "5"),
        ("add", "a-b"),
        ("split", T1, "scope=a"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(taken, words):
    name, *rest = words
    with pytest.raises(SettingError):
        run("review", name, taken, *rest, "--who", "张三")
    assert review(open_city(taken)).edits == ()


def test_an_account_is_made_from_a_password_that_is_never_an_argument(folder):
    said = run("user", "add", folder, "张三", "--role", "confirmer", text="a quite long password\n")
    with open_records(open_city(folder).records) as records, records.read() as session:
        found = [(one.name, one.role, one.active) for one in list_accounts(session)]
    assert (found, "password" in said.replace("/login", "")) == ([("张三", "confirmer", True)], False)


def test_a_closed_account_stays_listed(folder):
    run("user", "add", folder, "张三", text="a quite long password\n")
    run("user", "close", folder, "张三")
    assert "张三" in run("user", "list", folder)


def test_a_short_password_makes_no_account(folder):
    with pytest.raises(SettingError, match="10 to 200"):
        run("user", "add", folder, "张三", text="short\n")
