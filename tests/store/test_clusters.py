"""Choosing an engine: what is not there is said with its remedy; Spark and Sail themselves run in tests/cluster."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from dafeng.core.errors import SettingError
from dafeng.store.clusters import open_engine
from dafeng.store.engine import LocalEngine


def test_duckdb_is_an_engine_of_its_name():
    with open_engine("duckdb") as engine:
        assert isinstance(engine, LocalEngine)


@pytest.mark.parametrize(("name", "url"), [("mysql", None), ("", None), ("duckdb", "sc://localhost:1")])
def test_an_unknown_engine_or_a_useless_address_is_refused(name, url):
    with pytest.raises(SettingError, match="duckdb, spark, sail"):
        open_engine(name, url=url)


@pytest.mark.parametrize("name", ["spark", "sail"])
def test_an_engine_that_is_not_installed_says_how_to_get_it(name):
    assert find_spec("pyspark") is None, "this environment has Spark; the test belongs to one without"
    with pytest.raises(SettingError, match=rf"dafeng\[{name}\]"):
        open_engine(name)
