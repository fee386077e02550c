"""Errors cross a process border whole."""

from __future__ import annotations

import pickle

import pytest

from dafeng.core import errors
from dafeng.core.labels import Label
from dafeng.energy import solution


def _kinds() -> list[type[errors.DafengError]]:
    found = [kind for module in (errors, solution) for kind in vars(module).values() if isinstance(kind, type)]
    return sorted({kind for kind in found if issubclass(kind, errors.DafengError)}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", _kinds())
def test_an_error_says_the_same_in_another_process(kind: type[errors.DafengError]) -> None:
    error = kind(Label("坏了", "broken"), where="here", expected=Label("好的", "sound"), remedy=Label("修", "mend"))
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is kind
    assert (other.read("zh"), other.read("en")) == (error.read("zh"), error.read("en"))
