"""Rule: size and shape of modules and functions, and constructs the house does without.

Every rule takes a module and returns one line per breach; no line means the rule is kept.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from statistics import median

from tests.house.tree import Function, Module, functions

MODULE_LINES = 600
MODULE_LINES_WANTED = 400
FUNCTION_LINES = 60
FUNCTION_MEDIAN = 10
BANNED = {"util", "utils", "helper", "helpers", "misc", "manager", "managers", "common", "base2", "stuff", "tools", "lib"}
FACE_DECORATORS = {
    "command", "callback", "get", "post", "put", "patch", "delete", "api_route", "websocket", "exception_handler", "middleware",
}  # fmt: skip
FROZEN_TYPES = ("Mapping", "Sequence", "Collection", "AbstractSet", "Set", "Final[Mapping", "Final[Sequence", "Final[tuple")
READING = {
    "open", "read_text", "read_bytes", "read_csv", "load", "loads", "safe_load", "connect", "create_engine", "glob", "rglob",
    "iterdir", "run", "Popen", "now", "getenv",
}  # fmt: skip


def lines_of(function: Function) -> int:
    """Lines of a function without its docstring and decorators."""
    node = function.node
    docstring = ast.get_docstring(node, clean=False)
    return (node.end_lineno or node.lineno) - node.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)


def long_module(module: Module) -> list[str]:
    """Modules over the limit."""
    count = module.text.count("\n")
    return [f"{module.path} has {count} lines, at most {MODULE_LINES}"] if count > MODULE_LINES else []


def long_functions(module: Module) -> list[str]:
    """Functions over the limit."""
    return [
        f"{function.at} has {lines_of(function)} lines, at most {FUNCTION_LINES}"
        for function in functions(module)
        if lines_of(function) > FUNCTION_LINES
    ]


def median_length(modules: tuple[Module, ...]) -> float:
    """Median of the lines of all functions."""
    return median([lines_of(function) for module in modules for function in functions(module)] or [0])


def banned_name(module: Module) -> list[str]:
    """Modules named after nothing."""
    return [
        f"{module.path}: a module is named after what it holds, not {part!r}"
        for part in module.name.split(".")
        if part in BANNED
    ]


def caught_all(module: Module) -> list[str]:
    """Handlers that catch everything."""
    return [
        f"{module.path}:{node.lineno} catches everything; name the errors"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node.type)
    ]


def _catches_all(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_catches_all(element) for element in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"})


def starred(module: Module) -> list[str]:
    """Star imports."""
    return [
        f"{module.path}:{node.lineno} imports *"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]


def asserted(module: Module) -> list[str]:
    """Assert statements: they vanish under -O and end in a traceback."""
    return [
        f"{module.path}:{node.lineno} asserts; raise an error of core.errors that says what to do"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assert)
    ]


def postponed(module: Module) -> list[str]:
    """Marks of work left for later."""
    words = ("TO" + "DO", "FIX" + "ME", "X" * 3 + " ", "raise NotImplemented" + "Error")
    return [
        f"{module.path}:{number} says {word.strip()}; do it, or open an issue"
        for number, line in enumerate(module.text.splitlines(), 1)
        for word in words
        if word in line
    ]


def mutable_globals(module: Module) -> list[str]:
    """Lists, dicts and sets at the top of a module that any caller could change."""
    return [
        f"{module.path}:{node.lineno} keeps a mutable {type(value).__name__}; use a tuple, frozenset, MappingProxyType, "
        "or annotate it as Mapping or Sequence"
        for node, value in _assigned(module)
        if _is_mutable(value) and not _is_exempt(node)
    ]


def _assigned(module: Module) -> Iterator[tuple[ast.Assign | ast.AnnAssign, ast.expr]]:
    for node in module.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield node, node.value


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in {"list", "dict", "set", "defaultdict", "Counter", "deque"}
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def _is_exempt(node: ast.Assign | ast.AnnAssign) -> bool:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation).startswith(FROZEN_TYPES)
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)


def working_on_import(module: Module) -> list[str]:
    """Statements that do something while a module is imported."""
    if module.name.endswith("__main__"):
        return []
    loose = [node for node in module.tree.body if _acts(node)]
    reading = [call for _, value in _assigned(module) for call in _calls(value) if _called(call) in READING]
    return [f"{module.path}:{node.lineno} works on import; put it into a function" for node in (*loose, *reading)]


def _acts(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" not in ast.unparse(node.test) and "__name__" not in ast.unparse(node.test)
    return isinstance(node, ast.For | ast.While | ast.With | ast.Delete | ast.AugAssign)


def _calls(value: ast.expr) -> list[ast.Call]:
    if isinstance(value, ast.Lambda):
        return []
    return [node for node in ast.walk(value) if isinstance(node, ast.Call)]


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def loose_parameters(module: Module) -> list[str]:
    """Public functions that take ``**kwargs``, or options that are not keyword-only."""
    return [
        f"{function.at}: {problem}"
        for function in functions(module)
        if function.is_public
        and not function.decorators() & FACE_DECORATORS
        and (module.name, function.node.name) not in MIRRORS
        for problem in _loose(function.node.args, verb=function.node.name in VERBS)
    ]


MIRRORS = frozenset({("dafeng.energy.interop.pypsa_objects", "solve")})
"""Stand in place of another tool's function and take its arguments as they come; what is not known is refused by name."""
VERBS = frozenset({"ingest", "measure", "project", "present"})
"""Verbs whose second argument is their object, handed on by the verb before (``measure(city, run)``) or the city's own."""


def _loose(arguments: ast.arguments, *, verb: bool) -> Iterator[str]:
    if arguments.kwarg is not None:
        yield f"takes **{arguments.kwarg.arg}; name the options"
    if len(arguments.defaults) > int(verb):
        yield "has an option that is not keyword-only; put * before it"


def unannotated(module: Module) -> list[str]:
    """Functions with an argument or a result without a type."""
    return [f"{function.at}: {name} has no type" for function in functions(module) for name in _untyped(function)]


def _untyped(function: Function) -> Iterator[str]:
    arguments = function.node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    own = {"self", "cls"} if function.within else set()
    yield from (argument.arg for argument in named if argument and argument.annotation is None and argument.arg not in own)
    if function.node.returns is None:
        yield "the result"
