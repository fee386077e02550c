"""What is public of the cities served, as it stands at this moment.

Invariant: the rule file is read anew for every request, so that a change counts at once; a city whose rules cannot be read, or
that publishes nothing, does not exist here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from starlette.exceptions import HTTPException

from dafeng.core.errors import DafengError
from dafeng.web.cities import CityView
from dafeng.web.offices import Office
from dafeng.work.publish import Published, publish
from dafeng.work.publish_rules import Visibility, read_visibility

Key = tuple[int, str, Visibility]


@dataclass(slots=True)
class PublicShelf:
    """The public sides of the cities served.

    Parameters
    ----------
    cities : mapping of str to CityView
        Slug → city, as the desk has them.
    rules : mapping of str to callable
        Slug → reads the rules of the city as they stand now.
    """

    cities: Mapping[str, CityView]
    rules: Mapping[str, Callable[[], Visibility]]
    _kept: dict[str, tuple[Key, Published]] = field(default_factory=dict)

    def find(self, slug: str) -> Published:
        """Public side of a city.

        Parameters
        ----------
        slug : str
            Name in addresses.

        Returns
        -------
        Published
            Its public side.

        Raises
        ------
        HTTPException
            404 where the city is not served or nothing of it is public.
        """
        found = self._publish(slug)
        if found is None or not _says(found):
            raise HTTPException(404)
        return found

    def slugs(self) -> list[str]:
        """Cities of which something is public.

        Returns
        -------
        list of str
            Names in addresses.
        """
        found = {slug: self._publish(slug) for slug in self.cities}
        return [slug for slug, one in found.items() if one is not None and _says(one)]

    def frames(self, slug: str) -> tuple[str, ...]:
        """Who may show the figures of a city in a frame.

        Parameters
        ----------
        slug : str
            Name in addresses.

        Returns
        -------
        tuple of str
            Origins; none where the rules cannot be read.
        """
        rules = self._rules(slug)
        return rules.frames if rules else ()

    def _rules(self, slug: str) -> Visibility | None:
        read = self.rules.get(slug)
        try:
            return read() if read else None
        except (DafengError, OSError):
            return None

    def _publish(self, slug: str) -> Published | None:
        city, rules = self.cities.get(slug), self._rules(slug)
        if city is None or rules is None:
            return None
        key = (id(city.view), city.run, rules)
        kept = self._kept.get(slug)
        if kept is None or kept[0][:2] != key[:2] or kept[0][2] != rules:
            kept = self._kept[slug] = (key, publish(city.view, city.traces, rules))
        return kept[1]


def read_rules_of(offices: Mapping[str, Office]) -> dict[str, Callable[[], Visibility]]:
    """Readers of the rules of some cities.

    Parameters
    ----------
    offices : mapping of str to Office
        Slug → writing side of the city, which knows its folder.

    Returns
    -------
    dict
        Slug → reads the rules as they stand then.
    """
    return {slug: partial(read_visibility, office.city) for slug, office in offices.items()}


def _says(published: Published) -> bool:
    """Whether anything is public."""
    parts = ("indicators", "peak", "emissions", "energy", "tasks", "measures", "clashes", "hours")
    return any(published.view[part] for part in parts)
