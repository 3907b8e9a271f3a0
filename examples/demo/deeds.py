"""Sessions, practices and all else around Juniper Vale's goals, whom nobody has ever met; every word made up."""

from typing import NamedTuple

from examples.demo.plans_inward import EVENINGS, KINDLY, WALKS
from examples.demo.plans_outward import BUS, CALLS, DINNER, MEETING
from examples.demo.script import About, At, Deed, Of, On

_PLACE = "The room with the green lamp"
_FIRST, _EVERY, _HELD = 2, 14, 11
"""Sessions are on every other Wednesday."""
_CANCELLED, _MOVED = 3, 7


def _session(number: int) -> list[Deed]:
    """One of the series: it stands for itself from the day before on, and on most days it is held."""
    day, name = _FIRST + _EVERY * number, f"session {number}"
    clock = "16:00" if day < 72 else "16:30"
    at = At(day, clock)
    deeds = [
        Deed(
            day - 1 if number else day,
            "session.scheduled",
            name,
            {"start": at, "minutes": 50, "place": _PLACE, "series": Of("series"), "original": at},
        )
    ]
    if number == _CANCELLED:
        status = {"status": "cancelled", "on": On(day), "reason": "A cold. We wrote instead."}
        return [*deeds, Deed(day, "session.status_changed", name, status)]
    if number == _MOVED:
        day += 1
        deeds.append(
            Deed(day - 2, "session.revised", name, {"start": At(day, "09:00"), "reason": "The boiler man comes."})
        )
    return [*deeds, Deed(day, "session.status_changed", name, {"status": "held", "on": On(day)})]


class Brought(NamedTuple):
    """A topic: brought on a day, talked about on another, or not."""

    day: int
    discussed: int | None
    text: str


_BROUGHT = (
    Brought(1, 2, "Where to begin. It all seems to be one big knot."),
    Brought(12, 16, "The bus: it went better than I tell people."),
    Brought(40, 58, "What I say to myself when I am ill."),
    Brought(63, 72, "Not walking makes me grumpy. Is that allowed?"),
    Brought(85, 86, "Marlo asked me to lead more meetings."),
    Brought(103, 114, "The quarrel. My part of it, and the part that was not mine."),
    Brought(125, 128, "Can a goal be finished?"),
    Brought(163, None, "How we would go on, if less often."),
)

_WEEK = {"instrument": "my-week", "version": "1"}
"""A form of six questions that exists nowhere but here."""

PRACTICES = ("lamppost", "good line")
GOOD_LINES = (
    "The bread rose.",
    "A stranger held the door with his foot, arms full.",
    "Green, everywhere.",
    "I sang in the stairwell.",
    "Wren's message with the seven snails.",
)

