"""Write docs/methods.md from the definitions of accounting: ``python -m tools.methods``, or ``--check`` to compare only.

Invariant: the page says nothing that the definitions and the engine do not say.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from dafeng.work.method_document import methods_document

PAGE = Path(__file__).parent.parent / "docs/methods.md"
HEAD = """# Methods

Every accounting method as its definition states it, with its worked examples as the engine computes them. Typeset equations
stand on the cockpit's page `methods`; [methods](verbs/methods.md) tells the same on the command line.
Written by `tools/methods.py` from `src/dafeng/data/methods` and `src/dafeng/data/packages`.
"""
Row = dict[str, Any]


def render(document: Row) -> str:
    """Return the page for all methods and guidelines."""
    parts = [HEAD]
    for field in document["fields"]:
        rows = [row for row in document["methods"] if row["field"] == field["id"]]
        if rows:
            parts.append(f"\n## {field['label']['en']} · {field['label']['zh']}\n")
            parts += [_method(row) for row in rows]
    parts.append("\n## guidelines · 清单指南\n")
    parts += [_guide(guide) for guide in document["guides"]]
    return "".join(parts)


def _method(row: Row) -> str:
    title = row["source"]["title"]
    source = " · ".join(part for part in (title["en"] if isinstance(title, dict) else title, row["source"]["clause"]) if part)
    equations = "\n".join(f"{one['id']}: {one['expression']}  [{row['unit']}]" for one in row["equations"])
    said = f"{_capital(row['title']['en'])}: {row['summary']['en']}."
    head = f"\n### `{row['id']}` {row['title']['zh']}\n\n{said}\n\nSource: {source}.\n"
    left_out = "".join(f"- left out: {one['says']['en']}\n" for one in row["exclusions"])
    unknown = "".join(f"- unknown in `{one['guide']}`: {one['says']['en']}\n" for one in row["unknown"])
    notes = f"\n{left_out}{unknown}" if left_out or unknown else ""
    return f"{head}\n```text\n{equations}\n```\n\n{_symbols(row)}\n{_editions(row)}{notes}\n{_examples(row)}"


def _symbols(row: Row) -> str:
    lines = ["| name | symbol | meaning | unit | from |", "|---|---|---|---|---|"]
    for one in row["symbols"]:
        whence = {"activity": "facts", "time": "the years", "constant": f"constant {one['value']}"}.get(one["kind"])
        whence = whence or f"factor library: `{one['parameter']}`, `{one['purpose']}`"
        cells = (
            f"`{one['name']}`",
            one["symbol"],
            f"{one['label']['en']} · {one['label']['zh']}",
            " / ".join(one["units"]),
            whence,
        )
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _editions(row: Row) -> str:
    lines = ["| edition | equation | factors from, in order | guidelines |", "|---|---|---|---|"]
    for one in row["editions"]:
        standards = ", ".join(f"`{standard['id']}`" for standard in one["standards"])
        lines.append(
            _line((f"`{one['id']}` {one['label']['en']}", one["equation"], standards, ", ".join(one["guides"]) or "–"))
        )
    return "\n".join(lines) + "\n"


def _examples(row: Row) -> str:
    lines = ["| worked example | engine | source | agrees | by |", "|---|---|---|---|---|"]
    for one in row["examples"]:
        given = f"{one['edition']}: {one['carrier']['en']} {one['value']} {one['unit']}, {one['place']}, {one['year']}"
        result = f"{one['result']} {row['unit']}" if one["result"] is not None else "–"
        lines.append(_line((given, result, one["expected"], "yes" if one["holds"] else "**no**", one["by"]["says"])))
    return "\n".join(lines) + "\n"


def _guide(guide: Row) -> str:
    replaced = f", replaced by `{guide['replaced_by']}`" if guide["replaced_by"] else ""
    unknown = "".join(f"- unknown, `{one['category']}`: {one['says']['en']}\n" for one in guide["unknown"])
    used = ", ".join(f"`{one['id']}` {one['edition']}" for one in guide["methods"])
    return (
        f"\n### `{guide['id']}` {guide['label']['zh']}\n\n{_capital(guide['label']['en'])}, since {guide['since']}{replaced}. "
        f"Potentials `{guide['warming']}`: {guide['warming_says']['en']}.\n\nMethods: {used}.\n\n{unknown}"
    )


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def main(arguments: list[str]) -> int:
    """Write the page or compare it; return the exit status."""
    page = render(methods_document()).replace("\n\n\n", "\n\n").rstrip() + "\n"
    if "--check" in arguments:
        return int(PAGE.read_text(encoding="utf-8") != page)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
