"""Print every breach of the house's rules, for all modules or for some: ``python -m tests.house dafeng.plans dafeng.work``.

With ``--words`` it prints the words that the glossary lacks, once each, with the first name that has them.
"""

from __future__ import annotations

import sys

from tests.house import docstrings, layers, shape, words
from tests.house.tree import Module, modules

RULES = (
    layers.misplaced,
    layers.circular,
    layers.bypassing,
    shape.long_module,
    shape.long_functions,
    shape.banned_name,
    shape.caught_all,
    shape.starred,
    shape.asserted,
    shape.postponed,
    shape.mutable_globals,
    shape.working_on_import,
    shape.loose_parameters,
    shape.unannotated,
    docstrings.undescribed_module,
    docstrings.undescribed_classes,
    docstrings.undescribed_functions,
)


def lacking(chosen: list[Module], known: list[str]) -> list[str]:
    """Return the words that stand in public names and not in the glossary, each with its first place."""
    places: dict[str, str] = {}
    for module in chosen:
        for at, name in words.public_names(module):
            for word in words.split(name):
                places.setdefault(word, f"{at} {name}")
    return [f"{word:<16} {places[word]}" for word in sorted(places) if not words.forms(word) & set(known)]


def main(arguments: list[str]) -> int:
    """Print the breaches of the modules whose name begins with one of the prefixes; return the exit status."""
    known = [row["word"] for row in words.rows(words.GLOSSARY)]
    prefixes = tuple(argument for argument in arguments if not argument.startswith("--"))
    chosen = [module for module in modules() if not prefixes or module.name.startswith(prefixes)]
    if "--words" in arguments:
        print("\n".join(lacking(chosen, known)))
        return 0
    found = [problem for module in chosen for rule in RULES for problem in rule(module)]
    found += [problem for module in chosen for problem in words.unknown(module, known)]
    print("\n".join(found) or f"{len(chosen)} modules keep the rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
