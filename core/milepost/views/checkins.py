"""A journal's check-ins in the order of their days, worked out once and kept up with the fold; pure.

Nearly all of a long journal is check-ins, and nearly every view asks about some of them. So what is shown of each is
read off its registers once, put in order, and kept with the state. The fold only notes which ones it has set since;
those alone are read again when somebody looks.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from operator import attrgetter

from msgspec import Struct

from milepost.events import Fields
from milepost.journal import Fresh, State
from milepost.views.fields import is_retracted, written

MOST_ONE_BY_ONE = 64
"""Check-ins that are put in place one by one; of more, or where none were read before, the whole is made anew."""


class Checkin(Struct, frozen=True, kw_only=True, gc=False):
    """How it went on one local day. `actor` is who wrote it first, `changed_at` the merge clock of its newest write."""

    id: str
    subject: str | None = None
    on: str = ""
    at: str | None = None
    measure: str | None = None
    value: int | float | str | None = None
    baseline: bool = False
    occurrence: str | None = None
    sitting: str | None = None
    note: str | None = None
    source: str | None = None
    external_id: str | None = None
    actor: str = ""
    changed_at: str = ""


_place = attrgetter("on", "changed_at", "id")


class _Diary(Struct, gc=False):
    """What was read: every check-in that shows by its id, all of them in order, and those about each subject in order."""

    by_id: dict[str, Checkin]
    ordered: list[Checkin]
    about: dict[str | None, list[Checkin]]


def checkins(state: State, first: str = "", last: str = "~") -> list[Checkin]:
    """The check-ins about the days from `first` to `last`, the earliest first."""
    ordered = _diary(state).ordered
    begin = bisect_left(ordered, (first, "", ""), key=_place) if first else 0
    end = bisect_left(ordered, (f"{last}~", "", ""), key=_place) if last != "~" else len(ordered)
    return ordered[begin:end]


def checkin(state: State, entity: str) -> Checkin:
    """One of them, which was not taken back."""
    return _diary(state).by_id[entity]


def checkins_about(state: State, subject: str | None) -> Sequence[Checkin]:
    """Those about one goal, milestone or practice, or (None) about nothing in particular, the earliest first.

    It is shared: look, don't change.
    """
    return _diary(state).about.get(subject, ())


def _diary(state: State) -> _Diary:
    known = state.checkins_read
    changed = state.checkins_changed
    if not isinstance(known, _Diary) or len(changed) > MOST_ONE_BY_ONE:
        known = state.checkins_read = _made(state)
    else:
        for one in changed:
            _put(known, one, _read(state, one))
    changed.clear()
    return known


def _made(state: State) -> _Diary:
    found = [one for entity in state.entities.get("checkin", ()) if (one := _read(state, entity)) is not None]
    found.sort(key=_place)
    diary = _Diary({one.id: one for one in found}, found, {})
    for one in found:
        ours = diary.about.get(one.subject)
        if ours is None:
            ours = diary.about[one.subject] = []
        ours.append(one)
    return diary


def _put(diary: _Diary, entity: str, now: Checkin | None) -> None:
    """One check-in is as it is `now` (None: taken back); what stood in its place goes."""
    before = diary.by_id.pop(entity, None)
    if before is not None:
        for among in (diary.ordered, diary.about[before.subject]):
            del among[bisect_left(among, _place(before), key=_place)]
    if now is not None:
        diary.by_id[entity] = now
        for among in (diary.ordered, diary.about.setdefault(now.subject, [])):
            insort(among, now, key=_place)


def _read(state: State, checkin: str) -> Checkin | None:
    one = state.entities["checkin"][checkin]
    if isinstance(one, Fresh) and "retracted" not in one.fields:
        # Nearly all: never changed, so what was given is all there is, and none of it is null or unknown here.
        stamp = one.stamp
        return Checkin(id=checkin, actor=stamp.actor, changed_at=stamp.ranked_at, **one.fields)
    if is_retracted(one):
        return None
    at, actor = written(one)
    return Checkin(id=checkin, actor=actor, changed_at=at, **_given(state, checkin))


def _given(state: State, checkin: str) -> Fields:
    fields = state.fields("checkin", checkin)
    return {name: value for name, value in fields.items() if value is not None and name != "retracted"}
