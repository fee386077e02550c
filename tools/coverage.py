"""Write docs/coverage.md from the register of systems: ``python -m tools.coverage``, or ``--check`` to compare only.

Invariant: nothing is said to work that no existing test is named for.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
REGISTER = ROOT / "src/dafeng/data/coverage.yaml"
PAGE = ROOT / "docs/coverage.md"
HEAD = """# Coverage

The systems that the two plans order, what of each works today, and the test that shows it.
What no test shows is not listed as working.
Written by `tools/coverage.py` from `src/dafeng/data/coverage.yaml`.

| system | | works | lacks |
|---|---|---|---|
"""


def systems(path: Path) -> list[dict[str, Any]]:
    """Read the register."""
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["systems"])


def render(listed: list[dict[str, Any]]) -> str:
    """Return the page for the systems of the register."""
    return HEAD + "".join(_row(system) for system in listed) + "".join(_part(system) for system in listed)


def _row(system: dict[str, Any]) -> str:
    link = f"[{system['id']}](#{system['id'].lower()})"
    return f"| {link} | {system['en']} · {system['zh']} | {len(system['works'])} | {len(system['lacks'])} |\n"


def _part(system: dict[str, Any]) -> str:
    ordered = ", ".join(f"{city} {clause}" for city, clause in system["ordered"].items())
    works = [f"- {row['en']}  \n  {row['zh']}  \n  `{row['test']}`\n" for row in system["works"]] or ["- nothing yet\n"]
    lacks = [f"- {row['en']}  \n  {row['zh']}\n" for row in system["lacks"]] or ["- nothing known\n"]
    return (
        f'\n<a id="{system["id"].lower()}"></a>\n## {system["id"]} {system["en"]} · {system["zh"]}\n\n'
        f"Ordered in: {ordered or '–'}.\n\n"
        f"**Works**\n\n{''.join(works)}\n**Lacks**\n\n{''.join(lacks)}"
    )


def unshown(listed: list[dict[str, Any]], root: Path) -> list[str]:
    """Named tests that do not exist, as ``S01: tests/plans/test_x.py::test_y``."""
    return [f"{system['id']}: {row['test']}" for system in listed for row in system["works"] if not _exists(row["test"], root)]


def _exists(node: str, root: Path) -> bool:
    name, _, function = node.partition("::")
    path = root / name
    if not path.is_file() or not function.startswith("test_"):
        return False
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(part, ast.FunctionDef) and part.name == function for part in ast.walk(tree))


def main(arguments: list[str]) -> int:
    """Write the page or compare it; return the exit status."""
    listed = systems(REGISTER)
    page = render(listed)
    if "--check" in arguments:
        return int(PAGE.read_text(encoding="utf-8") != page)
    PAGE.write_text(page, encoding="utf-8")
    print("\n".join(f"no such test: {node}" for node in unshown(listed, ROOT)), end="")
    return int(bool(unshown(listed, ROOT)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
