"""Definitions of accounting with everything they refer to: methods, guidelines, factors, sources.

Invariant: what ships is read once and never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dafeng.core.sources import Source
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.sources import read_sources
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method
from dafeng.methods.packages import Package, read_packages


@dataclass(frozen=True, slots=True)
class MethodShelf:
    """Definitions of one place with what they refer to.

    Parameters
    ----------
    methods : mapping of str to Method
        Methods by id.
    packages : mapping of str to Package
        Guidelines by id.
    library : FactorLibrary
        Factors and names.
    sources : mapping of str to Source
        Sources by id.
    """

    methods: Mapping[str, Method]
    packages: Mapping[str, Package]
    library: FactorLibrary
    sources: Mapping[str, Source]


def read_shelf(overlay: Path | None) -> MethodShelf:
    """Definitions of one place.

    Parameters
    ----------
    overlay : Path or None
        A ``data`` folder laid over what ships.

    Returns
    -------
    MethodShelf
        What ships is read once.

    Raises
    ------
    DefinitionError
        If a definition is refused.
    """
    return _shipped() if overlay is None else _read(overlay)


@cache
def _shipped() -> MethodShelf:
    return _read()


def _read(*folders: Path) -> MethodShelf:
    methods = read_methods(*folders)
    return MethodShelf(methods, read_packages(methods, *folders), read_factors(*folders), read_sources(*folders))
