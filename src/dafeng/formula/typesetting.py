"""Expressions typeset as presentation MathML, which browsers show without a script.

Invariant: the markup is well formed whatever the names, symbols and values hold, and uses only elements of
MathML Core; it shows the same tree as the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from dafeng.formula.expression import STRONGEST, Apply, Expression, Name, Node, Number, fold, needs_brackets, rank

_SIGNS: Mapping[str, str] = {"+": "+", "-": "−", "*": "×", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_AMOUNT = re.compile(r"([−+-]?\d[\d,.\u00a0\u2009\u202f ]*)(\D.*)?")


def typeset(
    expression: Expression,
    symbols: Mapping[str, str],
    *,
    values: Mapping[str, str] | None = None,
    subject: str | None = None,
    result: str | None = None,
) -> str:
    """Expression as MathML.

    Parameters
    ----------
    expression : Expression
        What to set.
    symbols : mapping
        Symbol for each name, and for each kernel: ``FC_i`` is set with a subscript, other text upright if it is
        longer than one letter. A name without one is set itself, what follows its first ``_`` as subscript.
    values : mapping, optional
        Text of the number and unit for each name: ``1 200 t``; set in place of the symbols it is given for.
    subject : str, optional
        Symbol of what the expression gives; then it stands before an equals sign.
    result : str, optional
        Text of the value and its unit; then it stands behind an equals sign.

    Returns
    -------
    str
        One ``math`` element in display style.
    """
    numbers = values or {}

    def visit(node: Node, parts: tuple[str, ...]) -> str:
        if isinstance(node, Number):
            return _number(node)
        if isinstance(node, Name):
            return _quantity(numbers[node.id]) if node.id in numbers else _symbol(symbols.get(node.id, node.id))
        return _applied(node, parts, symbols)

    body = [fold(expression.root, visit)]
    head = [_symbol(subject)] if subject else []
    tail = [_quantity(result)] if result else []
    inner = "<mo>=</mo>".join((*head, *body, *tail))
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow>{inner}</mrow></math>'


def _number(node: Number) -> str:
    text = node.text.lstrip("-")
    mantissa, _, exponent = text.lower().partition("e")
    plain = f"<mn>{mantissa}</mn>"
    if exponent:
        power = f"<msup><mn>10</mn>{_signed(str(int(exponent)))}</msup>"
        plain = f"<mrow>{plain}<mo>×</mo>{power}</mrow>"
    return f"<mrow><mo>−</mo>{plain}</mrow>" if node.text.startswith("-") else plain


def _signed(text: str) -> str:
    return f"<mrow><mo>−</mo><mn>{text[1:]}</mn></mrow>" if text.startswith("-") else f"<mn>{text}</mn>"


def _quantity(text: str) -> str:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return f"<mtext>{_safe(text.strip())}</mtext>"
    unit = f'<mspace width="0.2em"/><mtext>{_safe(found[2])}</mtext>' if found[2] else ""
    return f"<mrow><mn>{_safe(found[1].strip())}</mn>{unit}</mrow>"


def _symbol(text: str) -> str:
    base, _, below = text.partition("_")
    if not base or not below:
        return _letter(text)
    return f"<msub>{_letter(base)}<mtext>{_safe(below.replace('_', ' '))}</mtext></msub>"


def _letter(text: str) -> str:
    if len(text) == 1:
        return f"<mi>{_safe(text)}</mi>"
    if text.isascii() and text.isalnum() and len(text) <= 4:
        return f'<mi mathvariant="normal">{text}</mi>'
    return f"<mtext>{_safe(text)}</mtext>"


def _applied(node: Apply, parts: tuple[str, ...], symbols: Mapping[str, str]) -> str:
    if node.what == "/":
        return f"<mfrac>{_row(parts[0])}{_row(parts[1])}</mfrac>"
    if node.what == "where":
        return _cases(parts)
    if rank(node) == STRONGEST:
        name = {"min": "min", "max": "max"}.get(node.what, symbols.get(node.what, node.what))
        return f"<mrow>{_symbol(name)}{_bracketed('<mo>,</mo>'.join(parts))}</mrow>"
    held = tuple(_bracketed(part) if _needs(node, n) else part for n, part in enumerate(parts))
    if node.what == "neg":
        return f"<mrow><mo>−</mo>{held[0]}</mrow>"
    if node.what == "**":
        return f"<msup>{_row(held[0])}{_row(held[1])}</msup>"
    return f"<mrow>{held[0]}<mo>{_safe(_SIGNS[node.what])}</mo>{held[1]}</mrow>"


def _needs(node: Apply, position: int) -> bool:
    """A fraction bar already groups what it holds, except under a power."""
    inner = node.operands[position]
    is_fraction = isinstance(inner, Apply) and inner.what == "/"
    return needs_brackets(node, position) and (not is_fraction or node.what == "**")


def _cases(parts: tuple[str, ...]) -> str:
    first = f"<mtr><mtd>{parts[1]}</mtd><mtd>{parts[0]}</mtd></mtr>"
    other = f"<mtr><mtd>{parts[2]}</mtd><mtd><mtext>否则 / otherwise</mtext></mtd></mtr>"
    return f'<mrow><mo stretchy="true">{{</mo><mtable columnalign="left left">{first}{other}</mtable></mrow>'


def _bracketed(inner: str) -> str:
    return f'<mrow><mo stretchy="true">(</mo>{inner}<mo stretchy="true">)</mo></mrow>'


def _row(inner: str) -> str:
    return f"<mrow>{inner}</mrow>"


def _safe(text: str) -> str:
    return escape("".join(sign for sign in text if sign.isprintable()))
