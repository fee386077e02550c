"""Edition packages: which edition of which method makes an inventory, by which warming potentials.

Invariant: a package names only methods and editions that exist; what it does not list is no part of its inventory, and
what is unknown in it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml
from dafeng.methods.definition import Method

_FIELDS = frozenset(
    ("id", "label", "source", "since", "replaced_by", "warming", "warming_says", "methods", "unknown"),
)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something of an edition that nobody here has seen.

    Parameters
    ----------
    category : str
        Category, or the first part of several.
    says : Label
        What is unknown and what stands in, if anything does.
    """

    category: str
    says: Label


@dataclass(frozen=True, slots=True)
class Package:
    """One inventory guideline as a set of editions.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name in words.
    source : str
        Source id.
    since : int
        First year in which it applies.
    replaced_by : str or None
        Package that replaces it.
    warming : str
        Standard of the warming potentials.
    warming_says : Label
        Why this standard.
    editions : mapping of str to str
        Edition by method.
    unknown : tuple of Unknown
        What is unknown in it.
    """

    id: str
    label: Label
    source: str
    since: int
    replaced_by: str | None
    warming: str
    warming_says: Label
    editions: Mapping[str, str]
    unknown: tuple[Unknown, ...]

    def findings(self) -> tuple[Finding, ...]:
        """What is unknown in the package, as findings.

        Returns
        -------
        tuple of Finding
            One for the potentials and one for each gap.
        """
        remedy = Label(
            "取得原文后在 data/packages 与 data/factors 中补正", "mend data/packages and data/factors once the text is at hand"
        )
        rows = (("warming", self.warming_says), *((gap.category, gap.says) for gap in self.unknown))
        return tuple(Finding("package.unknown", f"{self.id}/{at}", "info", says, remedy) for at, says in rows)


def read_packages(methods: Mapping[str, Method], *folders: Path, files: Iterable[Path] | None = None) -> Mapping[str, Package]:
    """Packages that ship and those of overlay folders.

    Parameters
    ----------
    methods : mapping of str to Method
        Methods that exist.
    *folders : Path
        Overlay folders; their ``packages/*.yaml`` add packages, never edit them.
    files : iterable of Path, optional
        Definition files to read instead, e.g. those that a study has kept.

    Returns
    -------
    mapping of str to Package
        Package by id.

    Raises
    ------
    DefinitionError
        If a file breaks the schema or names a method, edition or package that does not exist.
    """
    known = read_sources(*folders)
    paths = definition_files(layers(*folders), "packages/*.yaml") if files is None else files
    return merged(_rows(paths, methods, known))


def choose_package(packages: Mapping[str, Package], name: str | None) -> Package:
    """Package of a name; the newest that nothing replaces where none is named.

    Parameters
    ----------
    packages : mapping of str to Package
        Packages.
    name : str or None
        Id of a package.

    Returns
    -------
    Package
        The package.

    Raises
    ------
    LookupFailure
        If there is no such package.
    """
    current = [package for package in packages.values() if package.replaced_by is None]
    if name is None:
        return max(current, key=lambda package: (package.since, package.id))
    if name not in packages:
        listed = ", ".join(packages)
        raise LookupFailure(
            Label(f"没有清单指南“{name}”", f"no inventory guideline '{name}'"),
            where=name,
            expected=Label(listed, f"one of {listed}"),
            remedy=Label("选用所列指南之一", "choose one of them"),
        )
    return packages[name]


def methods_of(package: Package, packages: Mapping[str, Package], methods: Mapping[str, Method]) -> Mapping[str, Method]:
    """Methods that make a study by a package: its own, and those that belong to no package, such as energy consumption.

    Parameters
    ----------
    package : Package
        The package.
    packages : mapping of str to Package
        All packages.
    methods : mapping of str to Method
        All methods.

    Returns
    -------
    mapping of str to Method
        Methods by id; one that only other packages list is no part.
    """
    others = {name for other in packages.values() for name in other.editions} - set(package.editions)
    return {name: method for name, method in methods.items() if name not in others}


def _rows(
    paths: Iterable[Path], methods: Mapping[str, Method], known: Mapping[str, Source]
) -> Iterator[tuple[str, str, Package]]:
    for path in paths:
        root = Record(read_yaml(path), ()).allow(_FIELDS)
        package = _package(root)
        check_source(package.source, known, root.marked.at("source"))
        for method, edition in package.editions.items():
            if method not in methods or edition not in methods[method].editions:
                at = root.child("methods")
                raise at.error(
                    f"没有方法“{method}”的版本“{edition}”", f"no edition '{edition}' of method '{method}'", key=method
                )
        yield package.id, root.marked.at("id"), package


def _package(root: Record) -> Package:
    listed = root.child("methods")
    since = root.year("since")
    if since is None:
        raise root.error("缺少 since", "has no year since which it applies", key="since")
    return Package(
        id=root.text("id"),
        label=root.label("label"),
        source=root.text("source"),
        since=since,
        replaced_by=root.text_or_none("replaced_by"),
        warming=root.text("warming"),
        warming_says=root.label("warming_says"),
        editions={method: listed.text(method) for method in listed.keys()},  # noqa: SIM118 - a record is no mapping
        unknown=tuple(_unknown(record) for record in root.children("unknown")),
    )


def _unknown(record: Record) -> Unknown:
    record.allow({"category", "says"})
    return Unknown(record.text("category"), record.label("says"))
