"""Mutated sentences: what a typing error, a bad scan, a copied page or an attacker can make of plan language.

Invariant: the same seed gives the same sentences.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from dafeng.library.strict import load_yaml

HERE = Path(__file__).parent
ALPHABET = (
    "0123456789.，。、；：（）()%％‰万亿千百十到年至2025以上左右分别累计其中"
    "比较达到不低于“”《》〔〕[]—-~ \n\tOl一二三个百分点吨千瓦时全部覆盖"
    "\U0001f600é\x00"
)


def sentences() -> list[str]:
    """All invented sentences of the tables, long passages cut."""
    cases = load_yaml(HERE / "cases.yaml")["cases"]
    passages = load_yaml(HERE / "passages.yaml")["passages"]
    return [str(case["text"]) for case in cases] + [str(passage["text"])[:400] for passage in passages]


def mutants(count: int, seed: int) -> Iterator[str]:
    """Sentences with one to six mutations each."""
    chance, stock = random.Random(seed), sentences()
    for _ in range(count):
        text = chance.choice(stock)
        for _ in range(chance.randint(1, 6)):
            text = _mutate(text, stock, chance) or "。"
        yield text


def _mutate(text: str, stock: list[str], chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    end = min(len(text), at + chance.randint(1, 12))
    other = chance.choice(stock)
    begin = chance.randrange(len(other))
    drawn = chance.random()
    if drawn < 0.25:
        return text[:at] + text[end:]
    if drawn < 0.5:
        return text[:at] + "".join(chance.choices(ALPHABET, k=chance.randint(1, 4))) + text[at:]
    if drawn < 0.65:
        return text[:at] + text[at:end] * chance.randint(2, 20) + text[end:]
    if drawn < 0.8:
        return text[:at] + other[begin : begin + chance.randint(1, 60)] + text[at:]
    if drawn < 0.9:
        return text[:at] + chance.choice(ALPHABET) * chance.randint(1, 400) + text[at:]
    return text[::-1] if drawn < 0.91 else text[at:] + text[:at]
