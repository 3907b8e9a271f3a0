"""`merging.json`: lists of events, and the state that they add up to in every causal order."""

import hashlib

from milepost.journal import State, state_hash
from milepost.register import is_hidden, set_aside, writes_of
from tests.golden.making import (
    GOAL,
    JOURNAL,
    LAPTOP,
    PHONE,
    PROPOSAL,
    TABLET,
    Case,
    checkin,
    created,
    decided,
    decoded,
    left_of,
    redaction,
    retracted,
    revised,
    stub,
    written,
)

FILE = "merging.json"
SEEN_GOAL = {LAPTOP: 1}

_PROPOSED = written(
    PHONE,
    1,
    "proposal.made",
    f'{{"id":"{PROPOSAL}","change":{{"kind":"goal","id":"{GOAL}","fields":{{"title":"Say it kindly"}}}},"why":"softer"}}',
    at=10,
    seen=SEEN_GOAL,
)
_TITLE = revised(LAPTOP, 2, "title", '"Say what I need, kindly"', at=60)
_WORDS = written(
    LAPTOP, 2, "goal.revised", f'{{"id":"{GOAL}","title":"Say what I need, kindly","why":"I go quiet"}}', at=60
)
_REST = written(LAPTOP, 1, "rest.set", '{"on":"2026-12-18","until":"2026-12-20"}')

