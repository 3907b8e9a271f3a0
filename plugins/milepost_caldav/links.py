"""What is known of each thing outside: where it is, in which version, as what it last agreed, and what is on its way.

Theory of operation
-------------------
A *link* is kept in `context.state` for each thing that is outside, or is to be. Nothing of it is needed for good: where
all links are lost, names outside are worked out anew, and what is there is taken over. That somebody deleted a thing there
is a mark of its own, which has no words and is not lost with the rest.

    want    what the journal says of it: kept, as a step looks different when its goal does
    shown   what it was when it was last the same here and there: what is different there, somebody did there
    base    what the journal had at that moment, as the host gave it: handed back with what comes in
    sent    what is about to be put there, stored before it leaves: what builds on one of these is our own echo
    etag    the version there; empty where something there has not been taken in yet
    own     whether all that stands in that version is ours: then it is written without being read first
    gone    somebody there deleted it: it is let go of, and comes back only if it does there
    leaving we are about to take it away, stored before: where it is gone then, nobody there deleted it
    ended   a day of a practice that is over: it was taken away, and counts if it is completed late all the same
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from milepost.plugin_api import Context
from milepost_caldav.sessions import Sitting
from milepost_caldav.settings import CaldavSettings
from milepost_caldav.todos import Shown, Task

_LINK, _LOOKED_FOR, _GONE = "link ", "looked for ", "mark "


class Want(Struct, omit_defaults=True, kw_only=True):
    """What the journal says of a goal, a step, or one day of a practice."""

    title: str = ""
    status: str = ""
    due: str = ""
    zone: str = ""
    """The zone in which it is due."""
    goal: str = ""
    percent: int = -1
    on_ms: int = 0
    """When it was reached."""
    changed_ms: int = 0


class Sent(Struct, omit_defaults=True):
    """What is on its way, what names that version, and what the journal had when it left."""

    shown: Shown
    ours: str
    revision: str
    base: dict[str, str]


class Link(Struct, omit_defaults=True, kw_only=True):
    """See the module."""

    kind: str
    id: str
    day: str = ""
    want: Want | None = None
    main: Sitting | None = None
    others: dict[str, Sitting] = {}
    href: str = ""
    etag: str = ""
    own: bool = False
    shown: Shown | None = None
    ours: str = ""
    revision: str = ""
    base: dict[str, str] = {}
    sent: list[Sent] = []
    count: int = 0
    """How many versions of ours there were."""
    gone: bool = False
    ended: bool = False
    leaving: bool = False
    checkin: str = ""
    """The external id of the check-in that it came to."""

    @property
    def key(self) -> str:
        """What it is kept under."""
        return key_of(self.kind, self.id, self.day)

    def forget_outside(self) -> None:
        """It is not there any more, or not known to be."""
        self.href = self.etag = self.ours = self.revision = ""
        self.shown, self.sent = None, []
        self.own = self.gone = self.leaving = False


def key_of(kind: str, entity: str, day: str = "") -> str:
    """What a link is kept under."""
    return f"{_LINK}{kind} {entity} {day}".rstrip()


class Links:
    """The links of a connection. One that is changed is to be kept again."""

    def __init__(self, context: Context[CaldavSettings]) -> None:
        self._state = context.state
        self._connection = uuid.UUID(context.connection)

    def uid(self, link: Link) -> str:
        """The name of a thing outside: the same whenever it is sent, and unlike any of another connection."""
        return str(uuid.uuid5(self._connection, f"{link.kind}/{link.id}/{link.day}".rstrip("/")))

    def url(self, link: Link, collection: str) -> str:
        """Where it is, or is to be."""
        return link.href or f"{collection}{self.uid(link)}.ics"

    def revision(self, link: Link, task: Task) -> str:
        """What names the next version of ours: no two have the same, even if they say the same.

        It goes by the one that is there, too: how many there were is not known any more where links were lost.
        """
        return self.name_of(f"{link.key}/{link.count + 1}/{link.revision}/{task.shown}/{task.ours}".encode())

    def name_of(self, version: bytes) -> str:
        """A name of a version; nobody can tell from it what it says who does not know the connection."""
        return hashlib.blake2b(version, key=self._connection.bytes, digest_size=8).hexdigest()

    def get(self, kind: str, entity: str, day: str = "") -> Link | None:
        """What is known of something."""
        kept = self._state.get(key_of(kind, entity, day))
        if kept is None:
            gone = _mark_of(kind, entity, day) in self._state
            return Link(kind=kind, id=entity, day=day, gone=True) if gone else None
        return _link(kept)

    def at(self, kind: str, entity: str, day: str = "") -> Link:
        """The same, or a new one."""
        return self.get(kind, entity, day) or Link(kind=kind, id=entity, day=day)

    def keep(self, link: Link) -> None:
        """Notes it."""
        self._state[link.key] = msgspec.to_builtins(link)
        mark = _mark_of(link.kind, link.id, link.day)
        if link.gone:
            self._state[mark] = True
        else:
            self._state.pop(mark, None)

    def drop(self, link: Link) -> None:
        """Forgets it."""
        self._state.pop(link.key, None)
        self._state.pop(_mark_of(link.kind, link.id, link.day), None)

    def is_looked_for(self, practice: str) -> bool:
        """Whether all days of a practice that may be there are known."""
        return f"{_LOOKED_FOR}{practice}" in self._state

    def note_looked_for(self, practice: str, *, still: bool) -> None:
        """Notes that, or that it does not matter any more."""
        if still:
            self._state[f"{_LOOKED_FOR}{practice}"] = True
        else:
            self._state.pop(f"{_LOOKED_FOR}{practice}", None)

    def all(self, kind: str = "", entity: str = "") -> Iterator[Link]:
        """Every link, or those of a kind, or of one thing."""
        about = f"{kind} {entity}".rstrip() if kind else ""
        names = list(self._state)
        for name in names:
            if name.startswith(_LINK + about):
                yield _link(self._state[name])
        for name in names:
            if name.startswith(_GONE + about) and _LINK + name.removeprefix(_GONE) not in self._state:
                of_kind, of_entity, *day = name.removeprefix(_GONE).split(" ")
                yield Link(kind=of_kind, id=of_entity, day="".join(day), gone=True)


def _mark_of(kind: str, entity: str, day: str) -> str:
    """What stays of a link where all the rest of it is lost: that somebody there deleted it."""
    return f"{_GONE}{kind} {entity} {day}".rstrip()


def _link(kept: Mapping[str, Any]) -> Link:
    return msgspec.convert(kept, Link)
