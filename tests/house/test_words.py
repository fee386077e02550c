"""One concept has one word in code, command line, addresses, pages and tables."""

from __future__ import annotations

import pytest

from tests.house import words
from tests.house.tree import keep, module_of, modules


@pytest.fixture(scope="module")
def known():
    return [row["word"] for row in words.rows(words.GLOSSARY)]


def sample(folder, text):
    path = folder / "glossary.csv"
    path.write_text("word,zh,en,kind\n" + text, encoding="utf-8")
    return path


def test_every_word_of_a_public_name_is_in_the_glossary(known):
    keep(problem for module in modules() for problem in words.unknown(module, known))


def test_the_glossary_has_no_fault():
    assert words.faults(words.GLOSSARY) == []


def test_a_name_is_split_into_its_words():
    assert words.split("NonFossilShare_p10") == ["non", "fossil", "share"]


@pytest.mark.parametrize(("plural", "word"), [("facts", "fact"), ("classes", "class"), ("cities", "city")])
def test_a_word_covers_its_plural(plural, word):
    assert word in words.forms(plural)


@pytest.mark.parametrize(
    "text",
    [
        "def frobnicate() -> None: ...",
        "class Frobnicator: ...",
        "class Fact:\n    frob: int\n",
        "class Fact:\n    def frob(self): ...\n",
    ],
)
def test_an_unknown_word_is_seen(text):
    assert words.unknown(module_of(text), ["fact", "sample"])


def test_private_and_local_names_are_free():
    text = "def _frob():\n    def frob(): ...\nclass Fact:\n    _frob: int\n"
    assert words.unknown(module_of(text), ["fact", "sample"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "fact,,fact,concept\n",
        "fact,事实,fact,thing\n",
        "fact,事实,fact,concept\nfact,事实,fact,concept\n",
        "Fact,事实,fact,concept\n",
    ],
)
def test_a_fault_of_the_glossary_is_seen(tmp_path, text):
    assert words.faults(sample(tmp_path, text))
