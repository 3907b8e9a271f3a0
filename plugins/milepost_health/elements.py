"""Finds elements in an Apple Health export, piece by piece, and leaves all others unread. Knows nothing of health.

Theory of operation
-------------------
Of millions of records a few are wanted, and by their types it can be told which: the bytes of a wanted type are looked for,
which is several times as quick as parsing everything. Each element that has one is then read by expat, on its own. So a
fault in one costs that one: expat can't go on after a fault, and exports of some years are not well-formed (an attribute
twice in a tag, letters that XML forbids). No document type is ever read, so nothing is declared and nothing is expanded;
a document that declares entities is refused, as Apple's has none.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from xml.parsers import expat

from milepost.plugin_api import InvalidInput
from milepost_health.unpacking import HEAD, ROOT

END = b"</HealthData>"
MAX_ELEMENT = 64 * 1024
"""A wanted element with all that is in it may be so long; a longer one is passed by."""
TOGETHER = 200
"""Elements that are parsed at once."""

Attributes = dict[str, str]
Element = tuple[str, Attributes, dict[str, str]]
"""A tag, its attributes, and its metadata: the `key` and `value` of each `MetadataEntry` in it."""


class Elements:
    """The wanted elements of a document. `types` are values of the attribute `type`, `tags` names of elements."""

    def __init__(self, types: Iterable[str], tags: Iterable[str]) -> None:
        self._needles = [f'"{name}"'.encode() for name in types] + [f"<{name} ".encode() for name in tags]
        self._names = frozenset(tags) | {"Record"}
        self.unreadable = 0
        """Elements that were wanted, and could not be read."""

    def within(self, pieces: Iterator[bytes]) -> Iterator[Element]:
        """Each wanted element, in the order of the document.

        Raises:
            InvalidInput: it is no Apple Health export, or ends in the middle.

        """
        kept, ended = _begun(pieces), False
        for piece in pieces:
            kept += piece
            ended = ended or kept.rfind(END) >= 0
            known = len(kept) - MAX_ELEMENT
            if known > 0:
                yield from self._found(kept, known)
                kept = kept[known:]
        if not ended and END not in kept:
            raise InvalidInput("The file ends in the middle: it was not copied to its end. Export it once more.")
        yield from self._found(kept, len(kept))

    def _found(self, text: bytes, known: int) -> Iterator[Element]:
        """Those that begin within the first `known` bytes: all of them are there to their ends, or are too long."""
        begins = set[int]()
        for needle in self._needles:
            at = text.find(needle)
            while at >= 0:
                begin = at if needle[:1] == b"<" else text.rfind(b"<", 0, at)
                if begin >= known:
                    break
                if begin >= 0:
                    begins.add(begin)
                at = text.find(needle, at + len(needle))
        found = sorted(begins)
        for at in range(0, len(found), TOGETHER):
            yield from self._read([cut for begin in found[at : at + TOGETHER] if (cut := self._whole(text, begin))])

    def _whole(self, text: bytes, begin: int) -> bytes:
        """An element from its first byte to its last; nothing where it is none that is wanted."""
        tag = text[begin + 1 : begin + 40].split(None, 1)[0].decode("ascii", "replace")
        if tag not in self._names:
            return b""
        close = text.find(b">", begin, begin + MAX_ELEMENT)
        if close < 0:
            self.unreadable += 1
            return b""
        if text[close - 1 : close] == b"/":
            return text[begin : close + 1]
        end = text.find(f"</{tag}>".encode(), close, begin + MAX_ELEMENT)
        if end < 0:
            self.unreadable += 1
            return b""
        return text[begin : end + len(tag) + 3]

    def _read(self, cuts: Sequence[bytes]) -> Iterator[Element]:
        """Many at once, which is quicker; one by one where one of them has a fault."""
        try:
            yield from _parsed(cuts, self._names)
        except expat.ExpatError:
            for cut in cuts:
                try:
                    yield from _parsed([cut], self._names)
                except expat.ExpatError:
                    self.unreadable += 1


def _begun(pieces: Iterator[bytes]) -> bytes:
    """The first bytes, to the beginning of the document itself.

    Raises:
        InvalidInput: it does not begin, or declares what Apple's documents do not.

    """
    head = b""
    while ROOT not in head and len(head) <= HEAD and (piece := next(pieces, b"")):
        head += piece
    before, root, rest = head.partition(ROOT)
    if not root:
        raise InvalidInput("That is no Apple Health export: there is no <HealthData> in it.")
    if b"<!ENTITY" in before.upper():
        raise InvalidInput(
            "The file declares entities, which an Apple Health export never does. Nothing of it was read."
        )
    return root + rest


def _parsed(cuts: Sequence[bytes], names: frozenset[str]) -> list[Element]:
    found: list[Element] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag in names:
            found.append((tag, attributes, {}))
        elif tag == "MetadataEntry" and found:
            found[-1][2].setdefault(attributes.get("key", ""), attributes.get("value", ""))

    parser: Any = expat.ParserCreate("utf-8")
    handler: Callable[[str, Attributes], None] = start
    parser.StartElementHandler = handler
    parser.Parse(b"<all>", False)
    parser.Parse(b"".join(cuts), False)
    parser.Parse(b"</all>", True)
    return found
