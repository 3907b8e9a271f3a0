"""What a connector knows of the rest of a journal: it is shown one thing after the other, and resources name several.

Kept in `context.state`: goals and measures whole (a Goal has both in it), of check-ins about a goal the first and the latest
(by which it is told how it goes), of a series what was sent of it, and of the rest that it is there. Where that is lost,
everything comes again. It knows no server.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, TypeVar

from msgspec import Struct

from milepost.plugin_api import Checkin, Goal, JournalView, Measure, Milestone, Practice, Series, Session, View, plain
from milepost_fhir.around import Around
from milepost_fhir.goals import MAX_OUTCOMES
from milepost_fhir.resources import appointment_ids

MAX_SENT = 400
"""Sessions of a series that are known to be outside; the earliest are forgotten first."""
_SAID = "said"
_KEYS = ("goal", "measure", "series", "milestone", "practice", "session", _SAID, "sent")
T = TypeVar("T", bound=Struct)


class Known:
    """See the module. What is noted here counts at once."""

    def __init__(self, state: MutableMapping[str, Any], time_zone: str, today: str) -> None:
        self._state, self._zone, self.today = state, time_zone, today
        self._around: Around | None = None

    def note(self, view: View) -> None:
        """Takes in how something stands."""
        self._around = None
        match view:
            case Goal() | Measure() | Series():
                self._state[f"{type(view).__name__.lower()} {view.id}"] = plain(view)
            case Milestone():
                self._state[f"milestone {view.id}"] = view.goal
            case Practice():
                self._state[f"practice {view.id}"] = True
            case Session():
                there = {"series": view.series or "", "timed": bool(view.start), "original": view.original or None}
                self._state[f"session {view.id}"] = there
            case Checkin():
                self._note_said(view)
            case _:
                pass

    def forget(self, kind: str, id_: str) -> None:
        """Something is not there any more."""
        self._around = None
        if kind == "checkin":
            for subject, said in list(self._said()):
                self._keep_said(subject, [one for one in said if one[0] != id_])
        elif kind in _KEYS:
            self._state.pop(f"{kind} {id_}", None)
            if kind == "goal":
                self._state.pop(f"{_SAID} {id_}", None)

    # Check-ins about goals

    def _said(self) -> Iterator[tuple[str, list[list[Any]]]]:
        for name in self._names(_SAID):
            yield name, self._state[f"{_SAID} {name}"]

    def _note_said(self, view: Checkin) -> None:
        for subject, said in list(self._said()):
            if any(one[0] == view.id for one in said) and subject != view.subject:
                self._keep_said(subject, [one for one in said if one[0] != view.id])
        if not view.subject or f"goal {view.subject}" not in self._state:
            return
        shown = plain(view)
        said = [one for one in self._state.get(f"{_SAID} {view.subject}", []) if one[0] != view.id]
        said.append([view.id, shown.get("on", ""), shown.get("value"), view.measure, view.baseline])
        self._keep_said(view.subject, sorted(said, key=lambda one: (one[1], one[0])))

    def _keep_said(self, subject: str, said: list[list[Any]]) -> None:
        if said:
            kept = said if len(said) <= MAX_OUTCOMES + 1 else [said[0], *said[-MAX_OUTCOMES:]]
            self._state[f"{_SAID} {subject}"] = kept
        else:
            self._state.pop(f"{_SAID} {subject}", None)

    # What a thing has around it

    def _names(self, kind: str) -> list[str]:
        return [name.removeprefix(f"{kind} ") for name in list(self._state) if name.startswith(f"{kind} ")]

    def _all(self, kind: str, cls: type[T]) -> list[T]:
        return [_shown(self._state[f"{kind} {name}"], cls) for name in self._names(kind)]

    def series(self, id_: str) -> Series | None:
        """A series, if it is known."""
        kept = self._state.get(f"series {id_}")
        return _shown({"start": {}, **kept}, Series) if kept is not None else None

    def series_of(self, session: str) -> str:
        """The series of a session that is known; empty where it has none."""
        kept = self._state.get(f"session {session}")
        return str(kept["series"]) if kept is not None else ""

    def around(self) -> Around:
        """What there is around each thing."""
        if self._around is None:
            goals, measures = self._all("goal", Goal), self._all("measure", Measure)
            of_goal: dict[str, list[Measure]] = {}
            for one in measures:
                of_goal.setdefault(one.goal, []).append(one)
            self._around = Around(
                time_zone=self._zone,
                today=self.today,
                goals={one.id: one for one in goals},
                measures={one.id: one for one in measures},
                measures_of=of_goal,
                checkins_about={subject: [_checkin(subject, one) for one in said] for subject, said in self._said()},
                milestones={name: Milestone(id=name) for name in self._names("milestone")},
                practices={name: Practice(id=name) for name in self._names("practice")},
                sessions_of=self._sessions(),
            )
        return self._around

    def _sessions(self) -> dict[str | None, list[Session]]:
        found: dict[str | None, list[Session]] = {}
        for name in self._names("session"):
            kept = self._state[f"session {name}"]
            one = Session(id=name, start={}, series=kept["series"] or None, original=kept["original"])
            found.setdefault(one.series, []).append(one)
        return found

    def plan(self) -> tuple[JournalView, list[str]]:
        """What the plan of a journal has in it: goals, steps and practices, and what its appointments are called."""
        around = self.around()
        view = JournalView(
            id="",
            goals=tuple(sorted(around.goals.values(), key=lambda one: (one.rank, one.id))),
            milestones=tuple(around.milestones.values()),
            practices=tuple(around.practices.values()),
        )
        touched = [name for name in self._names("session") if self._state[f"session {name}"]["timed"]]
        series = [found for name in self._names("series") if (found := self.series(name)) is not None]
        return view, [*touched, *(called for one in series for called in appointment_ids(one, around))]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to be outside."""
        return not any(name.split(" ")[0] in _KEYS for name in self._state)

    # What was sent of a series

    def sent(self, series: str) -> list[str]:
        """What the appointments of a series are called that were sent, as far as that is known."""
        return list(self._state.get(f"sent {series}", ()))

    def note_sent(self, series: str, called: list[str]) -> None:
        """Notes it."""
        if called:
            self._state[f"sent {series}"] = sorted(called)[-MAX_SENT:]
        else:
            self._state.pop(f"sent {series}", None)


def _shown(kept: Mapping[str, Any], cls: type[T]) -> T:
    """A view as it was shown; what was withheld is as if nobody had filled it in, which resources leave out as well."""
    fields = {name: kept[name] for name in cls.__struct_fields__ if name in kept}
    if "levels" in fields:
        fields["levels"] = tuple(fields["levels"])
    return cls(**fields)


def _checkin(subject: str, kept: list[Any]) -> Checkin:
    id_, on, value, measure, baseline = kept
    return Checkin(id=id_, subject=subject, on=on, value=value, measure=measure, baseline=baseline)
