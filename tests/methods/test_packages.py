"""Edition packages name what exists, say what is unknown, and are refused with their line otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError, LookupFailure
from dafeng.library.factors import FactorLibrary
from dafeng.library.overlay import shipped
from dafeng.methods.definition import Method
from dafeng.methods.packages import choose_package, read_packages


def test_the_newest_package_is_taken_where_none_is_named(methods: Mapping[str, Method]) -> None:
    packages = read_packages(methods)
    assert choose_package(packages, None).id == "prov2025"
    assert choose_package(packages, "prov2011").replaced_by == "prov2025"
    with pytest.raises(LookupFailure, match="prov2025"):
        choose_package(packages, "prov2030")


def test_every_package_says_its_potentials_and_gaps(methods: Mapping[str, Method], library: FactorLibrary) -> None:
    for package in read_packages(methods).values():
        assert ("standard", package.warming) in library.names
        assert len(package.findings()) == 1 + len(package.unknown)
        ids = {category.id for name in package.editions for category in methods[name].categories}
        wanted = {gap.category for gap in package.unknown}
        assert all(any(f"{name}.".startswith(f"{gap}.") for name in ids) for gap in wanted if gap.count("."))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fuel_combustion: prov2025", "fuel_combustion: prov2030", "no edition 'prov2030' of method 'fuel_combustion'"),
        ("fuel_combustion: prov2025", "fuel_combustoin: prov2025", "of method 'fuel_combustoin'"),
        ("since: 2026", "sinze: 2026", "sinze"),
        ("since: 2026", "since: null", "since which it applies"),
        ("source: prov2025", "source: nowhere", "unknown source"),
    ],
)  # fmt: skip
def test_a_broken_package_is_refused(tmp_path: Path, methods: Mapping[str, Method], old: str, new: str, said: str) -> None:
    text = (shipped() / "packages" / "prov2025.yaml").read_text(encoding="utf-8").replace("id: prov2025", "id: own")
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "own.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError, match=said):
        read_packages(methods, tmp_path)
