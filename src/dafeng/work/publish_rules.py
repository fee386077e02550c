"""Visibility as data: which kinds and which single objects of a city its public pages may show.

Invariant: what no rule names is internal; a rule file that does not keep its form publishes nothing, and uploads never can be
published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from dafeng.core.labels import Label
from dafeng.library.records import Record
from dafeng.library.strict import load_yaml, read_text, read_yaml, refusal
from dafeng.store.files import hash_bytes
from dafeng.work.city import City
from dafeng.work.publish_pending import finish_change

State = Literal["public", "internal"]
"""Whether visitors without a login see something."""
STATES = ("public", "internal")
NAME = "visibility.yaml"
"""File in the city's ``data`` folder."""
FIELDS = frozenset({"id", "kinds", "objects", "licence", "contact", "frames"})
_ORIGIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?")
_HEAD = (
    "# What the public pages may show. Everything else is internal; objects go before their kind.\n"
    "# Changed by `dafeng publish` and on the page Publishing; edits by hand count at once.\n"
)
Objects = Mapping[str, Mapping[str, State]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects that may be published.

    Parameters
    ----------
    id : str
        Name in the rule file.
    label, says : Label
        Name, and what of such an object is shown.
    default : {"public", "internal"}
        Where the city says nothing.
    never : bool
        Whether it can never be published.
    """

    id: str
    label: Label
    says: Label
    default: State
    never: bool


@dataclass(frozen=True, slots=True)
class Visibility:
    """The rules of a city.

    Parameters
    ----------
    kinds : mapping of str to state
        Kinds that the city's file names.
    objects : mapping of str to mapping of str to state
        Kind → id → state; they go before the kind.
    licence : Label or None
        Under which terms the public data may be used, where the city says so.
    contact : Label or None
        Whom to ask.
    frames : tuple of str
        Origins whose pages may show the figures of ``embed`` in a frame; ``*`` is any.
    sha256 : str
        Hash of the rule file, empty without one.
    """

    kinds: Mapping[str, State] = field(default_factory=dict)
    objects: Objects = field(default_factory=dict)
    licence: Label | None = None
    contact: Label | None = None
    frames: tuple[str, ...] = ("*",)
    sha256: str = ""

    @property
    def terms(self) -> Label:
        """Under which terms the public data may be used; those of the package where the city says nothing."""
        return self.licence or _words(_package()["licence"])

    def state(self, kind: str, name: str | None) -> State:
        """Whether an object, or a kind where no rule names the object, is public.

        Parameters
        ----------
        kind : str
            Kind.
        name : str or None
            Id of the object.

        Returns
        -------
        {"public", "internal"}
            ``internal`` for a kind that nobody knows and for one that is never public.
        """
        known = list_kinds().get(kind)
        if known is None or known.never:
            return "internal"
        one = self.objects.get(kind, {}).get(name) if name is not None else None
        return one or self.kinds.get(kind, known.default)

    def shows(self, kind: str, name: str | None) -> bool:
        """Whether an object is public.

        Parameters
        ----------
        kind : str
            Kind.
        name : str or None
            Id of the object.

        Returns
        -------
        bool
            False for an object without an id.
        """
        return name is not None and self.state(kind, name) == "public"

    def because(self, kind: str, name: str) -> Literal["object", "kind", "default", "never"]:
        """Which rule decides on an object.

        Parameters
        ----------
        kind, name : str
            Kind and id.

        Returns
        -------
        str
            ``object`` and ``kind`` are rules of the city, ``default`` and ``never`` those of the package.
        """
        if list_kinds()[kind].never:
            return "never"
        if name in self.objects.get(kind, {}):
            return "object"
        return "kind" if kind in self.kinds else "default"


@cache
def list_kinds() -> Mapping[str, Kind]:
    """Kinds of objects in the order of the table.

    Returns
    -------
    mapping of str to Kind
        By id.
    """
    made = (
        Kind(str(one["id"]), _words(one["label"]), _words(one["says"]), cast("State", one["default"]), bool(one["never"]))
        for one in _package()["kinds"]
    )
    return MappingProxyType({kind.id: kind for kind in made})


def read_visibility(city: City) -> Visibility:
    """Rules of a city as they stand now.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Visibility
        Everything internal where the city has no rule file.

    Raises
    ------
    DefinitionError
        If the file does not keep its form; the message names the line.
    """
    finish_change(city)
    return read_rules(city)


def read_rules(city: City) -> Visibility:
    """Rules of a city as their file stands, a change that was cut short left as it is.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    Visibility
        Everything internal where the city has no rule file.

    Raises
    ------
    DefinitionError
        If the file does not keep its form; the message names the line.
    """
    path = city.overlay / NAME
    return parse_visibility(read_text(path, name=NAME)) if path.is_file() else Visibility()


def parse_visibility(text: str) -> Visibility:
    """Rules that a text says.

    Parameters
    ----------
    text : str
        Content of a rule file.

    Returns
    -------
    Visibility
        Checked.

    Raises
    ------
    DefinitionError
        For a field, kind or state that nobody knows, for uploads that shall be public, and for a frame that is no origin.
    """
    marked = read_yaml(text, name=NAME)
    if not isinstance(marked.value, dict):
        raise refusal(marked.at(), "应为映射", "must be a mapping")
    root = Record(marked, ())
    for key in root.keys():  # noqa: SIM118 - a record is no mapping
        if key not in FIELDS:
            raise root.error("未知的字段", "is no field of this file", key=key, expected=_among(sorted(FIELDS)))
    return Visibility(
        dict(_states(root.child("kinds"), kinds=True)),
        {kind: dict(_states(root.child("objects").child(kind))) for kind in _kinds(root.child("objects"))},
        _label(root, "licence"),
        _label(root, "contact"),
        _frames(root),
        hash_bytes(text.encode()),
    )


def spell_visibility(rules: Visibility) -> str:
    """Rules as the text of a rule file, always in the same order.

    Parameters
    ----------
    rules : Visibility
        Rules.

    Returns
    -------
    str
        What `parse_visibility` reads as the same rules.
    """
    lines = ["id: visibility", "kinds:", *(f"  {kind}: {rules.kinds[kind]}" for kind in list_kinds() if kind in rules.kinds)]
    if not rules.kinds:
        lines[1] = "kinds: {}"
    kept = {kind: rules.objects[kind] for kind in list_kinds() if rules.objects.get(kind)}
    lines.append("objects:" if kept else "objects: {}")
    for kind, rows in kept.items():
        lines += [f"  {kind}:", *(f"    {json.dumps(name, ensure_ascii=False)}: {rows[name]}" for name in sorted(rows))]
    for key, label in (("licence", rules.licence), ("contact", rules.contact)):
        if label is not None:
            lines.append(f"{key}: {{zh: {_quoted(label.zh)}, en: {_quoted(label.en)}}}")
    lines.append(f"frames: [{', '.join(_quoted(one) for one in rules.frames)}]")
    return _HEAD + "\n".join(lines) + "\n"


def _package() -> Mapping[str, list[Mapping[str, Mapping[str, str]]]]:
    text = files("dafeng").joinpath("data/public/kinds.yaml").read_text(encoding="utf-8")
    return cast("Mapping[str, list[Mapping[str, Mapping[str, str]]]]", load_yaml(text))


def _words(said: object) -> Label:
    both = cast("Mapping[str, str]", said)
    return Label(both["zh"], both["en"])


def _among(words: list[str]) -> Label:
    return Label("、".join(words), ", ".join(words))


def _kinds(record: Record) -> Iterator[str]:
    for kind in record.keys():  # noqa: SIM118 - a record is no mapping
        if kind not in list_kinds():
            raise record.error("未知的种类", "is no kind of objects", key=kind, expected=_among(list(list_kinds())))
        yield kind


def _states(record: Record, *, kinds: bool = False) -> Iterator[tuple[str, State]]:
    """Names with their states; of an ``objects`` record the path ends with the kind."""
    for name in _kinds(record) if kinds else record.keys():
        state = record.value(name)
        if state not in STATES:
            raise record.error("应为 public 或 internal", "must be public or internal", key=name, expected=_among([*STATES]))
        kind = name if kinds else str(record.path[-1])
        if state == "public" and list_kinds()[kind].never:
            raise record.error("永不公开", "can never be public", key=name, expected=Label("internal", "internal"))
        yield name, cast("State", state)


def _label(root: Record, key: str) -> Label | None:
    said = root.value(key)
    if said is None:
        return None
    if not isinstance(said, dict) or set(said) != {"zh", "en"} or not all(isinstance(text, str) for text in said.values()):
        raise root.error("应有 zh 和 en 两种文字", "needs zh and en", key=key)
    return Label(said["zh"], said["en"])


def _frames(root: Record) -> tuple[str, ...]:
    said = root.value("frames")
    if said is None:
        return ("*",)
    wrong = root.error(
        "应为来源列表",
        "must be a list of origins",
        key="frames",
        expected=Label('["*"]、[] 或 https://…', '["*"], [] or https://…'),
    )
    if not isinstance(said, list) or not all(isinstance(one, str) and (one == "*" or _ORIGIN.fullmatch(one)) for one in said):
        raise wrong
    return tuple(said)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
