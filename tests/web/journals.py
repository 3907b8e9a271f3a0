"""Journals by chance with all that a log may hold besides what people write: words taken out, stubs, clocks that ran
ahead, types from later versions and of plugins, and payloads that nobody can read.
"""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from milepost.envelope import Event, as_stub, encode_event, salted_digest
from milepost.events import redacted, redaction_of
from milepost.events.redaction import REDACTION
from milepost.journal import State, redactions_in, state_hash
from milepost.register import is_hidden, set_aside, writes_of
from tests.core.views.logs import DAYS, EACH, checkins, days, goals, logs, notes, practices, values, written
from tests.events import JOURNAL, entity

SEEDLING = "\U0001f331"
Chance = random.Random


def text(log: Sequence[Event]) -> str:
    """A log as it stands in a message."""
    return f"[{','.join(encode_event(event).decode() for event in log)}]"


def with_data(event: Event, body: str) -> Event:
    return replace(event, data=Raw(body.encode()))


def spelt_otherwise(event: Event, chance: Chance) -> Event:
    """The same payload, as another program might write it: blanks, escapes, and the fields in another order."""
    fields = list(json.loads(event.payload).items())
    chance.shuffle(fields)
    return with_data(
        event, json.dumps(dict(fields), indent=chance.choice([None, 1]), ensure_ascii=chance.random() < 0.5)
    )


def _odd(change: Callable[[dict[str, Any]], Any]) -> Callable[[Event, Chance], Event]:
    def made(event: Event, _: Chance) -> Event:
        return with_data(event, json.dumps(change(json.loads(event.payload)), ensure_ascii=False))

    return made


def _with(name: str, value: Any) -> Callable[[Event, Chance], Event]:
    return _odd(lambda fields: {**fields, name: value})


ODD: list[Callable[[Event, Chance], Event]] = [
    _with("colour", "green"),
    _with("title", ""),
    _with("title", SEEDLING * 500),
    _with("title", SEEDLING * 501),
    _with("title", None),
    _with("title", 'a "quoted" {brace} and a \\ at the end\\'),
    _with("title", 'one " and {'),
    _with("id", "not an id"),
    _with("id", "e" * 34 + SEEDLING),
    _with("on", f"2026-12-0{SEEDLING}"),
    _with("importance", 11),
    _with("importance", 7.5),
    _with("importance", True),
    _with("value", "in words"),
    _with("value", False),
    _with("due", {"time_zone": "Europe/Berlin", "at": "2026-10-20T15:00:00"}),
    _with("due", {"at": "2026-10-20T15:00:00"}),
    _with("start", {"at": "2026-10-20T15:00:00", "time_zone": "UTC", "offset": 1}),
    _with("answers", [1, None, 3]),
    _with("answers", []),
    _with("answers", [1, "2"]),
    _with("reason", "because"),
    _with("reason", None),
    _with("event", "goal.created"),
    _with("change", {"kind": "goal", "id": entity(1), "fields": {}}),
    _with("accepted", {"kind": "goal", "id": entity(1), "fields": {"status": "paused", "on": "2026-11-01"}}),
    _with("accepted", {"kind": "goal", "id": entity(2), "fields": {"data": {"deep": [1, {"data": "}"}]}}}),
    _odd(lambda fields: {name: value for name, value in fields.items() if name != "id"}),
    lambda event, _: with_data(event, "{}"),
    lambda event, _: with_data(event, event.payload.decode()[:-1] + ',"why":"a whole one \\ud83c\\udf31"}'),
    lambda event, _: with_data(event, event.payload.decode()[:-1] + ',"__proto__":{"title":"x"}}'),
]


MORE = [
    written("checkin.recorded", id=checkins, subject=goals, on=days, value=values, baseline=st.booleans()),
    written("checkin.recorded", id=checkins, subject=practices, on=days, occurrence=days),
    written("practice.added", id=practices, title=notes, recurrence=st.just("FREQ=DAILY"), start=st.just(DAYS[0])),
]
"""What the browser's views look at besides."""
WANTED = st.one_of([made for _, made in [*EACH, *MORE * 4]])

