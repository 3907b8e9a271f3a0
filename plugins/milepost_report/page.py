"""A page of HTML that needs nothing but itself, built as a tree: words go in as words and can't become markup.

It has no script and loads nothing, and says so to the browser, by a policy that lets its own style alone pass.
"""

import base64
import hashlib
from collections.abc import Iterable
from importlib import resources
from xml.etree.ElementTree import Element, tostring

from milepost_report.wording import one_line, own

STYLE = resources.files("milepost_report").joinpath("page.css").read_text(encoding="utf-8")
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'"
_LINES = frozenset({"head", "body", "header", "main", "footer", "section", "figure", "svg", "table", "tr", "ul", "ol"})
_LINES |= {"h1", "h2", "h3", "p", "li", "div", "style", "title", "meta", "details"}
"""Tags after which a line ends, so that a person can read the file."""

Child = Element | str | None


def tag(name: str, /, *children: Child, **attributes: str) -> Element:
    """An element. Texts are words and never markup; `None` is nothing. `class_` is `class`, and `a_b` is `a-b`."""
    found = Element(name, {key.rstrip("_").replace("_", "-"): own(value) for key, value in attributes.items()})
    found.tail = "\n" if name in _LINES else None
    last: Element | None = None
    for child in children:
        if isinstance(child, Element):
            found.append(child)
            last = child
        elif child and last is None:
            found.text = (found.text or "") + child
        elif child and last is not None:
            last.tail = (last.tail or "") + child
    return found


def said(text: object, name: str = "span", /, **attributes: str) -> Element:
    """A person's words on one line, in the direction that they are written in."""
    return tag("bdi" if name == "span" else name, one_line(text), dir="auto", **attributes)


def told(text: object, **attributes: str) -> list[Element]:
    """A person's words as paragraphs, lines kept."""
    parts = [part for part in own(text).split("\n\n") if part.strip()]
    return [tag("p", part.strip(), dir="auto", class_="words", **attributes) for part in parts]


def labelled(label: str, text: object) -> list[Element]:
    """Words behind what they answer; nothing where nothing was said."""
    words = own(text)
    return [tag("p", tag("b", f"{label}:"), " ", tag("bdi", words, dir="auto", class_="words"))] if words else []


def listed(heading: Element | None, rows: Iterable[Element], **attributes: str) -> list[Element]:
    """A list under a heading; nothing where there are no rows."""
    found = list(rows)
    if not found:
        return []
    return [*([heading] if heading is not None else []), tag("ul", *found, **attributes)]


def table(kind: str, caption: str, heads: Iterable[str], rows: Iterable[Iterable[Child]]) -> Element:
    """A table whose first cell of a row names it; `kind` is what the style knows it by."""
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag(
            "tbody",
            *(
                tag("tr", *(tag("td", cell) if at else tag("th", cell, scope="row") for at, cell in enumerate(row)))
                for row in rows
            ),
        ),
        class_=kind,
    )


def html(title: str, kind: str, *body: Child) -> bytes:
    """The whole document; `kind` is what the style knows the page by."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="robots", content="noindex"),
        tag("title", one_line(title)),
        tag("style", STYLE),
    )
    root = tag("html", head, tag("body", tag("main", *body), class_=kind), lang="en")
    written: bytes = tostring(root, encoding="utf-8", method="html")
    return b"<!DOCTYPE html>\n" + written + b"\n"
