"""A figure as SVG that stands inside a page: no address of another place, no name that another picture has too."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from matplotlib import rc_context

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<style type=\"text/css\">.*?</style>|<!--.*?-->", re.DOTALL)
_HEAD = re.compile(r".*?<svg[^>]*?(viewBox=\"[^\"]*\")[^>]*>", re.DOTALL)
_NAMES = re.compile(r"(\bid=\"|url\(#|\bxlink:href=\"#)")
_COORDINATES = re.compile(r"(?<= d=\")[^\"]*|(?<= [xy]=\")[^\"]*")
_DECIMALS = re.compile(r"(\.\d{2})\d+")


def inline_svg(figure: Figure, name: str, words: str) -> Markup:
    """Return a figure as an ``svg`` element; ``words`` say what it shows to those who do not see it."""
    file = io.StringIO()
    # text stays text: sharp, small, in the page's own letters; ids come from a name instead of from chance
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(file, format="svg", metadata=_NO_METADATA)
    text = _LEFT_OUT.sub("", file.getvalue())
    text = _COORDINATES.sub(lambda found: _DECIMALS.sub(r"\1", found.group()), text)
    text = _NAMES.sub(lambda found: f"{found[1]}{name}-", text).replace("xlink:href", "href")
    head = f'<svg role="img" aria-label="{escape(words)}" '
    return Markup(_HEAD.sub(lambda found: f"{head}{found[1]}>", text, count=1).strip())
