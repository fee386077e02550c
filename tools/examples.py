"""Run the Python of the documents and put what it prints beneath it: ``python -m tools.examples [PAGE]...``.

Invariant: a printed output in a document is what its code printed on copies of the cities; the checkout's own stay untouched.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.zh.md", "docs/*.md", "docs/verbs/*.md")
MADE = shutil.ignore_patterns("facts", "runs", "reports", "reviews", "records.*")
EXAMPLE = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n.*?```\n", re.DOTALL)


def fill(text: str) -> str:
    """Return a page with the output of every example that shows one; the examples of a page share their names."""
    names: dict[str, object] = {"__name__": "__main__"}

    def run(match: re.Match[str]) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(match["code"], "example", "exec"), names)
        return f"```python\n{match['code']}```\n\n```text\n{printed.getvalue().rstrip()}\n```\n"

    return EXAMPLE.sub(run, text)


def pages(arguments: list[str]) -> list[Path]:
    """List the named pages, or all pages that show an output."""
    named = [Path(argument).resolve() for argument in arguments]
    found = named or [path for pattern in PAGES for path in sorted(ROOT.glob(pattern))]
    return [path for path in found if EXAMPLE.search(path.read_text(encoding="utf-8"))]


def main(arguments: list[str]) -> int:
    """Fill the pages; each runs on fresh copies of the cities."""
    for path in pages(arguments):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "cities", Path(folder) / "cities", ignore=MADE)
            os.chdir(folder)
            filled = fill(path.read_text(encoding="utf-8"))
            os.chdir(ROOT)
        path.write_text(filled, encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
