"""Which plans an argument, a city or a reference stands for, and how they belong together.

Invariant: a place is never guessed: plans without one are related only by what the caller says or by being documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.plans.contrast import Relation
from dafeng.plans.magnitude import check_numbers
from dafeng.plans.plan import Plan, Target
from dafeng.plans.references import Backing, Reference, read_references
from dafeng.plans.storage import load_plan
from dafeng.work.city import City, open_city
from dafeng.work.read_plan import read_plan

NATION = "100000"
PartyKind = Literal["city", "reference", "facts", "document"]


@dataclass(frozen=True, slots=True)
class Party:
    """One of the plans that are compared.

    Parameters
    ----------
    id : str
        Short name inside the comparison, different for each.
    label : Label
        Name in words.
    kind : PartyKind
        City folder, shipped reference, file of facts, or document.
    plan : Plan
        The plan.
    relation : Relation or None
        How it belongs to the first plan; ``None`` for the first plan itself.
    backing : mapping of str to Backing
        For a reference: what each target rests on.
    """

    id: str
    label: Label
    kind: PartyKind
    plan: Plan
    relation: Relation | None = None
    backing: Mapping[str, Backing] = field(default_factory=dict)

    def is_firm(self, target: Target | None) -> bool:
        """Whether a target has been seen in a text.

        Parameters
        ----------
        target : Target or None
            Target of this plan.

        Returns
        -------
        bool
            False for a figure of grade ``memory``.
        """
        found = self.backing.get(target.id) if target is not None else None
        return found is None or found.grade != "memory"


def find_parties(given: Sequence[City | Path | str], *, place: str | None = None) -> tuple[list[Party], tuple[Path, ...]]:
    """Plans that arguments stand for.

    Parameters
    ----------
    given : sequence of City, Path or str
        Cities or their folders, files of facts, documents, names of references.
    place : str, optional
        Administrative code of the place of those that are documents.

    Returns
    -------
    tuple of list of Party and tuple of Path
        The plans, and the folders of definitions that the cities among them bring.

    Raises
    ------
    SettingError
        If an argument is neither a file nor a known name.
    FileRefused
        If a document cannot be read.
    DefinitionError
        If a file of facts is damaged.
    CityError
        If a folder is no city.
    """
    folders = tuple(one.overlay for one in (_city_of(argument) for argument in given) if one is not None)
    references = read_references(*folders)
    return [_party(argument, references, place) for argument in given], folders


def parties_above(city: City) -> list[Party]:
    """References that speak of a place above a city, the nearest first.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    list of Party
        Province, then nation; empty where there is no reference.
    """
    known = read_references(city.overlay).values()
    above = [one for one in known if one.plan.place is not None and _is_above(one.plan.place, city.code)]
    return [_referred(one) for one in sorted(above, key=lambda one: (one.plan.place == NATION, one.id))]


def relate(first: Plan, other: Plan) -> Relation:
    """How two plans belong together, from their places.

    Parameters
    ----------
    first, other : Plan
        The plans.

    Returns
    -------
    {"version", "level", "peer"}
        Two documents without a place are taken for two texts of one plan; one without a place for another level.
    """
    one, two = first.place, other.place
    if one == two:
        return "version"
    if one is None or two is None or _is_above(one, two) or _is_above(two, one):
        return "level"
    return "peer"


def distinguish(parties: Sequence[Party]) -> list[Party]:
    """Parties with different ids, and with different names where two texts have one title.

    Parameters
    ----------
    parties : sequence of Party
        The plans.

    Returns
    -------
    list of Party
        The same plans in the same order.
    """
    seen: Counter[str] = Counter()
    titles = Counter(party.label.zh for party in parties)
    files = Counter(party.plan.document.name for party in parties)
    made = []
    for party in parties:
        seen[party.id] += 1
        number = f"{party.id}-{seen[party.id]}" if seen[party.id] > 1 else party.id
        file = party.plan.document.name if files[party.plan.document.name] == 1 else number
        label = (
            party.label if titles[party.label.zh] == 1 else Label(f"{party.label.zh}（{file}）", f"{party.label.en} ({file})")
        )
        made.append(replace(party, id=number, label=label))
    return made


def _is_above(upper: str, lower: str) -> bool:
    """Whether a place contains another one, by the digits of their codes."""
    if upper == lower:
        return False
    if upper == NATION:
        return True
    digits = upper
    while digits.endswith("00"):
        digits = digits[:-2]
    return lower.startswith(digits) and lower != upper


def _city_of(given: City | Path | str) -> City | None:
    if isinstance(given, City):
        return given
    return open_city(given) if Path(given).is_dir() else None


def _party(given: City | Path | str, references: Mapping[str, Reference], place: str | None) -> Party:
    if isinstance(given, str) and given in references:
        return _referred(references[given])
    city = _city_of(given)
    if city is not None:
        return Party(city.slug, city.label, "city", replace(city.read_plan(), place=city.code))
    path = Path(str(given))
    if not path.is_file():
        raise _unknown(str(given), references)
    if path.suffix.lower() in (".yaml", ".yml"):
        plan = load_plan(path)
        check_numbers(plan, where=path.name)
        return Party(path.stem, _name(plan, path), "facts", plan)
    plan = replace(read_plan(path, place=place or NATION), place=place)
    return Party(path.stem, _name(plan, path), "document", plan)


def _referred(reference: Reference) -> Party:
    return Party(reference.id, reference.label, "reference", reference.plan, backing=reference.backing)


def _name(plan: Plan, path: Path) -> Label:
    return Label(plan.document.title or path.name, plan.document.title or path.name)


def _unknown(given: str, references: Mapping[str, Reference]) -> SettingError:
    known = sorted(references)
    return SettingError(
        Label(f"找不到方案“{given}”", f"there is no plan '{given}'"),
        where=given,
        expected=Label(
            f"方案文件、plan.yaml、城市文件夹，或以下名称：{'、'.join(known)}",
            f"a document, a plan.yaml, a city folder, or one of {', '.join(known)}",
        ),
        remedy=Label("检查路径或名称", "check the path or the name"),
    )
