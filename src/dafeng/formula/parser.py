"""Text to expression: Python's grammar, of which only what an equation needs is let through.

Invariant: whatever the input, the answer is an `Expression` or a `FormulaError` that names the character;
long, deep or exploding input is refused before work is spent on it.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Mapping

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label
from dafeng.formula.expression import COMPARISONS, FUNCTIONS, Apply, Expression, Name, Node, Number, fold

LONGEST = 4000
"""Characters an expression may have."""
MOST_OPERATORS = 400
"""Operators, commas and opening brackets an expression may have."""
DEEPEST = 100
"""Levels of operands an expression may have."""
HIGHEST_POWER = 9
"""Largest exponent, by size."""
HIGHEST_DEGREE = 512
"""Largest total degree: bounds the digits of an exact result."""
LONGEST_NUMBER = 30
"""Characters a number may have."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?)(?![A-Za-z_0-9.])"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<operator>\*\*|<=|>=|==|!=|[-+*/()<>,]))",
)
_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_HINTS: Mapping[str, tuple[str, str]] = {
    "^": ("乘方写作 **", "write ** for a power"),
    "×": ("乘号写作 *", "write * for a product"),
    "÷": ("除号写作 /", "write / for a quotient"),
    "=": ("只写等号右边；比较写作 ==", "write the right-hand side only; a comparison is =="),
    "%": ("百分数写作 0..1 的数", "write a share as a number 0..1"),
    ".": ("名称中不能有点", "a name has no dot"),
}


def parse(text: str, *, kernels: Collection[str] = (), where: str = "formula") -> Expression:
    """Expression from its text.

    Parameters
    ----------
    text : str
        Names, numbers, ``+ - * /``, ``**`` with a whole number, comparisons, ``min max where``, kernels.
    kernels : collection of str
        Names of registered kernels that may be called.
    where : str
        What to call the place in messages: a definition's id.

    Returns
    -------
    Expression
        The tree.

    Raises
    ------
    FormulaError
        If the text is empty, too long, too deep, no expression, or uses anything else.
    """
    line = re.sub(r"\s", " ", text)
    _check_tokens(line, where)
    try:
        tree = ast.parse(line.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as cause:
        at = getattr(cause, "offset", None) or 1
        raise _error(where, at, "写法不完整或不符合语法", "this is no complete expression", line) from cause
    reader = _Reader(line.strip(), frozenset(kernels), where)
    root = reader.read(tree.body, 0)
    if _degree(root) > HIGHEST_DEGREE:
        raise _error(where, 1, "乘方叠加过高", "powers of powers grow too high", line)
    return Expression(root, line.strip())


class _Reader:
    """Carries text, kernels and place through one reading; made for one call of `parse`."""

    def __init__(self, text: str, kernels: frozenset[str], where: str) -> None:
        self.text, self.kernels, self.where = text, kernels, where

    def read(self, node: ast.expr, depth: int, *, choice: bool = True) -> Node:
        if depth > DEEPEST:
            raise self.refuse(node, "嵌套过深", "it is nested too deeply")
        start, end = node.col_offset, node.end_col_offset or node.col_offset
        if isinstance(node, ast.Constant):
            return Number(self.text[start:end], start, end)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.Compare) and choice:
            return self.comparison(node, depth)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        return self.operation(node, depth, start, end)

    def name(self, node: ast.Name) -> Node:
        if node.id in FUNCTIONS or node.id in self.kernels:
            raise self.refuse(node, f"“{node.id}”是函数，要带括号", f"'{node.id}' is a function and needs its operands")
        return Name(node.id, node.col_offset, node.end_col_offset or 0)

    def operation(self, node: ast.expr, depth: int, start: int, end: int) -> Node:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Apply("neg", (self.read(node.operand, depth + 1, choice=False),), start, end)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            return self.power(node, depth)
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            parts = tuple(self.read(part, depth + 1, choice=False) for part in (node.left, node.right))
            return Apply(_SIGNS[type(node.op)], parts, start, end)
        if isinstance(node, ast.Compare):
            raise self.refuse(node, "比较只能作 where 的条件或单独成式", "a comparison only decides a where, or stands alone")
        raise self.refuse(node, "用了不允许的写法", "it uses a construct that is not allowed")

    def power(self, node: ast.BinOp, depth: int) -> Node:
        negative = isinstance(node.right, ast.UnaryOp) and isinstance(node.right.op, ast.USub)
        digits = node.right.operand if isinstance(node.right, ast.UnaryOp) else node.right
        text = self.text[digits.col_offset : digits.end_col_offset] if isinstance(digits, ast.Constant) else ""
        if not text.isdigit() or not 0 < int(text) <= HIGHEST_POWER or (digits is not node.right and not negative):
            raise self.refuse(
                node.right,
                f"指数应为绝对值 1 到 {HIGHEST_POWER} 的整数",
                f"an exponent is a whole number from 1 to {HIGHEST_POWER}, or its negative",
            )
        exponent = Number(f"{'-' * negative}{int(text)}", node.right.col_offset, node.right.end_col_offset or 0)
        base = self.read(node.left, depth + 1, choice=False)
        return Apply("**", (base, exponent), node.col_offset, node.end_col_offset or 0)

    def comparison(self, node: ast.Compare, depth: int) -> Node:
        if len(node.ops) != 1 or type(node.ops[0]) not in _SIGNS:
            raise self.refuse(node, "比较只能有两边", "a comparison has two sides")
        parts = tuple(self.read(part, depth + 1, choice=False) for part in (node.left, node.comparators[0]))
        return Apply(_SIGNS[type(node.ops[0])], parts, node.col_offset, node.end_col_offset or 0)

    def call(self, node: ast.Call, depth: int) -> Node:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS and name not in self.kernels:
            known = ", ".join((*FUNCTIONS, *sorted(self.kernels)))
            raise self.refuse(node, f"没有这个函数；可用 {known}", f"there is no such function; known are {known}")
        wanted = len(node.args) == 3 if name == "where" else len(node.args) >= (2 if name in FUNCTIONS else 1)
        if node.keywords or not wanted:
            raise self.refuse(node, f"“{name}”的参数个数不对", f"'{name}' has the wrong number of operands")
        parts = tuple(self.read(p, depth + 1, choice=name == "where" and not n) for n, p in enumerate(node.args))
        if name == "where" and not (isinstance(parts[0], Apply) and parts[0].what in COMPARISONS):
            raise self.refuse(node.args[0], "where 的条件应是一个比较", "the condition of where is a comparison")
        return Apply(name, parts, node.col_offset, node.end_col_offset or 0)

    def refuse(self, node: ast.expr, zh: str, en: str) -> FormulaError:
        piece = self.text[node.col_offset : node.end_col_offset]
        return _error(self.where, node.col_offset + 1, zh, en, piece)


