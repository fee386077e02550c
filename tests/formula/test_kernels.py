"""Kernels come from outside by name."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from dafeng.core import registry
from dafeng.core.errors import LookupFailure
from dafeng.formula import registered_kernels

POINT = EntryPoint("zero", "tests.formula.test_kernels:ZERO", "dafeng.kernels")
ZERO = object()


@pytest.fixture
def installed(monkeypatch):
    """Pretend that packages registered entry points."""

    def install(*points):
        def found(*, group, name=None):
            return [p for p in points if p.group == group and name in (None, p.name)]

        monkeypatch.setattr(registry, "entry_points", found)

    registry._points.cache_clear()
    yield install
    registry._points.cache_clear()


def test_an_installed_kernel_is_found_by_name(installed):
    installed(POINT)
    assert list(registered_kernels()) == ["zero"]


def test_two_kernels_of_one_name_are_refused(installed):
    installed(POINT, POINT)
    with pytest.raises(LookupFailure):
        registered_kernels()


def test_without_packages_there_are_none(installed):
    installed()
    assert registered_kernels() == {}
