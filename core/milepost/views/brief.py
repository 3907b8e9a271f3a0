"""What happened since the last session, on one page to take to the next; gathers and weighs nothing up but what it says.

How the work together feels is private: the brief may say that something changed, and never a figure.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from milepost.clock import hlc_ms
from milepost.envelope import Event
from milepost.journal import State
from milepost.views import entities
from milepost.views.checkins import Checkin, checkins
from milepost.views.entities import UNTITLED, Assessment, Session, Zoned
from milepost.views.fields import changed_at, those
from milepost.views.history import Change, histories
from milepost.views.journal import conflicts, goal_ids
from milepost.views.progress import progress
from milepost.views.proposals import Proposal, proposals
from milepost.views.recurrence import instant, sessions_within

BACK_DAYS = (31, 366, 3_660)
"""How far back the last session is looked for; first near, where it mostly is."""
FRESH_HOURS = 12
"""A session that began within so many hours, and of which nobody said anything, may just be under way: on the way into it
and out of it a brief goes from the one before."""
ALLIANCE_DROP = 2
"""A scale of an alliance check that is so much lower than the time before is worth a word."""

Worsened = Callable[[Sequence[Assessment]], Iterable[str]]
"""Assessments, the earliest first → the names of instruments whose score reliably got worse at the last of them."""

_TOLD = {
    "goal": (
        "title",
        "looks_like",
        "why",
        "helps",
        "area",
        "kind",
        "status",
        "start",
        "due",
        "importance",
        "confidence",
    ),
    "milestone": ("title", "due", "goal"),
}
"""The fields whose changes people talk about."""


class Note(Struct, frozen=True, kw_only=True):
    """Words said with a check-in."""

    on: str
    text: str


class GoalNews(Struct, frozen=True, kw_only=True):
    """A goal since then: its first and latest value (of its measure), how many check-ins there were, their notes."""

    id: str
    title: str
    first: int | float | str | None = None
    latest: int | float | str | None = None
    checkins: int = 0
    notes: tuple[Note, ...] = ()


class Revision(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A goal or step put differently (or, `from` null and `field` title, written down); `at` in milliseconds."""

    kind: str
    id: str
    title: str
    field: str
    from_: Any = None
    to: Any = None
    reason: str | None = None
    at: int = 0


class Happened(Struct, frozen=True, kw_only=True):
    """A step that was reached, or a form that was filled in (`score` as kept, or null)."""

    id: str
    title: str
    on: str
    score: int | float | None = None


class Waiting(Struct, frozen=True, kw_only=True):
    """A topic, or a field (`field`) that was written twice at once."""

    id: str
    title: str
    field: str | None = None


