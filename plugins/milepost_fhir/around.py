"""What a resource says of other things than its own: looked up once, in a view or in what a connector knows of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct, field

from milepost.plugin_api import Checkin, Goal, JournalView, Measure, Milestone, Practice, Revised, Session

T = TypeVar("T")


def _no_history(_: str) -> Sequence[Revised]:
    return ()


class Around(Struct, frozen=True, kw_only=True):
    """The things beside one: goals and measures by id, measures and check-ins by the goal (or other subject) they are about.

    What is missing here is left out of resources, and nothing else changes. `today` is the person's own day; `history`
    gives what became of a thing, as in `ExportContext`.
    """

    time_zone: str = "UTC"
    today: str = ""
    goals: Mapping[str, Goal] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    measures_of: Mapping[str, Sequence[Measure]] = field(default_factory=dict)
    checkins_about: Mapping[str | None, Sequence[Checkin]] = field(default_factory=dict)
    milestones: Mapping[str, Milestone] = field(default_factory=dict)
    practices: Mapping[str, Practice] = field(default_factory=dict)
    sessions_of: Mapping[str | None, Sequence[Session]] = field(default_factory=dict)
    history: Callable[[str], Sequence[Revised]] = _no_history

    def kind_of(self, subject: str | None) -> str | None:
        """Whether something that a check-in is about is a goal, a milestone or a practice; None where it is not shown."""
        if not subject:
            return None
        if subject in self.goals:
            return "goal"
        if subject in self.milestones:
            return "milestone"
        return "practice" if subject in self.practices else None


def around_of(
    view: JournalView, *, today: str = "", history: Callable[[str], Sequence[Revised]] = _no_history
) -> Around:
    """What there is around each thing of a journal."""
    return Around(
        time_zone=view.time_zone,
        today=today,
        goals={one.id: one for one in view.goals},
        measures={one.id: one for one in view.measures},
        measures_of=_grouped(view.measures, lambda one: one.goal),
        checkins_about=_grouped(view.checkins, lambda one: one.subject),
        milestones={one.id: one for one in view.milestones},
        practices={one.id: one for one in view.practices},
        sessions_of=_grouped(view.sessions, lambda one: one.series),
        history=history,
    )


K = TypeVar("K")


def _grouped(things: Iterable[T], by: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = {}
    for one in things:
        found.setdefault(by(one), []).append(one)
    return found
