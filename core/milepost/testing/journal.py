"""A journal for tests, built by a few calls: its views are those that the host would show, as it is folded from real events.

Ids and times are the same in each run. Nothing of it is written anywhere.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from milepost.clock import NOBODY, HybridClock
from milepost.commands.basis import base_of
from milepost.commands.by_kind import change, make, take_back
from milepost.events import Draft
from milepost.importing.entries import settled
from milepost.inbound import Source, take
from milepost.journal import State
from milepost.plugin_api import (
    SCOPES,
    Change,
    Changed,
    Entry,
    Happened,
    JournalView,
    Kind,
    Reason,
    Removed,
    Scope,
    View,
    Withdrawn,
)
from milepost.projection import Grant, every_entity, project, project_entity
from milepost.writing import write_drafts

_IDS = uuid.UUID("5f0e6c1c-6c1a-4c57-9c5e-0c3a1a3f0b1e")
_BEGAN_MS = 1_777_880_000_000


class FakeJournal:
    """A journal of a made-up person. What is not given is as if nobody had filled it in."""

    def __init__(
        self,
        title: str = "My journal",
        *,
        today: str = "2026-05-04",
        time_zone: str = "Europe/Vienna",
        locale: str = "en",
    ) -> None:
        self.today = today
        self.time_zone = time_zone
        self.locale = locale
        self._ids = 0
        self.id = self._new_id()
        self._device = self._new_id()
        self._state = State(self.id)
        self._types: dict[str, str] = {}
        self._taken: dict[str, set[int]] = {}
        self._clock = HybridClock(wall=lambda: _BEGAN_MS)
        self._write([Draft("journal.opened", {"title": title, "time_zone": time_zone, "locale": locale})])

    # Writing

    def add(self, kind: Kind, /, **fields: Any) -> str:
        """Something of any kind; returns its id.

        Raises:
            InvalidEvent, InvalidInput, NotFound: what a person would be told, too.
        """
        if kind == "assessment":
            made = self._new_id()
            self._write([Draft("assessment.recorded", {"id": made, "on": self.today, **fields})])
            return made
        made, drafts = make(self._state, self._new_id, kind, fields, self.today)
        self._write(drafts)
        return made

    def goal(self, title: str, **fields: Any) -> str:
        """Something that the person wants to be different."""
        return self.add("goal", title=title, **fields)

    def milestone(self, goal: str, title: str, **fields: Any) -> str:
        """A step on the way to a goal."""
        return self.add("milestone", goal=goal, title=title, **fields)

    def measure(self, goal: str, question: str, **fields: Any) -> str:
        """How progress on a goal is seen."""
        return self.add("measure", goal=goal, question=question, **fields)

    def checkin(self, subject: str | None = None, value: float | str | None = None, **fields: Any) -> str:
        """How it went, today unless `on` is given."""
        return self.add("checkin", subject=subject, value=value, **fields)

    def practice(self, title: str, **fields: Any) -> str:
        """An exercise, each day unless `recurrence` says otherwise."""
        return self.add("practice", title=title, **{"recurrence": "FREQ=DAILY", **fields})

    def session(self, at: str, **fields: Any) -> str:
        """A session at a local time like `2026-05-07T15:00:00`."""
        return self.add("session", start=self._zoned(at), **fields)

    def series(self, at: str, recurrence: str = "FREQ=WEEKLY", **fields: Any) -> str:
        """Sessions that come again."""
        return self.add("series", start=self._zoned(at), recurrence=recurrence, **fields)

    def topic(self, text: str, **fields: Any) -> str:
        """Something to bring to a session."""
        return self.add("topic", text=text, **fields)

    def reflection(self, text: str, **fields: Any) -> str:
        """Words about how it was."""
        return self.add("reflection", text=text, **fields)

    def assessment(
        self, instrument: str, answers: Sequence[int | None], score: float | None = None, **more: Any
    ) -> str:
        """A filled-in questionnaire."""
        fields = {"version": "1", "instrument": instrument, "answers": list(answers), "score": score, **more}
        return self.add("assessment", **fields)

    def change(self, kind: Kind, id_: str, /, **fields: Any) -> None:
        """Gives fields other values; None empties one."""
        self._write(change(self._state, kind, id_, fields, self.today))

    def take_back(self, kind: Kind, id: str) -> None:  # noqa: A002 - as everywhere
        """As if it was written by mistake."""
        self._write(take_back(self._state, kind, id))

    def take(self, entries: Iterable[Entry], source: str = "outside") -> list[str]:
        """Takes in what a plugin brings, as the host does for one connection or one format of files, called `source`; says
        of each entry what it came to: `made`, `changed`, `taken back`, `proposed` or `nothing`.

        Raises:
            InvalidEvent, InvalidInput, NotFound: what is wrong with one; those before are in.
        """
        own = self._taken.setdefault(source, set())
        of = Source(name=source, is_own=lambda _, n: n in own, today=self.today)
        outcomes: list[str] = []
        for entry in entries:
            taken = take(self._state, settled(self._state, entry, of), of)
            own.update(self._write(taken.drafts))
            outcomes.append(taken.outcome)
        return outcomes

    # Looking

    def view(self, *scopes: Scope, plain: bool = True) -> JournalView:
        """The journal as a plugin is shown it under these scopes; under all of them if none is named."""
        return project(self._state, _grant(scopes, plain=plain))

    def view_without_scopes(self) -> JournalView:
        """The journal as a plugin is shown it to which nothing was granted."""
        return project(self._state, Grant(frozenset(), plain=False))

    def entity(self, kind: Kind, id: str, *scopes: Scope, plain: bool = True) -> View | None:  # noqa: A002
        """One thing as it is shown; None where it is not."""
        return project_entity(self._state, kind, id, _grant(scopes, plain=plain))

    def entities(self, kinds: Iterable[Kind] | None = None) -> list[tuple[Kind, str]]:
        """(kind, id) of all that there is, parents before what names them."""
        wanted = None if kinds is None else set(kinds)
        everything = every_entity(self._state, _grant((), plain=True))
        return [(kind, one) for kind, one in everything if wanted is None or kind in wanted]

    def changes(
        self,
        kinds: Iterable[Kind] | None = None,
        *,
        grant: Grant | None = None,
        reason: Reason = "new",
        window: int = 1,
        each: bool = False,
    ) -> list[Change]:
        """All that is there, as a connector is sent it; the same `window` gives the same keys.

        `each` is for connectors whose `delivery` is that: every change tells its event.
        """
        grant = _grant((), plain=True) if grant is None else grant
        return [
            Changed(
                kind=kind,
                id=id_,
                key=self._key(kind, id_, window),
                reason=reason,
                view=view,
                base=base_of(self._state, kind, id_),
                event=self._happened(id_, place) if each else None,
            )
            for place, (kind, id_) in enumerate(self.entities(kinds), 1)
            if (view := project_entity(self._state, kind, id_, grant)) is not None
        ]

    def narrowed(self, grant: Grant, kinds: Iterable[Kind] | None = None, *, window: int = 3) -> list[Change]:
        """The same things, sent again as less is granted: what is not shown any more is withdrawn."""
        again = self.changes(kinds, grant=grant, reason="again", window=window)
        shown = {change.id for change in again}
        return [one for one in self.withdrawals(kinds, window=window) if one.id not in shown] + again

    def removals(self, kinds: Iterable[Kind] | None = None, *, window: int = 2) -> list[Change]:
        """The same things, taken back by the person: what names another comes first."""
        return [
            Removed(kind=kind, id=id_, key=self._key(kind, id_, window)) for kind, id_ in reversed(self.entities(kinds))
        ]

    def withdrawals(self, kinds: Iterable[Kind] | None = None, *, window: int = 2) -> list[Change]:
        """The same things, no longer granted."""
        return [
            Withdrawn(kind=kind, id=id_, key=self._key(kind, id_, window))
            for kind, id_ in reversed(self.entities(kinds))
        ]

    # Within

    def _key(self, kind: str, id_: str, window: int) -> str:
        return str(uuid.uuid5(_IDS, f"{kind} {id_} {window}"))

    def _happened(self, id_: str, place: int) -> Happened:
        return Happened(type=self._types[id_], seq=place, at_ms=_BEGAN_MS)

    def _new_id(self) -> str:
        self._ids += 1
        return str(uuid.uuid5(_IDS, str(self._ids)))

    def _zoned(self, at: str) -> Mapping[str, str]:
        return {"at": at, "time_zone": self.time_zone}

    def _write(self, drafts: Sequence[Draft]) -> list[int]:
        """Writes events; gives their counters."""
        for draft in drafts:
            if entity := draft.fields.get("id"):
                self._types[entity] = draft.type
        events = list(write_drafts(self._state, self._device, NOBODY, drafts, self._clock))
        for event in events:
            self._state.apply(event)
        return [event.n for event in events]


def sample_journal() -> FakeJournal:
    """A journal with something of every kind in it, and with letters, lines and numbers that some programs can't take."""
    journal = FakeJournal("Robin Quill, made up")
    speak = journal.goal(
        'Say what I need — even when it’s hard; "quoted", <b>, \\n, 💛',
        kind="smart",
        looks_like="I ask for a break\nbefore I shout",
        why="Umlauts: äöüß, and 日本語",
        due="2026-12-18",
        importance=8,
        confidence=4,
    )
    rest = journal.goal("Sleep through, four nights a week")
    first = journal.milestone(speak, "Ask for a break once", due="2026-05-20")
    journal.milestone(speak, "Say no to one thing", due={"at": "2026-06-01T18:30:00", "time_zone": "Europe/Vienna"})
    dropped = journal.milestone(speak, "Write a letter")
    journal.change("milestone", first, status="reached", on="2026-05-02")
    journal.change("milestone", dropped, status="dropped", on="2026-05-03")
    asked = journal.measure(speak, "How often did I ask?", type="scale", low=0, high=10, better="up", target=7)
    journal.checkin(speak, 3, measure=asked, on="2026-04-27", note="Heather came along, and it went well")
    journal.checkin(speak, 4.5, measure=asked)
    journal.checkin(None, None, note="A quiet day")
    breathe = journal.practice("Breathe out slowly", recurrence="FREQ=DAILY", start="2026-05-01", goal=rest, minutes=5)
    journal.checkin(breathe, None, occurrence="2026-05-02")
    journal.series("2026-05-07T15:00:00", "FREQ=WEEKLY;BYDAY=TH", minutes=50, place="Larch Lane 4")
    journal.session("2026-06-02T09:00:00", minutes=25)
    journal.topic("The call with my brother")
    journal.reflection("It was easier than I thought", takeaway="Pauses help", goal=speak)
    journal.assessment("phq-9", [1, 0, 2, None, 1, 0, 0, 1, 0], 6)
    return journal


def _grant(scopes: Sequence[Scope], *, plain: bool) -> Grant:
    return Grant(frozenset(scopes or SCOPES), plain=plain)


def words_of(views: Iterable[View], fields: Callable[[View], Iterable[str]]) -> Iterator[str]:
    """The texts in some fields of views that are long enough to be told from others."""
    for view in views:
        for name in fields(view):
            value = getattr(view, name)
            if isinstance(value, str) and len(value) > 12 and not value[:4].isdigit() and "=" not in value:
                yield value
