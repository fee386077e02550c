"""A method in print: its names and symbols, its equations and its computed cells as MathML.

Invariant: what is set is the expression that the engine evaluates, with the numbers it used.
"""

from __future__ import annotations

from dafeng.core.labels import Label, Language
from dafeng.core.units import unit
from dafeng.formula import typeset
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import TIMES, Method
from dafeng.methods.explanation import cell_symbols, cell_values, plain
from dafeng.methods.inventory import Computed
from dafeng.methods.kernels import KERNELS


def method_labels(method: Method, library: FactorLibrary) -> dict[str, Label]:
    """Words of every name in the equations of a method.

    Parameters
    ----------
    method : Method
        The method.
    library : FactorLibrary
        Names of parameters.

    Returns
    -------
    dict of str to Label
        Kernels, times, factors, constants and the activity by name.
    """
    kernels = {name: kernel.label for name, kernel in KERNELS.items()}
    factors = {name: library.label("parameter", need.parameter) for name, need in method.factors.items()}
    constants = {constant.name: constant.label for constant in method.constants.values()}
    return {**kernels, **TIMES, **factors, **constants, method.activity.name: method.activity.label}


def method_symbols(method: Method, library: FactorLibrary) -> dict[str, str]:
    """Symbols of every name in the equations of a method.

    Parameters
    ----------
    method : Method
        The method.
    library : FactorLibrary
        Symbols of parameters.

    Returns
    -------
    dict of str to str
        Where the library has no symbol for a parameter, the name itself; a constant in numbers.
    """
    factors = {name: _symbol(library, need.parameter) or name for name, need in method.factors.items()}
    constants = {constant.name: plain(constant.value) for constant in method.constants.values()}
    return {**factors, **constants, method.activity.name: method.activity.symbol}


def typeset_equation(method: Method, name: str, library: FactorLibrary) -> str:
    """An equation in symbols.

    Parameters
    ----------
    method : Method
        The method.
    name : str
        Id of the equation.
    library : FactorLibrary
        Symbols.

    Returns
    -------
    str
        MathML; a constant stands with its number, its unit is in the table of symbols.
    """
    symbols = method_symbols(method, library)
    numbers = {name: symbols[name] for name in method.constants}
    return typeset(method.equations[name], symbols, values=numbers)


def typeset_cell(cell: Computed, library: FactorLibrary, language: Language) -> str:
    """A computed cell with its numbers.

    Parameters
    ----------
    cell : Computed
        The cell.
    library : FactorLibrary
        Symbols.
    language : {"zh", "en"}
        Language of the units.

    Returns
    -------
    str
        MathML that ends with the result.
    """
    expression = cell.method.equations[cell.method.editions[cell.edition].equation]
    result = f"{plain(cell.value)} {unit(cell.method.unit).read(language)}"
    return typeset(expression, cell_symbols(cell, library), values=cell_values(cell, language), result=result)


def _symbol(library: FactorLibrary, parameter: str) -> str:
    found = library.names.get(("parameter", parameter))
    return found[1] if found else ""
