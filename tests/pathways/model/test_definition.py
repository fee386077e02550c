"""Model files: what they say is what the graph is."""

from __future__ import annotations

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.strict import read_yaml
from dafeng.pathways.model.definition import Model, read_model

TEXT = """
id: toy
label: {zh: 小城, en: toy}
axes:
  - name: product
    label: {zh: 产品, en: product}
    members:
      - {id: steel, label: {zh: 钢, en: steel}, group: industry}
      - {id: glass, label: {zh: 玻璃, en: glass}}
  - {name: year, label: {zh: 年, en: year}, first: 2020, last: 2023}
quantities:
  - {id: growth, label: {zh: 增速, en: growth}, unit: "1", axes: [product, year], between: steps, apart: [product],
     otherwise: 0}
  - {id: start, label: {zh: 基年产量, en: output of the base year}, unit: t, axes: [product]}
  - {id: output, label: {zh: 产量, en: output}, unit: t, expression: start * grow(growth), note: {zh: 复利, en: compound}}
"""


def _read(text: str) -> Model:
    return read_model(read_yaml(text, name="toy.yaml"))


def test_a_model_file_gives_axes_quantities_and_names() -> None:
    model = _read(TEXT)
    assert model.graph.space.names == ("product", "year", "draw")
    assert model.graph.space.years.tolist() == [2020, 2021, 2022, 2023]
    assert model.graph.sources("output") == ("start", "growth")
    assert (model.given["growth"].between, model.given["growth"].otherwise) == ("steps", 0.0)
    assert model.given["start"].otherwise is None
    assert model.members["glass"].zh == "玻璃"
    assert model.groups == {"steel": "industry"}
    assert model.notes["output"].en == "compound"


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("group: industry", "grup: industry", "grup"),
        ("id: glass", "id: steel", "stands twice"),
        ("first: 2020, last: 2023", "first: 2023, last: 2020", "first and a later last"),
        ("name: year", "name: jahr", "members|year|first"),
        ("between: steps", "between: curved", "curved"),
        ("apart: [product]", "apart: [year]", "own axes"),
        ("unit: t, expression: start", "unit: kg, expression: start", "factor"),
        ("unit: t, expression: start", "axes: [product], unit: t, expression: start", "not for a quantity with an expression"),
        ("start * grow(growth)", "start * grow(rate)", "unknown"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_place(old: str, new: str, wanted: str) -> None:
    with pytest.raises(DefinitionError, match=wanted):
        _read(TEXT.replace(old, new))
