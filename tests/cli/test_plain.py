"""Text of data on a terminal: as it stands, whoever wrote it, in every list."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.tree import Tree
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli import main as cli
from dafeng.cli.plain import plain, plain_console, plain_text
from dafeng.cli.printing import MARKS, console, counts_row, explanation_tree, grid, print_findings, print_json, show_verdict
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.requests import Transfer
from dafeng.work.rights import Rights

NASTY = "[/nope] [bold]x[/bold] :book: \x1b[31mred\x9b2J\u202e\r."
SHOWN = "[/nope] [bold]x[/bold] :book: \\x1b[31mred\\x9b2J\\u202e\\x0d."
MARKED = "[/nope] [bold]x[/bold] :book:"
"""What the ledger lets somebody write; signs that a terminal obeys it refuses."""
NAME = "A[bold]x[red]:book:"
SHELVES = Path(cli.__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city whose texts are nasty wherever somebody chooses them."""
    made = tmp_path_factory.mktemp("plain") / "x"
    df.init(made, place="990200")
    call("ledger", "open", made, "ccer", "--limit", "10000", "--who", MARKED)
    for name in (NAME, "B"):
        told = ("--type", "trading", "--holder", MARKED, "--title", f"{MARKED} {name}", "--primary", "p", "--secondary", "q")
        call("ledger", "account", made, "ccer", name, *told)
    with Rights(df.open_city(made)) as rights:
        rights.submit([[Transfer("i", "issue", "ccer.issuer", NAME, 500, "2026-03-01", reason=MARKED, project="P1")]])
    call("ledger", "transfer", made, NAME, "B", "5", "--reason", MARKED, "--id", f"t{NAME}", "--who", MARKED)
    call("ledger", "transfer", made, "B", NAME, "999", "--id", f"u{NAME}", "--who", MARKED)
    return made


def call(*words: object) -> Any:
    return CliRunner().invoke(cli.app, [str(word) for word in words], env={"COLUMNS": "400"})


def unfolded(text: str) -> str:
    """A table without frames and line ends, so that folded cells are found again."""
    return re.sub(r"[\s│┃─━┏┓┗┛┡┩┳┻╇┴┬┼├┤└┘┌┐║]", "", text)


def test_signs_a_terminal_obeys_are_shown_escaped() -> None:
    assert plain(NASTY) == SHOWN
    assert plain("一行\n二行\t¥ é 🙂") == "一行\n二行\t¥ é 🙂"
    assert plain_text(NASTY, style="bold").plain == SHOWN


@pytest.mark.parametrize(
    "made",
    [
        NASTY,
        grid(NASTY, [NASTY], [[NASTY]]),
        grid(NASTY, ["a"], [[plain_text(NASTY, style="bold")]]),
        Tree(NASTY),
        explanation_tree(
            {
                "trace": {
                    "address": NASTY, "says": {"zh": NASTY, "en": NASTY}, "inputs": [], "value": "1", "unit": NASTY,
                    "expression": NASTY, "source": NASTY, "grade": NASTY,
                    "anchor": {"document": NASTY, "start": 1, "end": 2, "sha256": "0" * 64},
                    "cell": {"file": NASTY, "sheet": NASTY, "cell": "A1"},
                },
                "inputs": [], "seen": True,
            },
            "en",
        ),
    ],
    ids=["line", "table", "styled", "tree", "explanation"],
)  # fmt: skip
def test_nothing_that_is_printed_is_obeyed(made: Any) -> None:
    kept = io.StringIO()
    shown = plain_console(file=kept, width=200)
    shown.print(made)
    shown.rule(NASTY)
    assert unfolded(SHOWN) in unfolded(kept.getvalue())
    assert not re.search(r"[\x1b\x9b\u202e]", kept.getvalue())
    assert not isinstance(made, str) or kept.getvalue().startswith(SHOWN)


def test_findings_and_json_are_shown_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    said = Label(NASTY, NASTY)
    print_findings([Finding("rule", "error", NASTY, said, said)], "en")
    console().print(NASTY)
    lists = capsys.readouterr().out
    assert unfolded(lists).count("[/nope]") == 4
    print_json({"says": NASTY})
    told = capsys.readouterr().out
    assert json.loads(told) == {"says": NASTY}
    assert not re.search(r"[\x1b\x9b\u202e]", lists + told)


def test_verdicts_keep_their_shape_and_colour() -> None:
    assert [str(show_verdict(one, "en").style) for one in MARKS] == [colour for _, colour in MARKS.values()]
    assert counts_row({"met": 2}, "en").plain.startswith("● met 2   ▲")


@pytest.mark.parametrize("verb", ["accounts", "orders"])
def test_a_list_of_the_ledger_shows_what_was_typed(folder: Path, verb: str) -> None:
    done = call("ledger", verb, folder)
    assert done.exception is None, done.exception
    assert all(word in done.stdout for word in MARKED.split())
    assert "\x1b" not in done.stdout


def test_a_statement_shows_what_was_typed(folder: Path) -> None:
    done = call("ledger", "statement", folder, NAME)
    assert done.exception is None, done.exception
    assert unfolded(done.stdout).count(unfolded(MARKED)) >= 2
    assert NAME in unfolded(call("ledger", "balances", folder, "ccer").stdout)


def test_a_refusal_shows_what_was_typed(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("sys.argv", ["dafeng", "ledger", "statement", str(folder), NASTY])
    with pytest.raises(SystemExit):
        cli.main()
    told = capsys.readouterr().err
    assert (SHOWN in told, "\x1b" in told) == (True, False)


@pytest.mark.parametrize("module", sorted(SHELVES.glob("*.py")), ids=lambda one: one.name)
def test_no_command_prints_past_the_plain_console(module: Path) -> None:
    """Consoles, tables and trees are made in one place; what goes to a stream goes through ``write_error``."""
    text = module.read_text(encoding="utf-8")
    made = re.findall(
        r"\b(?:Console|Table|Tree|Panel|Columns|from_markup)\(|markup=True|emoji=True|\[/\w*\]|(?<![.\w])print\(", text
    )
    written = re.findall(r"sys\.std(?:out|err)\.write\((?!\"|\S*\.sub|f\"\{plain)", text)
    allowed = {"printing.py": ["Table(", "Tree("], "plain.py": []}
    assert ([one for one in made if one not in allowed.get(module.name, [])], written) == ([], [])
