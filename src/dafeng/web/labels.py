"""The words of the pages in both languages: one file, one look-up.

Invariant: every key has Chinese and English; a key that does not exist is an error, never an empty place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label, Language
from dafeng.library.strict import load_yaml

FOLDER = Path(__file__).resolve().parent.parent / "data" / "pages"
"""Folder of the page definitions."""


@cache
def read_labels() -> Mapping[str, Label]:
    """All words of the pages.

    Returns
    -------
    mapping of str to Label
        ``group.name`` → label, in the order of the file.
    """
    groups = load_yaml(FOLDER / "labels.yaml")
    return {
        f"{group}.{name}": Label(str(said["zh"]), str(said["en"]))
        for group, names in groups.items()
        for name, said in names.items()
    }


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the pages in one language.

    Parameters
    ----------
    language : {"zh", "en"}
        The language of every answer.
    """

    language: Language

    def say(self, key: str, *, values: Mapping[str, Any] | None = None) -> str:
        """Word or sentence under a key.

        Parameters
        ----------
        key : str
            ``group.name``.
        values : mapping, optional
            What stands in for ``{name}`` in the sentence.

        Returns
        -------
        str
            The text.

        Raises
        ------
        LookupFailure
            If the key does not exist.
        """
        label = read_labels().get(key)
        if label is None:
            raise _unknown(key)
        return label.read(self.language).format_map(dict(values or {}))

    def read(self, label: Any) -> str:
        """Text of a label of the view document.

        Parameters
        ----------
        label : mapping, Label, str or None
            ``{"zh", "en"}`` or a `Label`; a plain text reads the same in both languages.

        Returns
        -------
        str
            The text in this language, the other one where it is missing, else empty.
        """
        if isinstance(label, (dict, Mapping)):  # a dict answers ten times as fast
            other = "en" if self.language == "zh" else "zh"
            return str(label.get(self.language) or label.get(other) or "")
        if isinstance(label, Label):
            return label.read(self.language)
        return "" if label is None else str(label)

    def word(self, group: str, name: Any) -> str:
        """Word for a member of a closed list, or the member itself where the list has no word for it.

        Parameters
        ----------
        group : str
            Group of keys, e.g. ``grade``.
        name : object
            Member of the list.

        Returns
        -------
        str
            The word.
        """
        label = read_labels().get(f"{group}.{name}")
        return label.read(self.language) if label else ("" if name is None else str(name))

    def gather(self, group: str) -> dict[str, str]:
        """All words of one group, for the page's scripts.

        Parameters
        ----------
        group : str
            Group of keys.

        Returns
        -------
        dict of str to str
            Name inside the group → text.
        """
        return dict(_gathered(self.language, group))


@cache
def _gathered(language: Language, group: str) -> Mapping[str, str]:
    head = group + "."
    return {key.removeprefix(head): text.read(language) for key, text in read_labels().items() if key.startswith(head)}


def _unknown(key: str) -> LookupFailure:
    return LookupFailure(
        Label(f"页面用语“{key}”不存在", f"the page word '{key}' does not exist"),
        where="data/pages/labels.yaml",
        expected=Label("文件中已有的键", "a key of the file"),
        remedy=Label("在文件中以中英文补充该键", "add the key with Chinese and English to the file"),
    )