DEEDS: tuple[Deed, ...] = (
    # Sessions
    Deed(0, "series.planned", "wrong series", {"start": At(1, "16:00"), "recurrence": "FREQ=WEEKLY", "minutes": 50}),
    Deed(0, "series.retracted", "wrong series", {"reason": "It was Wednesdays."}),
    Deed(
        0,
        "series.planned",
        "series",
        {"start": At(_FIRST, "16:00"), "recurrence": "FREQ=WEEKLY;INTERVAL=2", "minutes": 50, "place": _PLACE},
    ),
    Deed(71, "series.revised", "series", {"start": At(72, "16:30"), "reason": "Half an hour later, for the bus."}),
    *(deed for number in range(_HELD) for deed in _session(number)),
    Deed(51, "session.scheduled", "twice", {"start": At(58, "16:00"), "minutes": 50}),
    Deed(51, "session.retracted", "twice", {}),
    Deed(156, "series.ended", "series", {"ended": On(156), "reason": "Once a month is enough from here."}),
    Deed(
        156,
        "series.planned",
        "monthly",
        {"start": At(184, "16:30"), "recurrence": "FREQ=WEEKLY;INTERVAL=4", "minutes": 50, "place": _PLACE},
    ),
    # Topics
    *(Deed(one.day, "topic.added", one.text, {"text": one.text}) for one in _BROUGHT),
    *(
        Deed(one.discussed, "topic.status_changed", one.text, {"status": "discussed", "on": On(one.discussed)})
        for one in _BROUGHT
        if one.discussed is not None
    ),
    Deed(29, "topic.added", "about the meeting", {"about": About("goal", MEETING.title)}),
    Deed(30, "topic.revised", "about the meeting", {"text": "The sentences I took home.", "session": Of("session 2")}),
    Deed(58, "topic.status_changed", "about the meeting", {"status": "dropped", "on": On(58)}),
    Deed(141, "topic.added", "slip", {"text": "buy yeast"}),
    Deed(141, "topic.retracted", "slip", {"reason": "Wrong list."}),
    # Reflections
    Deed(
        2,
        "reflection.written",
        "first",
        {
            "on": On(2),
            "text": "We made a list. It is **my** list, she said, and I may cross things out. I liked the green lamp.",
            "takeaway": "Small enough to do on a bad day.",
            "session": Of("session 0"),
        },
    ),
    Deed(3, "reflection.revised", "first", {"takeaway": "Small enough that it can be done on a bad day."}),
    Deed(
        69,
        "reflection.written",
        "the line",
        {
            "on": On(69),
            "text": "The whole line! There is a terminus, with a kiosk, and the woman there thought nothing of it.\n\n"
            "I had thought that it would feel like winning. It felt like a Sunday.",
            "goal": Of(BUS.title),
        },
    ),
    Deed(
        115,
        "reflection.written",
        "the quarrel",
        {
            "on": On(115),
            "text": "I said what I thought and the world is still there. A little lopsided, but there.",
            "takeaway": "Loud is not the same as dangerous.",
            "session": Of("session 8"),
        },
    ),
    Deed(142, "reflection.written", "angry", {"on": On(142), "text": "I am so angry that I can't write it down."}),
    Deed(143, "reflection.retracted", "angry", {"reason": "It was for yesterday only."}),
    Deed(
        171,
        "reflection.written",
        "half a year",
        {
            "on": On(171),
            "text": "Half a year of these lines. Some days I only wrote a number. I would still have it than not.",
            "goal": Of(KINDLY.title),
        },
    ),
    # Practices
    Deed(
        7,
        "practice.added",
        "lamppost",
        {
            "title": "Count backwards from the lamppost",
            "recurrence": "FREQ=WEEKLY;BYDAY=MO,WE,FR",
            "start": On(7),
            "minutes": 5,
            "goal": Of(BUS.title),
        },
    ),
    Deed(48, "practice.revised", "lamppost", {"recurrence": "FREQ=WEEKLY;BYDAY=WE", "reason": "It sits now."}),
    Deed(108, "practice.status_changed", "lamppost", {"status": "ended", "on": On(108)}),
    Deed(
        46,
        "practice.added",
        "good line",
        {"title": "One good line before sleep", "recurrence": "FREQ=DAILY", "start": On(46), "goal": Of(KINDLY.title)},
    ),
    Deed(18, "practice.added", "too much", {"title": "Up at five", "recurrence": "FREQ=DAILY", "start": On(18)}),
    Deed(19, "practice.retracted", "too much", {"reason": "Who wrote that?"}),
    # Taken back
    Deed(34, "goal.created", "accordion", {"title": "Learn the accordion", "rank": "z"}),
    Deed(35, "goal.retracted", "accordion", {"reason": "Wren's idea. She may learn it herself."}),
    Deed(
        82,
        "measure.defined",
        "chairs",
        {"goal": Of(DINNER.title), "type": "amount", "question": "How many chairs?", "unit": "chairs"},
    ),
    Deed(83, "measure.retracted", "chairs", {"reason": "This one needs no numbers."}),
    Deed(92, "milestone.added", "marathon", {"goal": Of(WALKS.title), "title": "Sign up for the town run"}),
    Deed(92, "milestone.retracted", "marathon", {"reason": "Ankle."}),
    # How the work together is, and how weeks were
    *(
        Deed(
            day,
            "alliance.recorded",
            f"alliance {day}",
            {"on": On(day), "bond": bond, "goals": goals, "tasks": tasks, "session": About("session", session)},
        )
        for day, bond, goals, tasks, session in (
            (16, 6, 7, 5, "session 1"),
            (72, 8, 8, 6, "session 5"),
            (142, 9, 8, 9, "session 10"),
        )
    ),
    Deed(86, "alliance.recorded", "alliance slip", {"on": On(86), "bond": 1, "note": "Meant nine."}),
    Deed(86, "alliance.retracted", "alliance slip", {}),
    *(
        Deed(day, "assessment.recorded", f"week {day}", {**_WEEK, "answers": answers, "on": On(day), "score": score})
        for day, answers, score in (
            (4, [1, 0, 2, 1, None, 1], 5),
            (60, [2, 1, 2, 1, 1, 2], 9),
            (109, [1, 1, 2, 2, 1, 1], 8),
            (172, [3, 3, 2, 3, 2, 3], 16),
        )
    ),
    Deed(
        173, "assessment.recorded", "week twice", {**_WEEK, "answers": [3, 3, 2, 3, 2, 3], "on": On(173), "score": 16}
    ),
    Deed(173, "assessment.retracted", "week twice", {"reason": "Filled in twice."}),
    # Proposals, as they came up in the green room
    Deed(
        45,
        "proposal.made",
        "fewer evenings",
        {
            "change": {"kind": "goal", "id": Of(EVENINGS.title), "fields": {"importance": 8}},
            "why": "You spoke of nothing else today.",
        },
    ),
    Deed(
        46,
        "proposal.decided",
        "fewer evenings",
        {
            "decision": "accepted",
            "on": On(46),
            "accepted": {"kind": "goal", "id": Of(EVENINGS.title), "fields": {"importance": 8}},
        },
    ),
    Deed(
        100,
        "proposal.made",
        "more calls",
        {"change": {"kind": "goal", "id": Of(CALLS.title), "fields": {"title": "Call Dad twice a week"}}},
    ),
    Deed(
        102,
        "proposal.decided",
        "more calls",
        {"decision": "declined", "on": On(102), "reason": "Sundays are what I can do well."},
    ),
    Deed(128, "proposal.made", "empty", {"change": {"kind": "goal", "id": Of(BUS.title), "fields": {"importance": 9}}}),
    Deed(128, "proposal.retracted", "empty", {"reason": "It is nine already."}),
)
