"""Rule: every module says what it is for, and every public name is described in numpydoc form.

A function with parameters names each of them, one with a result says what it returns; a dataclass names its fields.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

from tests.house.shape import FACE_DECORATORS
from tests.house.tree import Function, Module, classes, fields, functions, is_dataclass

MODULE_DOC_LINES = range(1, 9)
NO_RESULT = {"None", "NoReturn", "Never"}
UNDESCRIBED = {"overload", "override"}


def sections(docstring: str) -> dict[str, str]:
    """Text of the numpydoc sections by heading; the text before the first heading is under the empty name."""
    parts = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}$", inspect.cleandoc(docstring), flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def named(section: str) -> set[str]:
    """Names that a Parameters section describes: ``before, after : array`` gives two."""
    heads = [line.split(" : ")[0] for line in section.splitlines() if line and not line[0].isspace()]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def undescribed_module(module: Module) -> list[str]:
    """A module without opening words, or with so many that it hides two modules."""
    docstring = ast.get_docstring(module.tree)
    if not docstring:
        return [f"{module.path}: open with 2 to 6 lines: what it is for and its one invariant"]
    lines = len(docstring.splitlines())
    return [] if lines in MODULE_DOC_LINES else [f"{module.path}: the opening has {lines} lines; 2 to 6 say it"]


def undescribed_classes(module: Module) -> list[str]:
    """Public classes without description, and dataclasses whose description leaves out a field."""
    return [
        f"{module.path}:{node.lineno} {node.name}: {problem}" for node in classes(module) for problem in _class_problems(node)
    ]


def _class_problems(node: ast.ClassDef) -> Iterator[str]:
    docstring = ast.get_docstring(node)
    if not docstring:
        yield "has no docstring"
    elif is_dataclass(node):
        words = set(re.findall(r"\w+", docstring))
        yield from (f"does not describe its field {field!r}" for field in fields(node) if field not in words)


def undescribed_functions(module: Module) -> list[str]:
    """Public functions and methods without docstring, or with parameters or a result left out."""
    return [
        f"{function.at}: {problem}"
        for function in functions(module)
        if function.is_public and not function.decorators() & UNDESCRIBED
        for problem in _function_problems(function)
    ]


def _function_problems(function: Function) -> Iterator[str]:
    docstring = ast.get_docstring(function.node)
    if not docstring:
        yield "has no docstring"
    elif not _is_plain(function):
        told = sections(docstring)
        described = named(told.get("Parameters", ""))
        yield from (f"does not describe {name!r} under Parameters" for name in _parameters(function) if name not in described)
        if _has_result(function) and not {"Returns", "Yields"} & set(told):
            yield "does not say what it returns (section Returns)"


def _is_plain(function: Function) -> bool:
    """Properties are nouns, and what the faces decorate is shown to users as help text."""
    return bool(function.decorators() & ({"property", "cached_property", "setter"} | FACE_DECORATORS))


def _parameters(function: Function) -> list[str]:
    arguments = function.node.args
    named_arguments = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    return [argument.arg for argument in named_arguments if argument and argument.arg not in {"self", "cls"}]


def _has_result(function: Function) -> bool:
    return function.node.returns is not None and ast.unparse(function.node.returns) not in NO_RESULT