UNTAKEN: list[Callable[[Event, Chance], Event]] = [
    _odd(lambda fields: [fields]),
    lambda event, _: with_data(event, event.payload.decode()[:-1] + ',"why":"half a letter \\ud83c"}'),
    lambda event, _: with_data(event, event.payload.decode()[:-1] + ',"title":"half a letter \\ud83c"}'),
    lambda event, _: with_data(event, event.payload.decode()[:-1] + ',"half a letter \\ud83c":1}'),
]
"""What no server ever takes, and no log holds."""


def _redaction(event: Event, target: Event, chance: Chance) -> Event:
    """The same event, but one that takes out words of another."""
    asked: dict[str, Any] = {"id": entity(900 + event.n), "device": target.device, "n": target.n}
    asked["digest"] = salted_digest(target)
    names = [*json.loads(target.payload)]
    if names and chance.random() < 0.5:
        asked["fields"] = chance.sample(names, 1)
    return with_data(replace(event, type=REDACTION), json.dumps(asked))


def _has_fields(event: Event) -> bool:
    """Whether it is of a kind that a redaction may name: no server has any other."""
    try:
        return isinstance(msgspec.json.decode(event.payload), dict)
    except msgspec.DecodeError:
        return False


def troubled(log: list[Event], chance: Chance) -> list[Event]:
    """The log, where now and then something is not as people write it."""
    made: list[Event] = []
    for event in log:
        match chance.randrange(40):
            case 0 | 1 | 2 if any(map(_has_fields, made)):
                made.append(_redaction(event, chance.choice([*filter(_has_fields, made)]), chance))
            case 3:
                made.append(replace(event, type=chance.choice(["mood.noted", "x.garden.watered", "constructor.name"])))
            case 4:
                made.append(replace(event, v=2))
            case 5 | 6:
                made.append(replace(event, merge_hlc=min(event.hlc, log[0].hlc), received_at=1_790_000_000_000))
            case 7:
                made.append(as_stub(JOURNAL, event, f"not allowed {SEEDLING}"))
            case 8 | 9 | 10 | 11:
                made.append(chance.choice(ODD)(event, chance))
            case 12 | 13 | 14 | 15:
                made.append(spelt_otherwise(event, chance))
            case _:
                made.append(event)
    return [_without_words(event, made, chance) for event in made]


def _without_words(event: Event, log: Sequence[Event], chance: Chance) -> Event:
    """The event, or what is left of it where a server took its words out already."""
    for one in log:
        of = redaction_of(one)
        named = of is not None and (of.device, of.n) == (event.device, event.n)
        if of is not None and named and chance.random() < 0.5:
            return redacted(event, of)
    return event


class Log(list[Event]):
    """A log that is named by its length where a test fails: each of its events would be told in full."""

    def __repr__(self) -> str:
        return f"<{len(self)} events>"


@st.composite
def journals(draw: st.DrawFn) -> Log:
    log = draw(logs(clocks=draw(st.sampled_from(["honest", "any"])), drafts=WANTED))
    return Log(troubled(log, random.Random(draw(st.integers(0, 2**32)))))


def told(state: State) -> dict[str, Any]:
    """All that anybody can see of a state, as `bridge.ts` tells it."""
    return {
        "hash": state_hash(state),
        "visible": [[kind, state.visible(kind)] for kind in state.entities],
        "contexts": [[d, state.context(d), state.counter(d)] for d in ("", *state.devices)],
        "unfolded": [encode_event(event).decode() for event in state.unfolded],
        "newest": state.newest,
        "entities": [
            [kind, [[one, state.fields(kind, one), _aside(found)] for one, found in of_kind.items()]]
            for kind, of_kind in state.entities.items()
        ],
        "redactions": [
            {name: value for name, value in msgspec.to_builtins(of).items() if name != "event"}
            for of in redactions_in(state)
        ],
    }


def _aside(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        return {}
    registers = [
        [
            name,
            [[stamp.device, stamp.n, value] for stamp, value in writes_of(register)],
            [[stamp.device, stamp.n, value] for stamp, value in set_aside(register)],
        ]
        for name, register in found.items()
    ]
    return {"registers": registers, "hidden": is_hidden(found)}
