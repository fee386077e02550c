"""The made assessment, once for all tests of this folder that only look at it."""

from __future__ import annotations

import pytest

from dafeng.work.views import build_view
from tests.work import made


@pytest.fixture(scope="session")
def assessment(tmp_path_factory):
    """Assessment made by hand; tests must not change it."""
    return made.assessment(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def view(assessment):
    """Its view document."""
    return build_view(assessment)