class Brief(Struct, frozen=True, kw_only=True):
    """One brief. `session` and `since` are the last session's (null: none yet, so from the beginning); `until` is now.

    `assumed`: nobody said whether that session was held. Where a day was asked for, `since` is its beginning. `proposals`
    are those that wait for an answer, and those that got one since.
    """

    session: str | None = None
    since: Zoned | None = None
    assumed: bool = False
    until: str = ""
    goals: tuple[GoalNews, ...] = ()
    notes: tuple[Note, ...] = ()
    reached: tuple[Happened, ...] = ()
    revisions: tuple[Revision, ...] = ()
    assessments: tuple[Happened, ...] = ()
    takeaways: tuple[str, ...] = ()
    topics: tuple[Waiting, ...] = ()
    conflicts: tuple[Waiting, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    worth: tuple[str, ...] = ()


class _Since(Struct, frozen=True):
    """The moment that a brief begins after: a local day, and the instant in milliseconds."""

    day: str = ""
    ms: int = 0

    def covers(self, on: str, at: str) -> bool:
        """Whether something about the day `on`, written at the merge clock `at`, came after it."""
        return on > self.day or (on == self.day and hlc_ms(at) >= self.ms)


def last_session(state: State, now: datetime) -> Session | None:
    """The last session that has begun at `now` (with an offset) and took place, as far as anybody said.

    One that may be under way is not it until it is marked as held, or `FRESH_HOURS` have passed.
    """
    around = now.astimezone(UTC).date()
    for found in sessions_within(state, ((around - timedelta(days), around + timedelta(1)) for days in BACK_DAYS)):
        begun = [
            one
            for one in found
            if one.status == "held"
            or (one.status == "planned" and now - instant(one.start) > timedelta(hours=FRESH_HOURS))
            if instant(one.start) <= now
        ]
        if begun:
            return begun[-1]
    return None


def brief(
    state: State,
    events: Iterable[Event],
    now: datetime,
    worsened: Worsened = lambda _: (),
    since_then: Session | date | None = None,
) -> Brief:
    """What happened since the last session, or since the beginning; `now` is local, with its time zone.

    `since_then` is another session or a local day to go from.
    """
    session = since_then if isinstance(since_then, Session) else None if since_then else last_session(state, now)
    start = session.start if session else None
    if isinstance(since_then, date):
        start = {"at": f"{since_then.isoformat()}T00:00:00", "time_zone": str(now.tzinfo)}
    since = _Since(start["at"][:10], int(instant(start).timestamp() * 1000)) if start else _Since()
    goals, notes = _news(state, [one for one in checkins(state, since.day) if since.covers(one.on, one.changed_at)])
    forms = entities.assessments(state)
    new_forms = [form for form in forms if since.covers(form.on, form.changed_at)]
    filled_in = {form.instrument for form in new_forms if form.score is not None}
    open_topics = [topic for topic in entities.topics(state) if topic.status == "open"]
    return Brief(
        session=session.id if session else None,
        since=start,
        assumed=session is not None and session.status != "held",
        until=now.replace(tzinfo=None).isoformat(timespec="seconds"),
        goals=goals,
        notes=notes,
        reached=_reached(state, since),
        revisions=_revisions(state, events, since),
        assessments=tuple(Happened(id=f.id, title=f.instrument, on=f.on, score=f.score) for f in new_forms),
        takeaways=_takeaways(state, session) if session else (),
        topics=tuple(Waiting(id=t.id, title=t.text or _title(state, t.about or {})) for t in open_topics),
        conflicts=tuple(Waiting(id=c.id, title=c.title, field=c.field) for c in conflicts(state)),
        proposals=tuple(one for one in proposals(state) if one.decision is None or (one.decided_at or 0) >= since.ms),
        worth=tuple(
            _worth(
                state,
                goals,
                since,
                worsened([form for form in forms if form.instrument in filled_in]) if filled_in else (),
            )
        ),
    )


def _title(state: State, about: dict[str, str]) -> str:
    if about.get("journal") != state.journal:
        return UNTITLED
    fields = state.fields(about.get("kind", ""), about.get("id", ""))
    return str(fields.get("title") or fields.get("text") or fields.get("note") or UNTITLED)


def _news(state: State, recent: list[Checkin]) -> tuple[tuple[GoalNews, ...], tuple[Note, ...]]:
    """What was said about each goal and its steps and practices, in the person's own order; the rest apart."""
    ours: dict[str, list[Checkin]] = {goal: [] for goal in goal_ids(state)}
    apart: list[Checkin] = []
    for one in recent:
        subject = one.subject or ""
        parents = [state.fields(kind, subject).get("goal") for kind in ("milestone", "practice")]
        ours.get(next(filter(None, parents), subject), apart).append(one)
    found = [_of_goal(state, goal, of_goal) for goal, of_goal in ours.items() if of_goal]
    return tuple(found), _notes(apart)


def _of_goal(state: State, goal: str, ours: list[Checkin]) -> GoalNews:
    fields = state.fields("goal", goal)
    answers = [one.value for one in ours if one.subject == goal and one.measure == fields.get("measure")]
    values = [value for value in answers if value is not None]
    return GoalNews(
        id=goal,
        title=fields.get("title") or UNTITLED,
        first=values[0] if values else None,
        latest=values[-1] if values else None,
        checkins=len(ours),
        notes=_notes(ours),
    )


def _notes(ours: list[Checkin]) -> tuple[Note, ...]:
    return tuple(Note(on=one.on, text=one.note) for one in ours if one.note)


def _reached(state: State, since: _Since) -> tuple[Happened, ...]:
    found = []
    for entity, fields in those(state, "milestone", "on", lambda on: bool(on) and on >= since.day).items():
        if fields.get("status") == "reached" and since.covers(fields["on"], changed_at(state, "milestone", entity)):
            found.append(Happened(id=entity, title=fields.get("title") or UNTITLED, on=fields["on"]))
    return tuple(sorted(found, key=lambda one: (one.on, one.title, one.id)))


def _revisions(state: State, events: Iterable[Event], since: _Since) -> tuple[Revision, ...]:
    found = []
    standing = {kind: set(state.visible(kind)) for kind in _TOLD}
    for (kind, entity), written in histories(events, state.journal, set(_TOLD), since.ms).items():
        fields = state.fields(kind, entity)
        changes = _net(written)
        begun = {(one.device, one.n) for one in changes if one.field == "title" and one.from_ is None}
        for one in changes:
            # Of what is written down anew the title says enough.
            news = one.field == "title" if (one.device, one.n) in begun else one.from_ != one.to
            if news and one.field in _TOLD[kind] and entity in standing[kind]:
                title = fields.get("title") or UNTITLED
                what: dict[str, Any] = {"field": one.field, "from_": one.from_, "to": one.to}
                found.append(Revision(kind=kind, id=entity, title=title, reason=one.reason, at=one.at, **what))
    return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.id, one.field)))


def _net(changes: Sequence[Change]) -> list[Change]:
    """The changes, those of a status as one: from what it was to what it is; there and back is none."""
    turns = [one for one in changes if one.field == "status"]
    if not turns:
        return list(changes)
    turn = msgspec.structs.replace(turns[-1], from_=turns[0].from_)
    return [
        *(one for one in changes if one.field != "status"),
        *([turn] if (turn.from_ or "active") != turn.to else []),
    ]


def _takeaways(state: State, session: Session) -> tuple[str, ...]:
    """What was to be kept of a session: reflections on it, or of its day and on none."""
    return tuple(
        one.takeaway
        for one in entities.reflections(state)
        if one.takeaway and (one.session == session.id or (one.session is None and one.on == session.start["at"][:10]))
    )


def _worth(state: State, goals: Sequence[GoalNews], since: _Since, worsened: Iterable[str]) -> list[str]:
    """What may be worth talking about, in sentences."""
    fields = {one.id: state.fields("goal", one.id) for one in goals}
    active = [goal for goal, of_goal in fields.items() if (of_goal.get("status") or "active") == "active"]
    words = [
        f"“{goal.title}” has been harder lately."
        for goal in progress(state, set(active)).goals
        for one in goal.series
        if one.measure == fields[goal.id].get("measure") and one.points[-1].on >= since.day
        if one.trend and one.trend.direction == "worsening"
    ]
    checks = entities.alliances(state)
    for scale in ("bond", "goals", "tasks"):
        given = [check for check in checks if getattr(check, scale) is not None][-2:]
        drop = getattr(given[0], scale) - getattr(given[-1], scale) if given else 0
        if drop >= ALLIANCE_DROP and since.covers(given[-1].on, given[-1].changed_at):
            words.append("How the work together feels has changed.")
            break
    return [*words, *(f"{name}: the answers have become heavier." for name in worsened)]
