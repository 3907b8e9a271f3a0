"""What happened since the last session, gathered out of a view; knows no format.

The terminal's brief says a little more: what two devices wrote at once, what others propose, and how the work together
feels are not in what a plugin is shown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from msgspec import Struct

from milepost.plugin_api import (
    Assessment,
    Checkin,
    Goal,
    JournalView,
    Milestone,
    Revised,
    Series,
    Session,
    Topic,
    direction,
    occurrences,
)
from milepost_report.chosen import goal_of, zone_of
from milepost_report.wording import (
    day_of,
    is_number,
    isolated,
    local_day,
    name_of,
    one_line,
    say_change,
    say_day,
    say_value,
)

BACK_DAYS = 3_660
"""How far back the last session is looked for."""
_TOLD: dict[type, dict[str, str]] = {
    Goal: {
        "title": "called",
        "looks_like": "looks like",
        "why": "why",
        "helps": "what helps",
        "area": "area",
        "kind": "kind",
        "status": "status",
        "start": "from",
        "due": "planned for",
        "importance": "importance",
        "confidence": "confidence",
    },
    Milestone: {"title": "called", "due": "planned for", "goal": "part of"},
}
"""The fields whose changes people talk about, and what they are called."""


class Since(Struct, frozen=True, kw_only=True):
    """Where a brief begins: a local day and its moment (milliseconds since 1970); nothing of it is from the beginning.

    `session` is its session's id where it is known, `of_session` whether there was one, `assumed` whether nobody said
    that it was held.
    """

    day: str = ""
    ms: int = 0
    session: str = ""
    of_session: bool = False
    assumed: bool = False

    def covers(self, on: object, changed_ms: int) -> bool:
        """Whether something about the day `on`, written then, came after it."""
        return isinstance(on, str) and (on > self.day or (on == self.day and changed_ms >= self.ms))


class GoalNews(Struct, frozen=True, kw_only=True):
    """How it went with a goal, its steps and practices; `so_far` is its number, from the first to the latest."""

    goal: Goal
    so_far: str
    checkins: int
    notes: tuple[Checkin, ...]


def last_session(view: JournalView, today: date) -> Since:
    """The last session that has begun and took place, as far as anybody said.

    On its own day one that is not marked as held may be under way, and is not it.
    """
    begun = [
        (one.start["at"], one.start["time_zone"], one.id, one.status)
        for one in chain(view.sessions, (one for of in view.series for one in _given(of, view.sessions, today)))
        if isinstance(one.start, Mapping) and (day := local_day(one.start))
        if (day < today and one.status in {"held", "planned"}) or (day == today and one.status == "held")
    ]
    if not begun:
        return Since()
    at, zone, session, status = max(begun)
    return Since(day=at[:10], ms=_moment(at, zone), session=session, of_session=True, assumed=status != "held")


def _given(of: Series, known: Sequence[Session], today: date) -> Iterator[Session]:
    """The sessions that a series gives by itself."""
    start = of.start
    begins = local_day(start)
    if not isinstance(start, Mapping) or begins is None or not isinstance(of.recurrence, str):
        return
    yesterday = date.fromordinal(max(today.toordinal() - 1, 1))
    last = min(yesterday, day_of(of.ended) or yesterday)
    taken = {local_day(one.original) or local_day(one.start) for one in known if one.series == of.id}
    for back in (31, 366, BACK_DAYS):
        first = max(begins, today - timedelta(min(back, today.toordinal() - 1)))
        days = [day for day in occurrences(of.recurrence, begins, first, last) if day not in taken]
        if days:
            at = f"{days[-1].isoformat()}{start['at'][10:]}"
            yield Session(id="", start={"at": at, "time_zone": start["time_zone"]}, series=of.id)
            return


def since_day(day: date, view: JournalView) -> Since:
    """From the beginning of a day on."""
    return Since(day=day.isoformat(), ms=_moment(f"{day.isoformat()}T00:00:00", view.time_zone))


def _moment(at: str, zone: str) -> int:
    try:
        moment = datetime.fromisoformat(at).replace(tzinfo=zone_of(zone))
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return 0


def goal_news(view: JournalView, since: Since) -> tuple[list[GoalNews], list[Checkin]]:
    """What was said about each goal, in the person's own order; and the notes about nothing that belongs to one."""
    goals = goal_of(view)
    ours: dict[str, list[Checkin]] = {goal.id: [] for goal in view.goals}
    apart: list[Checkin] = []
    for one in view.checkins:
        if since.covers(one.on, one.changed_ms):
            ours.get(goals.get(one.subject or "", ""), apart).append(one)
    found = [_news(goal, ours[goal.id], view) for goal in view.goals if ours[goal.id]]
    return found, [one for one in apart if one_line(one.note)]


