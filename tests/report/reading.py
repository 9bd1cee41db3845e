"""A report as a reader meets it: its words, its elements, what it must never hold, and the program in it."""

from __future__ import annotations

import html
import itertools
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

from adoptsim.report.assumptions import GROUNDS, INTERVALS, READ_AS

HOSTILE = '<script>alert(1)</script> & "quotes" $x^2$'
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Read(HTMLParser):
    """What a page holds: elements in order, text, and whether every element that opens closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "svg"} & set(self.open):
            self.texts.append(data)

    @property
    def words(self) -> str:
        """All text, its spaces and dashes made plain."""
        plain = " ".join(self.texts).replace("\u2060", "").replace("\u00a0", " ").replace("\u2013", "-")
        return " ".join(plain.split())


def assert_whole(folder: Path) -> None:
    """Two reports of the same question, a.html and b.html, are the same, whole, and need nothing else."""
    text = (folder / "a.html").read_text(encoding="utf-8")
    assert (folder / "b.html").read_bytes() == text.encode()
    assert len(text) < 1_000_000
    assert str(folder) not in text
    page = Read(text)
    assert page.open == []
    _stands_alone(text, page)
    _can_be_read_aloud(page)
    for ground in (*GROUNDS, INTERVALS, READ_AS):
        assert plain(ground.says) in page.words
    assert "nan" not in page.words.lower().split()


def _stands_alone(text: str, page: Read) -> None:
    """Nothing is fetched, nothing runs, no two elements share a name, every name that is used exists."""
    links = [value for _, attrs in page.elements for name, value in attrs.items() if name in ("src", "href", "action")]
    assert all(link and link.startswith(("#", "data:")) for link in links)
    assert all(target.startswith("#") for target in re.findall(r"url\(['\"]?([^)'\"]*)", text))
    assert "@import" not in text
    assert not {"script", "iframe", "object", "embed"} & {tag for tag, _ in page.elements}
    names = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
    assert len(names) == len(set(names))
    assert {link[1:] for link in links if link and link.startswith("#")} <= set(names)


def _can_be_read_aloud(page: Read) -> None:
    """Headings step down one by one, every picture says what it shows, the page its language."""
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    pictures = [attrs for tag, attrs in page.elements if tag == "svg"]
    assert all(attrs.get("role") == "img" and len(attrs.get("aria-label") or "") > 30 for attrs in pictures)
    assert all(attrs.get("alt") for tag, attrs in page.elements if tag == "img")
    assert dict(page.elements)["html"] == {"lang": "en"}


def plain(text: str) -> str:
    """Return text without the marks of Markdown and of breaks between lines."""
    return " ".join(re.sub(r"[*`]", "", text).split())


def printed_by_its_python(report: Path) -> str:
    """Return what the program in a report prints."""
    shown = report.read_text(encoding="utf-8")
    program = next(
        code for code in map(html.unescape, re.findall(r"<code>(.*?)</code>", shown, re.DOTALL)) if "import" in code
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