CASES: list[Case] = [
    {"about": "one event", "events": [created()]},
    {"about": "a revision that has seen the first title takes its place", "events": [created(), _TITLE]},
    {
        "about": "two who had not seen each other: the later clock is shown, the other set aside",
        "events": [created(), _TITLE, revised(PHONE, 1, "title", '"Say it at once"', at=90, seen=SEEN_GOAL)],
    },
    {
        "about": "different fields at once are no conflict",
        "events": [created(), _TITLE, revised(PHONE, 1, "why", '"I go quiet"', at=90, seen=SEEN_GOAL)],
    },
    {
        "about": "equal values at once are two writes and no conflict",
        "events": [created(), _TITLE, revised(PHONE, 1, "title", '"Say what I need, kindly"', at=90, seen=SEEN_GOAL)],
    },
    {
        "about": "at the same clock, the greater device id is shown",
        "events": [created(), _TITLE, revised(PHONE, 1, "title", '"Say it at once"', at=60, seen=SEEN_GOAL)],
    },
    {
        "about": "a counter in the clock decides where the milliseconds are the same",
        "events": [
            created(),
            revised(LAPTOP, 2, "title", '"A"', hlc="01a3182561800002"),
            revised(PHONE, 1, "title", '"B"', hlc="01a3182561800001", seen=SEEN_GOAL),
        ],
    },
    {
        "about": "a later event of one device takes the place of its earlier one, though its clock went back",
        "events": [created(at=90), revised(LAPTOP, 2, "title", '"Later"', at=0)],
    },
    {
        "about": "what has seen the other wins, though its clock is lower",
        "events": [created(at=600), revised(PHONE, 1, "title", '"Having seen"', at=0, seen=SEEN_GOAL)],
    },
    {
        "about": "a clock that ran ahead ranks by its merge clock",
        "events": [
            created(),
            revised(LAPTOP, 2, "title", '"From the year 2039"', hlc="0200000000000000", merge_hlc="01a3182ad6a00000"),
            revised(PHONE, 1, "title", '"Later in truth"', hlc="01a3182ad6a00001", seen=SEEN_GOAL),
        ],
    },
    {
        "about": "three at once; writes that are set aside are sorted as text",
        "events": [
            created(),
            revised(LAPTOP, 2, "title", '"A"', at=10),
            revised(PHONE, 1, "title", '"B"', at=30, seen=SEEN_GOAL),
            revised(TABLET, 1, "title", '"C"', at=20, seen=SEEN_GOAL),
        ],
    },
    {
        "about": "counters in the hash are sorted as text, and compared as numbers",
        "events": [
            created(),
            *[revised(LAPTOP, n, "why", f'"{n}"', at=n) for n in range(2, 10)],
            revised(LAPTOP, 10, "title", '"ten"', at=10),
            revised(PHONE, 1, "title", '"one"', at=40, seen=SEEN_GOAL),
            revised(PHONE, 2, "title", '"two"', at=41),
            revised(TABLET, 1, "title", '"three"', at=50, seen={LAPTOP: 9}),
        ],
    },
    {
        "about": "a write that has seen all settles a conflict, whatever it says",
        "events": [
            created(),
            _TITLE,
            revised(PHONE, 1, "title", '"Say it at once"', at=90, seen=SEEN_GOAL),
            revised(PHONE, 2, "title", '"Say what I need, kindly"', at=95, seen={LAPTOP: 2}),
        ],
    },
    {
        "about": "a write that has seen one of two leaves the other set aside",
        "events": [
            created(),
            _TITLE,
            revised(PHONE, 1, "title", '"Say it at once"', at=90, seen=SEEN_GOAL),
            revised(TABLET, 1, "title", '"Mine"', at=30, seen={LAPTOP: 2}),
        ],
    },
    {
        "about": "seen carries differences: what an event before it had seen counts",
        "events": [
            created(),
            revised(PHONE, 1, "why", '"I go quiet"', at=10, seen=SEEN_GOAL),
            revised(PHONE, 2, "title", '"Says nothing of what it saw"', at=20),
        ],
    },
    {
        "about": "a revision may come before the event that makes the entity",
        "events": [revised(PHONE, 1, "title", '"First"', at=90), created()],
    },
    {
        "about": "null clears a field, and a null is a value",
        "events": [
            created(more_fields=',"why":"I go quiet"'),
            revised(LAPTOP, 2, "why", "null", at=10),
            revised(PHONE, 1, "why", '"It matters"', at=5, seen=SEEN_GOAL),
        ],
    },
    {
        "about": "status and its day are one register",
        "events": [
            created(),
            written(LAPTOP, 2, "goal.status_changed", f'{{"id":"{GOAL}","status":"paused","on":"2026-12-18"}}', at=10),
            written(
                PHONE,
                1,
                "goal.status_changed",
                f'{{"id":"{GOAL}","status":"achieved","on":"2026-12-19"}}',
                at=20,
                seen=SEEN_GOAL,
            ),
        ],
    },
    {
        "about": "measure and value are one register; an amendment replaces both",
        "events": [
            checkin(LAPTOP, 1, "checkin.recorded", f'"on":"2026-12-18","measure":"{GOAL}","value":5'),
            checkin(LAPTOP, 2, "checkin.amended", '"value":6,"note":"better"', at=5),
        ],
    },
    {
        "about": "fractions, great numbers and text as values",
        "events": [
            checkin(LAPTOP, 1, "checkin.recorded", '"on":"2026-12-18","value":2.5,"note":"Sp\\u00e4ter ✓ 🌱"'),
            checkin(PHONE, 1, "checkin.amended", '"value":9007199254740991', at=5, seen={LAPTOP: 1}),
            checkin(TABLET, 1, "checkin.amended", '"value":"some"', at=6, seen={LAPTOP: 1}),
        ],
    },
    {"about": "a type sets a register by what it is", "events": [_REST]},
    {
        "about": "rest ends: all of the register is replaced",
        "events": [_REST, written(LAPTOP, 2, "rest.ended", '{"on":"2026-12-19"}', at=5)],
    },
    {
        "about": "events without an id are about the entity with the journal's id",
        "events": [
            written(LAPTOP, 1, "journal.opened", '{"title":"Mine","time_zone":"Europe/Berlin"}'),
            written(LAPTOP, 2, "plan.written", '{"signs":"I sleep badly"}', at=5),
        ],
    },
    {"about": "a goal that was taken back is hidden", "events": [created(), retracted(LAPTOP, 2, at=5)]},
    {
        "about": "a change made meanwhile brings it back",
        "events": [
            created(),
            retracted(LAPTOP, 2, at=50),
            revised(PHONE, 1, "why", '"I go quiet"', at=5, seen=SEEN_GOAL),
        ],
    },
    {
        "about": "taken back again, having seen that change, it is hidden",
        "events": [
            created(),
            retracted(LAPTOP, 2, at=50),
            revised(PHONE, 1, "why", '"I go quiet"', at=5, seen=SEEN_GOAL),
            retracted(LAPTOP, 3, at=60, seen={PHONE: 1}),
        ],
    },
    {
        "about": "taken back twice at once, each having seen another change, it is hidden",
        "events": [
            created(),
            revised(LAPTOP, 2, "why", '"A"', at=1),
            revised(PHONE, 1, "helps", '"B"', at=2, seen=SEEN_GOAL),
            retracted(LAPTOP, 3, at=3),
            retracted(PHONE, 2, at=4),
        ],
    },
    {
        "about": "a change that had seen it taken back brings it back as well",
        "events": [
            created(),
            retracted(LAPTOP, 2, at=5),
            revised(PHONE, 1, "why", '"I go quiet"', at=50, seen={LAPTOP: 2}),
        ],
    },
    {"about": "a proposal by itself changes nothing", "events": [created(), _PROPOSED]},
    {
        "about": "a proposal that was accepted sets the fields of its change",
        "events": [created(), _PROPOSED, decided(LAPTOP, 2, '"title":"Say it kindly"', at=20, seen={PHONE: 1})],
    },
    {
        "about": "what was accepted is a write like any other: set aside where another one is later",
        "events": [
            created(),
            _PROPOSED,
            decided(LAPTOP, 2, '"title":"Say it kindly"', at=20, seen={PHONE: 1}),
            revised(PHONE, 2, "title", '"Mine"', at=90),
        ],
    },
    {
        "about": "what was accepted may make an entity, and shared registers are one there too",
        "events": [
            _PROPOSED.replace(f',"seen":{{"{LAPTOP}":1}}', ""),
            decided(PHONE, 2, '"title":"Say it kindly","status":"active","on":"2026-12-18"', at=20),
        ],
    },
    {
        "about": "folding does not look into what was accepted, nor at the decision: each field sets a register",
        "events": [
            created(),
            _PROPOSED,
            decided(
                LAPTOP, 2, '"title":"Say it kindly","mood":{"fine":1},"reason":"so be it"', at=20, seen={PHONE: 1}
            ).replace('"decision":"accepted"', '"decision":"declined"'),
        ],
    },
    {
        "about": "a key that stands twice in a payload: the last one counts",
        "events": [written(LAPTOP, 1, "goal.created", f'{{"id":"{GOAL}","title":"A","why":"B","title":"C"}}')],
    },
    {
        "about": "a number is the same number however it is written, where fractions may be",
        "events": [
            checkin(LAPTOP, 1, "checkin.recorded", '"on":"2026-12-18","value":7'),
            checkin(PHONE, 1, "checkin.amended", '"value":7.0', at=5),
            checkin(TABLET, 1, "checkin.amended", '"value":70e-1', at=6),
        ],
    },
    {
        "about": "a form is looked at where an event comes in, and not in a fold: a day that is none",
        "events": [created(more_fields=',"due":"2026-02-30"')],
    },
    {
        "about": "a stub sets nothing, but its counter and what it had seen count",
        "events": [
            created(),
            revised(PHONE, 1, "why", '"I go quiet"', at=10),
            stub(PHONE, 2, SEEN_GOAL),
            revised(PHONE, 3, "title", '"Having seen"', at=20),
        ],
    },
    {
        "about": "an unknown type sets nothing, and a context stops before it",
        "events": [
            created(),
            written(LAPTOP, 2, "dream.told", '{"id":"55555555-5555-4555-8555-555555555556","long":true}', at=5),
            revised(LAPTOP, 3, "why", '"I go quiet"', at=10),
        ],
    },
    {
        "about": "a newer version of a known type sets nothing, and a context stops before it",
        "events": [created(), revised(PHONE, 1, "title", '"From tomorrow"', at=5, v=2), _TITLE],
    },
    {
        "about": "a payload that can't be read sets nothing, and a context stops before it",
        "events": [created(), revised(PHONE, 1, "title", "17", at=5), revised(PHONE, 2, "why", '"Yes"', at=6)],
    },
    {
        "about": "a plugin's type sets nothing, and a context passes it",
        "events": [
            created(),
            written(LAPTOP, 2, "x.moon.phase", '{"full":true}', at=5, v=3),
            revised(LAPTOP, 3, "why", '"I go quiet"', at=10),
        ],
    },
    {
        "about": "a reason and the type's name in a payload set nothing",
        "events": [
            created(),
            written(
                LAPTOP,
                2,
                "goal.revised",
                f'{{"event":"goal.revised","id":"{GOAL}","why":"I go quiet","reason":"it came to me"}}',
                at=5,
            ),
        ],
    },
    {
        "about": "a redaction takes all words of an event; what it had replaced stays replaced",
        "events": [created(), _WORDS, redaction(PHONE, 1, _WORDS, at=90, seen={LAPTOP: 2})],
    },
    {
        "about": "what is left of a redacted event folds to the same",
        "events": [
            created(),
            left_of(_WORDS, redaction(PHONE, 1, _WORDS)),
            redaction(PHONE, 1, _WORDS, at=90, seen={LAPTOP: 2}),
        ],
    },
    {
        "about": "a redaction of one field leaves the others",
        "events": [created(), _WORDS, redaction(PHONE, 1, _WORDS, fields='["why"]', at=90, seen={LAPTOP: 2})],
    },
    {
        "about": "a redacted write stays in its place in a conflict",
        "events": [
            created(),
            _WORDS,
            revised(TABLET, 1, "title", '"Mine"', at=30, seen=SEEN_GOAL),
            redaction(PHONE, 1, _WORDS, at=90, seen={LAPTOP: 2}),
        ],
    },
    {
        "about": "the values inside a proposal's change go, the names of its fields stay",
        "events": [created(), _PROPOSED, redaction(LAPTOP, 2, _PROPOSED, at=90, seen={PHONE: 1})],
    },
    {
        "about": "the values of what was accepted go from the entity as well",
        "events": [
            created(),
            _PROPOSED,
            decided(LAPTOP, 2, '"title":"Say it kindly"', at=20, seen={PHONE: 1}),
            redaction(
                PHONE,
                2,
                decided(LAPTOP, 2, '"title":"Say it kindly"', at=20, seen={PHONE: 1}),
                at=90,
                seen={LAPTOP: 2},
            ),
        ],
    },
    {
        "about": "what a type sets by what it is stays when its words go",
        "events": [_REST, redaction(PHONE, 1, _REST, at=90, seen={LAPTOP: 1})],
    },
]


