"""A sheet on which the public figures are drawn, as SVG.

Invariant: colours are those of the style sheets; every text is escaped where it is written; nothing on it needs a script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup, escape

from dafeng.web.links import STATIC


@cache
def _tokens() -> Mapping[str, str]:
    """Colours of the style sheet by name."""
    return dict(re.findall(r"--([a-z0-9_-]+): (#[0-9a-f]{6})", (STATIC / "css/tokens.css").read_text(encoding="utf-8")))


@dataclass(slots=True)
class Canvas:
    """A picture that is being drawn.

    Parameters
    ----------
    width, height : int
        Size. [px]
    alone : bool
        Whether it will stand without the style sheet of a page: then colours are written out.
    parts : list of str
        What is on it.
    """

    width: int
    height: int
    alone: bool = False
    parts: list[str] = field(default_factory=list)

    def colour(self, name: str) -> str:
        """A colour of the style sheet.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        str
            As an attribute takes it.
        """
        return _tokens()[name] if self.alone else f"var(--{name})"

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, width: float = 2, dash: str = "") -> None:
        """Draw a line.

        Parameters
        ----------
        points : sequence of (float, float)
            Corners. [px]
        colour : str
            Colour of the style sheet.
        width : float
            Width. [px]
        dash : str
            Pattern, empty for a solid line.
        """
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<polyline points="{way}" fill="none" stroke="{self.colour(colour)}" stroke-width="{width}"'
            f' stroke-linejoin="round" stroke-linecap="round"{extra}/>'
        )

    def shape(self, points: Sequence[tuple[float, float]], colour: str, *, light: float = 1.0) -> None:
        """Fill a shape.

        Parameters
        ----------
        points : sequence of (float, float)
            Corners. [px]
        colour : str
            Colour of the style sheet.
        light : float
            Opacity. [0..1]
        """
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polygon points="{way}" fill="{self.colour(colour)}" fill-opacity="{light}"/>')

    def dot(self, place: tuple[float, float], size: float, colour: str, *, hollow: bool = False) -> None:
        """Draw a dot.

        Parameters
        ----------
        place : (float, float)
            Centre. [px]
        size : float
            Radius. [px]
        colour : str
            Colour of the style sheet.
        hollow : bool
            Whether only its edge is drawn.
        """
        edge = self.colour(colour)
        fill = self.colour("surface") if hollow else edge
        x, y = place
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{fill}" stroke="{edge}" stroke-width="2.5"/>')

    def text(
        self,
        place: tuple[float, float],
        said: object,
        *,
        size: int = 15,
        colour: str = "ink-2",
        at: str = "start",
        bold: bool = False,
    ) -> None:
        """Write a text.

        Parameters
        ----------
        place : (float, float)
            Where its line begins, ends or has its middle. [px]
        said : object
            The text.
        size : int
            Height of the letters. [px]
        colour : str
            Colour of the style sheet.
        at : {"start", "middle", "end"}
            What the place is.
        bold : bool
            Whether it stands out.
        """
        weight = ' font-weight="600"' if bold else ""
        look = f'font-size="{size}" fill="{self.colour(colour)}" text-anchor="{at}"{weight}'
        self.parts.append(f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" {look}>{escape(said)}</text>')

    def finish(self, title: str, *, name: str = "") -> Markup:
        """The picture.

        Parameters
        ----------
        title : str
            What it shows, in a sentence.
        name : str
            Class for the style sheet.

        Returns
        -------
        Markup
            SVG.
        """
        alone = ' xmlns="http://www.w3.org/2000/svg" font-family="PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"'
        ground = f'<rect width="{self.width}" height="{self.height}" fill="{self.colour("surface")}"/>' if self.alone else ""
        kind = f' class="{name}"' if name else ""
        return Markup(  # noqa: S704 - every text on it was escaped where it was written
            f'<svg{alone if self.alone else ""}{kind} viewBox="0 0 {self.width} {self.height}" role="img">'
            f"<title>{escape(title)}</title>{ground}{''.join(self.parts)}</svg>"
        )