def _news(goal: Goal, ours: list[Checkin], view: JournalView) -> GoalNews:
    unit = next((measure.unit for measure in view.measures if measure.id == goal.measure), None)
    given = [one.value for one in ours if one.subject == goal.id and one.measure == goal.measure]
    values = [value for value in given if say_value(value)]
    notes = tuple(one for one in ours if one_line(one.note))
    first, latest = (values[0], values[-1]) if values else (None, None)
    so_far = say_change(first, latest, unit)
    return GoalNews(goal=goal, so_far=so_far, checkins=len(ours), notes=notes)


def harder(view: JournalView, news: Iterable[GoalNews]) -> Iterator[Goal]:
    """Active goals whose numbers go the unwanted way lately."""
    measures = {measure.id: measure for measure in view.measures}
    for goal in (one.goal for one in news if one.goal.status == "active" and one.so_far):
        points = [
            (str(one.on), one.value)
            for one in view.checkins_about(goal.id)
            if one.measure == goal.measure and is_number(one.value) and day_of(one.on)
        ]
        if direction(points, measures.get(goal.measure or "")) == "worsening":
            yield goal


def reached(view: JournalView, since: Since) -> list[Milestone]:
    """Steps reached since, the earliest first."""
    found = [
        one for one in view.milestones if one.status == "reached" and one.on and since.covers(one.on, one.changed_ms)
    ]
    return sorted(found, key=lambda one: (str(one.on), one.id))


def filled_in(view: JournalView, since: Since) -> list[tuple[Assessment, str]]:
    """Questionnaires filled in since, each with its score, and the one of the time before."""
    found: list[tuple[Assessment, str]] = []
    before: dict[str, str] = {}
    for one in sorted(view.assessments, key=lambda form: str(form.on)):
        score = say_value(one.score)
        if since.covers(one.on, one.changed_ms):
            earlier = before.get(one.instrument)
            found.append((one, f"{earlier}, then {score}" if earlier and score else score or "incomplete"))
        if score:
            before[one.instrument] = score
    return found


def takeaways(view: JournalView, since: Since) -> list[str]:
    """What was to be kept of the last session: reflections on it, or of its day and on none."""
    if not since.of_session:
        return []
    return [
        words
        for one in view.reflections
        if (words := one_line(one.takeaway))
        if (one.session == since.session if one.session else one.on == since.day)
    ]


def say_topic(topic: Topic, view: JournalView) -> str:
    """The words of a topic, or what it is about."""
    if words := one_line(topic.text):
        return words
    about = (topic.about or {}).get("id")
    return next((name_of(one) for one in (*view.goals, *view.milestones, *view.practices) if one.id == about), "")


def put_differently(view: JournalView, since: Since, history: Callable[[str], Sequence[Revised]]) -> list[str]:
    """How goals and steps changed since: each field once, from what it was to what it is, with the latest reason."""
    found: list[tuple[int, str]] = []
    both: list[Goal | Milestone] = [*view.goals, *view.milestones]
    for one in both:
        # Reading a history is dear, and of what did not change there is none.
        if one.changed_ms >= since.ms:
            found += _revised(one, [change for change in history(one.id) if change.at_ms >= since.ms], view)
    return [words for _, words in sorted(found, key=lambda row: row[0])]


def _revised(one: Goal | Milestone, changes: Sequence[Revised], view: JournalView) -> Iterator[tuple[int, str]]:
    title = isolated(name_of(one))
    if any(change.field == "title" and change.was is None for change in changes):
        # Of what is written down anew the title says enough.
        yield changes[0].at_ms, f"New: {title}"
        return
    for field, words in _TOLD[type(one)].items():
        turns = [change for change in changes if change.field == field]
        was, now = (turns[0].was, turns[-1].now) if turns else (None, None)
        if was == now or (field == "status" and (was or "active") == now):
            continue
        reason = next((f" ({isolated(change.reason)})" for change in reversed(turns) if change.reason), "")
        if field == "title":
            yield turns[-1].at_ms, f"“{isolated(was)}” is now “{isolated(now)}”{reason}"
        else:
            yield turns[-1].at_ms, f"{title}: {words}: {_field(field, now, view)}{reason}"


def _field(field: str, value: object, view: JournalView) -> str:
    if field == "goal":
        return next((name_of(goal) for goal in view.goals if goal.id == value), "another goal")
    if isinstance(value, Mapping):
        return f"{say_day(str(value.get('at', ''))[:10])} {one_line(str(value.get('at', ''))[11:16])}".strip()
    if value is None:
        return "–"
    return one_line(value).replace("let_go", "let go") if field == "status" else isolated(say_day(value))
