"""Every shipped method has worked examples, they hold, and together they touch every equation and edition."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import Example, Method
from dafeng.methods.examples import holds, run_example
from tests.methods.conftest import definitions

LISTED = [(method.id, number) for method in definitions().values() for number in range(len(method.examples))]


@pytest.mark.parametrize(("name", "number"), LISTED)
def test_the_worked_example_holds(methods: Mapping[str, Method], library: FactorLibrary, name: str, number: int) -> None:
    method = methods[name]
    example = method.examples[number]
    assert holds(example, run_example(method, example, library))


def touched(method: Method, example: Example) -> str:
    return method.editions[example.edition].equation


def test_every_equation_and_edition_is_touched_by_an_example(methods: Mapping[str, Method]) -> None:
    lacking = [
        (method.id, set(method.equations) - {touched(method, e) for e in method.examples}) for method in methods.values()
    ] + [(method.id, set(method.editions) - {e.edition for e in method.examples}) for method in methods.values()]
    assert [(name, left) for name, left in lacking if left] == []


def test_a_wrong_expectation_does_not_hold(methods: Mapping[str, Method], library: FactorLibrary) -> None:
    method = methods["purchased_heat"]
    wrong = next(e for e in method.examples if e.edition == "db2026")
    accounting = run_example(method, wrong, library)
    assert not holds(Example(**{f: getattr(wrong, f) for f in wrong.__slots__} | {"result": wrong.result + 1}), accounting)
