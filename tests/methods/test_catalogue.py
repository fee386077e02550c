"""A wrong unit, sign, name or key in a method is refused when it is read, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.overlay import shipped
from dafeng.methods.catalogue import read_methods


def changed(folder: Path, old: str, new: str) -> Path:
    text = (shipped() / "methods" / "purchased_heat.yaml").read_text(encoding="utf-8")
    own = text.replace("id: purchased_heat", "id: own").replace("indirect.heat", "indirect.own")
    assert old in own
    (folder / "methods").mkdir()
    (folder / "methods" / "own.yaml").write_text(own.replace(old, new), encoding="utf-8")
    return folder


def test_a_method_of_a_city_is_added(tmp_path: Path) -> None:
    assert "own" in read_methods(changed(tmp_path, "AD", "Q"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: tCO2\n", "unit: tce\n", r"has unit tCO2, declared tce"),
        ("heat * emission_factor", "heat / emission_factor", "has unit"),
        ("heat * emission_factor", "heat * emission_factor * 2 + 1", "different units|has unit|proportional"),
        ("heat * emission_factor", "heat * heat * emission_factor / heat", "proportional"),
        ("heat * emission_factor", "heat * emision_factor", "undeclared quantity 'emision_factor'"),
        ("heat * emission_factor", "heat ** 2 * emission_factor", "has unit"),
        ("equation: purchase, standard: ind24", "equation: buy, standard: ind24", "no equation 'buy'"),
        ("source: heat_default", "source: nowhere", "unknown source 'nowhere'"),
        ("emission_factor: tCO2/GJ", "emission_factor: tCO2/XJ", "XJ"),
        ("clause: 净购入热力", "claus: 净购入热力", r"own.yaml:8:8: claus: undeclared field 'claus'"),
        ("carrier: heat, category: indirect.own", "carrier: heat, category: cold", "no category 'cold'"),
        ("heat * emission_factor", "-heat * emission_factor", "wrong sign: effect is emission"),
        ("unit: tCO2\n", "unit: tCO2\neffect: removal\n", "wrong sign: effect is removal"),
        ("unit: tCO2\n", "unit: tCO2\neffect: loss\n", "effect"),
        ("heat * emission_factor", "heat * emission_factor * exp(heat)", "operand of exp has the unit"),
        ("indicator: net_heat_import", "plus: [transformation.heat]", "printed negative"),
        ("id: indirect.own,", "id: indirect.own, years: next,", "next"),
        ("id: indirect.own,", "id: indirect.own, deduct: maybe,", "true or false"),
        ("id: indirect.own,", "id: indirect.heat,", "no category|accounted by 'purchased_heat'"),
    ],
)  # fmt: skip
def test_a_broken_method_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        read_methods(changed(tmp_path, old, new))


def test_an_overlay_cannot_edit_a_method(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="'purchased_heat' is already defined"):
        read_methods(changed(tmp_path, "id: own", "id: purchased_heat"))
