"""The source tree as the house tests see it: modules with their text and syntax tree, and the tracked files.

Invariant: reading needs no import of ``dafeng``, so that a module which cannot be imported is still judged.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "dafeng"
DATA = PACKAGE / "data"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One module: dotted name, file (for messages), text and syntax tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """Part of the house the module stands in: ``core``, ``cli`` …; empty for ``dafeng`` itself."""
        return [*self.name.split("."), ""][1]


@dataclass(frozen=True)
class Function:
    """One function or method with the names of what it stands in."""

    module: Module
    node: FunctionNode
    within: tuple[str, ...]
    in_function: bool

    @property
    def at(self) -> str:
        """Place for a message."""
        return f"{self.module.path}:{self.node.lineno} {'.'.join((*self.within, self.node.name))}"

    @property
    def is_public(self) -> bool:
        """Whether the name and all around it are public, and it is no local function."""
        return not self.in_function and not any(name.startswith("_") for name in (*self.within, self.node.name))

    @property
    def is_method(self) -> bool:
        """Whether it stands in a class."""
        return bool(self.within) and not self.in_function

    def decorators(self) -> set[str]:
        """Last names of the decorators: ``property``, ``command``, ``get`` …"""
        return {_last_name(decorator) for decorator in self.node.decorator_list}


def _last_name(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def module_of(text: str, name: str = "dafeng.core.sample") -> Module:
    """Module made of a text, as the self-tests of the rules use it."""
    return Module(name, f"{name.replace('.', '/')}.py", text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the package, sorted by name."""
    return tuple(sorted((_read(path) for path in PACKAGE.rglob("*.py")), key=lambda module: module.name))


def _read(path: Path) -> Module:
    parts = list(path.relative_to(SOURCE).with_suffix("").parts)
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(name, path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def functions(module: Module) -> Iterator[Function]:
    """All functions and methods of a module, local ones too."""
    yield from _walk(module, module.tree, (), in_function=False)


def _walk(module: Module, node: ast.AST, within: tuple[str, ...], *, in_function: bool) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            yield Function(module, child, within, in_function)
            yield from _walk(module, child, (*within, child.name), in_function=True)
        elif isinstance(child, ast.ClassDef):
            yield from _walk(module, child, (*within, child.name), in_function=in_function)
        else:
            yield from _walk(module, child, within, in_function=in_function)


def classes(module: Module) -> Iterator[ast.ClassDef]:
    """Public classes at the top of a module."""
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node


def is_dataclass(node: ast.ClassDef) -> bool:
    """Whether a class is decorated as a dataclass."""
    return any(_last_name(decorator) == "dataclass" for decorator in node.decorator_list)


def fields(node: ast.ClassDef) -> list[str]:
    """Public annotated fields of a class, without class variables."""
    return [
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and not statement.target.id.startswith("_")
        and "ClassVar" not in ast.unparse(statement.annotation)
    ]


def tracked(*patterns: str) -> list[Path]:
    """Files that are in the repository or about to be (not the ignored ones), sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def keep(problems: Iterable[str]) -> None:
    """Fail with one line per problem, if there is any."""
    listed = list(problems)
    if listed:
        raise AssertionError(f"{len(listed)} breaches of the rule:\n" + "\n".join(listed))
