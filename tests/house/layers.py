"""Rule: which package may import which other, and which outside library belongs to which package.

The layers themselves are import-linter contracts in ``pyproject.toml``; here stand the exclusive libraries.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.tree import Module

OWNERS = {
    "duckdb": {"dafeng.store"},
    "sqlglot": {"dafeng.store"},
    "sqlalchemy": {"dafeng.store"},
    "alembic": {"dafeng.store"},
    "pyspark": {"dafeng.store"},
    "pysail": {"dafeng.store"},
    "sqlite3": {"dafeng.store"},
    "psycopg": {"dafeng.store"},
    "pint": {"dafeng.core.ratios"},
    "clarabel": {"dafeng.energy"},
    "highspy": {"dafeng.energy"},
    "h5netcdf": {"dafeng.energy"},
    "pvlib": {"dafeng.energy"},
    "windpowerlib": {"dafeng.energy"},
    "fastapi": {"dafeng.web"},
    "starlette": {"dafeng.web"},
    "uvicorn": {"dafeng.web"},
    "jinja2": {"dafeng.web", "dafeng.reports"},
    "typer": {"dafeng.cli"},
    "argon2": {"dafeng.store"},
    "itsdangerous": {"dafeng.web"},
    "docx": {"dafeng.readers", "dafeng.reports"},
    "lxml": {"dafeng.readers"},
    "pypdfium2": {"dafeng.readers.glyphs"},
    "xlsxwriter": {"dafeng.readers", "dafeng.reports"},
    "lark": {"dafeng.plans"},
    "cn2an": {"dafeng.plans"},
    "opencc": {"dafeng.plans"},
}


def imported(module: Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a module imports, wherever the import stands."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def misplaced(module: Module) -> list[str]:
    """Imports of a library that belongs to another package."""
    return [
        f"{module.path}:{line} imports {name}, which belongs to {', '.join(sorted(OWNERS[top]))}"
        for line, name in imported(module)
        if (top := name.split(".")[0]) in OWNERS and not any(_inside(module.name, owner) for owner in OWNERS[top])
    ]


def _inside(name: str, owner: str) -> bool:
    return name == owner or name.startswith(owner + ".")


def circular(module: Module) -> list[str]:
    """Relative imports, and imports of the whole package, which only the command line may offer: a part names the part."""
    whole = set() if module.package == "cli" else {"dafeng"}
    return [
        f"{module.path}:{line} imports {name!r}; name the module it comes from"
        for line, name in imported(module)
        if name in whole or name.startswith(".")
    ]


def bypassing(module: Module) -> list[str]:
    """Imports of ``reports`` by the command line, which meets it only by the name it is registered under."""
    return [
        f"{module.path}:{line} imports {name}; load it from the group dafeng.presenters"
        for line, name in imported(module)
        if module.package == "cli" and name.startswith("dafeng.reports")
    ]
