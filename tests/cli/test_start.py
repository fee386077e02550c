"""A command waits only for what it uses: the list of commands loads no engine, a bulk account loads no second one."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.activity_rows import write_rows

HEAVY = ("numpy", "pyarrow", "duckdb", "sqlalchemy", "scipy", "pandas", "pint", "sqlglot", "pydantic", "fastapi", "cn2an")


def loaded(code, *arguments):
    """Names of HEAVY that a program has loaded when it ends."""
    asked = f"{code}\nprint(*({set(HEAVY)} & sys.modules.keys()))"
    command = [sys.executable, "-c", f"import sys\n{asked}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ})
    return set(done.stdout.splitlines()[-1].split())


def test_the_list_of_commands_loads_no_engine():
    assert loaded("import typer\nfrom dafeng.cli.main import app\ntyper.main.get_command(app)") == set()


def test_a_bulk_account_loads_only_what_sums(tmp_path):
    write_rows(tmp_path / "rows.parquet", 1000, seed=5)
    code = "import dafeng as df\nassert df.aggregate(sys.argv[1]).rows.delivered == 1000"
    assert loaded(code, str(tmp_path / "rows.parquet")) == {"numpy", "pyarrow", "duckdb"}