def _check_tokens(text: str, where: str) -> None:
    if not text.strip():
        raise _error(where, 1, "式子是空的", "the expression is empty", text)
    if len(text) > LONGEST:
        raise _error(where, LONGEST, f"式子超过 {LONGEST} 个字符", f"it has more than {LONGEST} characters", text)
    at = operators = depth = 0
    while text[at:].strip():
        token = _TOKEN.match(text, at)
        if token is None:
            raise _illegal(text, at, where)
        _check_token(token, where)
        operators += token["operator"] not in (None, ")")
        depth += {"(": 1, ")": -1}.get(token["operator"] or "", 0)
        if operators > MOST_OPERATORS or depth > DEEPEST:
            raise _error(where, token.end(), "式子过长或嵌套过深", "it is too long or nested too deeply", text)
        at = token.end()


def _check_token(token: re.Match[str], where: str) -> None:
    name, number = token["name"], token["number"]
    if name and (keyword.iskeyword(name) or len(name) > 80):
        raise _error(where, token.start("name") + 1, f"“{name}”不能作名称", f"'{name}' cannot be a name", name)
    if number and (len(number) > LONGEST_NUMBER or re.match(r"0\d", number)):
        zh, en = f"数“{number}”过长或以 0 开头", f"the number '{number}' is too long or begins with 0"
        raise _error(where, token.start("number") + 1, zh, en, number)


def _degree(root: Node) -> int:
    def count(node: Node, parts: tuple[int, ...]) -> int:
        if isinstance(node, Apply) and node.what == "**":
            return parts[0] * abs(int(node.operands[1].value)) if isinstance(node.operands[1], Number) else parts[0]
        return max(1, sum(parts))

    return fold(root, count)


def _illegal(text: str, at: int, where: str) -> FormulaError:
    place = at + len(text[at:]) - len(text[at:].lstrip())
    sign = text[place]
    zh, en = _HINTS.get(sign, ("", ""))
    return _error(
        where,
        place + 1,
        f"不允许“{sign}”{'；' if zh else ''}{zh}",
        f"'{sign}' is not allowed{'; ' if en else ''}{en}",
        text,
    )


def _error(where: str, at: int, zh: str, en: str, piece: str) -> FormulaError:
    shown = piece.strip() if len(piece.strip()) <= 60 else piece.strip()[:60] + "…"
    return FormulaError(
        Label(f"“{shown}”：{zh}", f"'{shown}': {en}" if shown else en),
        where=f"{where}, character {at}",
        expected=Label(
            "名称、数、+ - * / **、比较、min max where 和已登记的函数",
            "names, numbers, + - * / **, comparisons, min, max, where and registered kernels",
        ),
        remedy=Label("改正该处的写法", "correct the expression there"),
    )
