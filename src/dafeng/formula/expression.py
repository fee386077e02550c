"""An expression as a small immutable tree, and the one walk that every reader of it uses.

Invariant: parsing the printed form gives the same tree. The walk needs no recursion, so its depth is no
limit of Python's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
"""Comparisons; they only decide a ``where`` or stand alone."""
FUNCTIONS = ("min", "max", "where")
"""Functions that every reader knows; all others are registered kernels."""
RANKS: Mapping[str, int] = {**dict.fromkeys(COMPARISONS, 1), "+": 2, "-": 2, "*": 3, "/": 3, "neg": 4, "**": 5}
"""Binding strength of the operators; names, numbers and calls bind strongest."""
STRONGEST = 6


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written.

    Parameters
    ----------
    text : str
        Its digits; a minus sign only in an exponent.
    start, end : int
        Half-open range in the expression's text. [characters]
    """

    text: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def value(self) -> Fraction:
        """The number, exactly."""
        return Fraction(self.text)


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity.

    Parameters
    ----------
    id : str
        Its name.
    start, end : int
        Half-open range in the expression's text. [characters]
    """

    id: str
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator, function or kernel applied to operands.

    Parameters
    ----------
    what : str
        ``+ - * / ** neg``, a comparison, ``min max where``, or the name of a kernel.
    operands : tuple of node
        What it is applied to.
    start, end : int
        Half-open range in the expression's text. [characters]
    """

    what: str
    operands: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Node = Number | Name | Apply
"""One node of an expression."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; equal to every other spelling of the same tree.

    Parameters
    ----------
    root : node
        The tree.
    text : str
        As it was written.
    """

    root: Node
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return write(self.root)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the quantities, each once, in the order they first appear."""
        return tuple(dict.fromkeys(node.id for node in walk(self.root) if isinstance(node, Name)))

    @property
    def kernels(self) -> tuple[str, ...]:
        """Names of the registered kernels it calls, each once."""
        known = {*RANKS, *FUNCTIONS}
        called = (node.what for node in walk(self.root) if isinstance(node, Apply))
        return tuple(dict.fromkeys(what for what in called if what not in known))


def walk(root: Node) -> tuple[Node, ...]:
    """All nodes, operands before what is applied to them, from left to right.

    Parameters
    ----------
    root : node
        Where to start.

    Returns
    -------
    tuple of node
        The nodes; the last is `root`.
    """
    ordered, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        ordered.append(node)
        waiting.extend(node.operands if isinstance(node, Apply) else ())
    return tuple(reversed(ordered))


def fold(root: Node, visit: Callable[[Node, tuple[T, ...]], T]) -> T:
    """Value of a tree, from the values of its parts.

    Parameters
    ----------
    root : node
        The tree.
    visit : callable
        Takes a node and the values of its operands, gives the value of the node.

    Returns
    -------
    object
        Value of `root`.
    """
    values: list[T] = []
    for node in walk(root):
        count = len(node.operands) if isinstance(node, Apply) else 0
        own = tuple(values[len(values) - count :])
        del values[len(values) - count :]
        values.append(visit(node, own))
    return values[0]


def rank(node: Node) -> int:
    """Binding strength of a node.

    Parameters
    ----------
    node : node
        Any node.

    Returns
    -------
    int
        1 (comparison) to 6 (name, number, call).
    """
    return RANKS.get(node.what, STRONGEST) if isinstance(node, Apply) else STRONGEST


def needs_brackets(node: Apply, position: int) -> bool:
    """Whether an operand must stand in brackets.

    Parameters
    ----------
    node : Apply
        An operator.
    position : int
        Which of its operands.

    Returns
    -------
    bool
        True if without brackets the text would mean another tree, or two signs would meet.
    """
    own, inner = rank(node), rank(node.operands[position])
    if node.what == "**":
        return position == 0 and inner < STRONGEST
    if inner == RANKS["neg"] and (position > 0 or node.what == "neg"):
        return True  # a - (-b) and -(-b): no tree would change, but an eye would
    if node.what == "neg":
        return inner < own
    return inner < own or (inner == own and position > 0)


def write(root: Node) -> str:
    """Text of a tree with no more brackets than needed.

    Parameters
    ----------
    root : node
        The tree.

    Returns
    -------
    str
        Text that parses to the same tree.
    """
    return fold(root, _written)


def _written(node: Node, parts: tuple[str, ...]) -> str:
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Name):
        return node.id
    if node.what not in RANKS:
        return f"{node.what}({', '.join(parts)})"
    held = [f"({part})" if needs_brackets(node, n) else part for n, part in enumerate(parts)]
    return f"-{held[0]}" if node.what == "neg" else f" {node.what} ".join(held)
