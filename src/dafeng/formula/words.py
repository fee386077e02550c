"""Expressions in words: one sentence per language, with the numbers filled in where they are given.

Invariant: the sentence says the same tree as the text; brackets stand where the order would else be read wrongly.
"""

from __future__ import annotations

from collections.abc import Mapping

from dafeng.core.labels import Label, Language
from dafeng.formula.expression import RANKS, Apply, Expression, Name, Node, Number, fold, needs_brackets

_SIGNS: Mapping[str, str] = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_SUPERSCRIPTS = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_CHINESE: Mapping[str, str] = {"<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于", "==": "等于", "!=": "不等于"}
_ENGLISH: Mapping[str, str] = {
    "<": "is less than",
    "<=": "is at most",
    ">": "is greater than",
    ">=": "is at least",
    "==": "equals",
    "!=": "differs from",
}


def words(
    expression: Expression,
    labels: Mapping[str, Label],
    *,
    values: Mapping[str, str] | None = None,
    subject: Label | None = None,
    result: str | None = None,
) -> Label:
    """Expression in words.

    Parameters
    ----------
    expression : Expression
        What to say.
    labels : mapping
        Label for each name, and for each kernel; a name without one stands as it is.
    values : mapping, optional
        Text of the number and unit for each name, as it is to be read: ``1 200 t``.
    subject : Label, optional
        What the expression gives; then the sentence begins with it.
    result : str, optional
        Text of the value and its unit; then the sentence ends with it.

    Returns
    -------
    Label
        ``热量 = 燃烧量（1 200 t）× 低位发热量（26.7 GJ/t）= 32 040 GJ`` and the same in English.
    """
    return Label(*(say(expression, labels, each, values=values, subject=subject, result=result) for each in ("zh", "en")))


def say(
    expression: Expression,
    labels: Mapping[str, Label],
    language: Language,
    *,
    values: Mapping[str, str] | None = None,
    subject: Label | None = None,
    result: str | None = None,
) -> str:
    """Expression in the words of one language, for numbers that are written otherwise in the other.

    Parameters
    ----------
    expression, labels, values, subject, result
        As for ``words``.
    language : {"zh", "en"}
        Which one.

    Returns
    -------
    str
        The sentence.
    """
    shown = values or {}

    def visit(node: Node, parts: tuple[str, ...]) -> str:
        if isinstance(node, Number):
            return node.text.replace("-", "−")
        if isinstance(node, Name):
            return _named(labels[node.id].read(language) if node.id in labels else node.id, shown.get(node.id), language)
        return _applied(node, parts, labels, language)

    said = fold(expression.root, visit)
    ends = (subject.read(language) if subject else None, said, result)
    return " = ".join(end for end in ends if end)


def _named(label: str, value: str | None, language: Language) -> str:
    if value is None:
        return label
    return f"{label}（{value}）" if language == "zh" else f"{label} ({value})"


def _applied(node: Apply, parts: tuple[str, ...], labels: Mapping[str, Label], language: Language) -> str:
    if node.what in RANKS:
        parts = tuple(_held(part, needs_brackets(node, n), language) for n, part in enumerate(parts))
    if node.what in _SIGNS:
        return f"{parts[0]} {_SIGNS[node.what]} {parts[1]}"
    if node.what == "neg":
        return f"−{parts[0]}"
    if node.what == "**":
        return parts[0] + parts[1].translate(_SUPERSCRIPTS)
    return _chinese(node, parts, labels) if language == "zh" else _english(node, parts, labels)


def _held(text: str, needed: bool, language: Language) -> str:
    if not needed:
        return text
    return f"（{text}）" if language == "zh" else f"({text})"


def _chinese(node: Apply, parts: tuple[str, ...], labels: Mapping[str, Label]) -> str:
    if node.what in _CHINESE:
        return f"{parts[0]} {_CHINESE[node.what]} {parts[1]}"
    if node.what == "where":
        return f"（若 {parts[0]}，取 {parts[1]}，否则取 {parts[2]}）"
    if node.what in ("min", "max"):
        return f"（{'、'.join(parts)} 中的{'最小' if node.what == 'min' else '最大'}者）"
    return f"{labels[node.what].zh if node.what in labels else node.what}（{'，'.join(parts)}）"


def _english(node: Apply, parts: tuple[str, ...], labels: Mapping[str, Label]) -> str:
    if node.what in _ENGLISH:
        return f"{parts[0]} {_ENGLISH[node.what]} {parts[1]}"
    if node.what == "where":
        return f"({parts[1]} if {parts[0]}, otherwise {parts[2]})"
    if node.what in ("min", "max"):
        return f"(the {'least' if node.what == 'min' else 'greatest'} of {', '.join(parts[:-1])} and {parts[-1]})"
    return f"{labels[node.what].en if node.what in labels else node.what}({', '.join(parts)})"