def played(case: Case) -> Case:
    """The case with what its events add up to."""
    state = State(JOURNAL)
    for event in decoded(case["events"]):
        state.apply(event)
    return {**case, "expected": expected(state)}


def expected(state: State) -> Case:
    """A state, in plain words."""
    found, lines = [], []
    for kind, of_kind in sorted(state.entities.items()):
        for entity in sorted(of_kind):
            registers = state.registers(kind, entity)
            told = {}
            for name, register in sorted(registers.items()):
                first, *others = [
                    {"device": stamp.device, "n": stamp.n, "value": value} for stamp, value in writes_of(register)
                ]
                others.sort(key=lambda write: f"{write['device']}.{write['n']}")
                told[name] = {"shown": first, "set_aside": others, "conflict": bool(set_aside(register))}
                writes = ",".join(f"{write['device']}.{write['n']}" for write in (first, *others))
                lines.append(f"{kind}/{entity}/{name}:{writes}\n")
            found.append({"kind": kind, "id": entity, "hidden": is_hidden(registers), "registers": told})
    hashed = hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
    assert hashed == state_hash(state)
    return {
        "entities": found,
        "counters": {device: progress.n for device, progress in sorted(state.devices.items())},
        "unread": [[event.device, event.n] for event in state.unfolded],
        "context": dict(sorted(state.context("").items())),
        "state_hash": hashed,
    }
