"""`logs.json`: pushes to a server's log, what becomes of each event, and where the log then ends."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from milepost.envelope import decode_event
from milepost.errors import MilepostError
from milepost.messages import PushAnswer
from milepost_server.access import Admitted
from milepost_server.receipts import Receipts
from milepost_server.records import Caller
from milepost_server.services import open_services
from tests.golden.making import (
    ACCOUNT,
    GOAL,
    JOURNAL,
    LAPTOP,
    NOW,
    PHONE,
    PROPOSAL,
    TABLET,
    Case,
    created,
    left_of,
    redaction,
    revised,
    written,
)

FILE = "logs.json"
SEEN_GOAL = {LAPTOP: 1}
_TITLE = revised(LAPTOP, 2, "title", '"Say what I need, kindly"', at=60)
_WHY = revised(PHONE, 1, "why", '"I go quiet"', at=90, seen=SEEN_GOAL)


def _push(*events: str, now: int = NOW, repair: bool = False) -> Case:
    return {"account": ACCOUNT, "now": now, "repair": repair, "events": list(events)}


def _with(event: str, old: str, new: str) -> str:
    assert old in event
    return event.replace(old, new)


def _stub(n: int, digest: str = "cd" * 32) -> str:
    return json.dumps({"device": LAPTOP, "n": n, "rejected": "not so", "digest": digest}, separators=(",", ":"))


_CHANGES = (
    ("goal", '"title":"A"'), ("measure", '"unit":"hours"'), ("milestone", '"title":"A"'), ("practice", '"title":"A"'),
    ("checkin", '"note":"A"'), ("series", '"minutes":50'), ("session", '"minutes":50'), ("topic", '"text":"A"'),
    ("reflection", '"text":"A"'), ("reminder", '"what":"A"'),
)  # fmt: skip


def _proposed(n: int, kind: str, fields: str) -> str:
    change = f'{{"kind":"{kind}","id":"{GOAL}","fields":{{{fields}}}}}'
    return written(LAPTOP, n, "proposal.made", f'{{"id":"{PROPOSAL}","change":{change}}}')


def _decided(n: int, decision: str, given: bool) -> str:
    accepted = f',"accepted":{{"kind":"goal","id":"{GOAL}","fields":{{"title":"A"}}}}' if given else ""
    data = f'{{"id":"{PROPOSAL}","decision":"{decision}","on":"2026-12-18"{accepted}}}'
    return written(LAPTOP, n, "proposal.decided", data)


CASES: list[Case] = [
    {"about": "stored", "pushes": [_push(created(), _TITLE)]},
    {"about": "nothing is sent", "pushes": [_push()]},
    {"about": "the same again is a duplicate", "pushes": [_push(created()), _push(created(), _TITLE, now=NOW + 5)]},
    {
        "about": "other blanks in a payload are another event",
        "pushes": [_push(created()), _push(_with(created(), '"title":', '"title": '))],
    },
    {"about": "a gap, and everything after it", "pushes": [_push(created()), _push(revised(LAPTOP, 3, "why", '"A"'))]},
    {
        "about": "missing: what it has seen is not there; what follows it is behind a gap",
        "pushes": [_push(_WHY, revised(PHONE, 2, "why", '"B"', at=91)), _push(created()), _push(_WHY, now=NOW + 9)],
    },
    {
        "about": "what is seen may come earlier in the same push",
        "pushes": [_push(created(), _WHY)],
    },
    {
        "about": "forked: the same counter with other words; what follows in the same push is forked too",
        "pushes": [
            _push(created()),
            _push(_with(created(), "Say what I need", "Something else"), _TITLE, _WHY),
        ],
    },
    {"about": "a clock that runs ahead is clamped", "pushes": [_push(created(hlc="0200000000000000"), _TITLE)]},
    {"about": "a clock exactly at the limit is not", "pushes": [_push(created(hlc="01a31860e3e00000"))]},
    {"about": "the server's clock went back", "pushes": [_push(created()), _push(_TITLE, now=NOW - 60_000)]},
    {
        "about": "rejected: a payload that breaks its type's rules; the next one goes on from the stub",
        "pushes": [
            _push(_with(created(), '"Say what I need"', "17"), _TITLE),
            _push(_with(created(), '"Say what I need"', "17")),
        ],
    },
    {
        "about": "rejected: in another account's name",
        "pushes": [_push(created(actor="aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"))],
    },
    {
        "about": "rejected: what was seen goes back; the entries that go forward stay",
        "pushes": [
            _push(created(), _TITLE, created(TABLET), revised(PHONE, 1, "why", '"A"', seen={LAPTOP: 2})),
            _push(revised(PHONE, 2, "why", '"B"', seen={LAPTOP: 1, TABLET: 1}), revised(PHONE, 3, "why", '"C"')),
        ],
    },
    {
        "about": "rejected: a whole number with a fraction or an exponent",
        "pushes": [_push(created(more_fields=',"importance":7.0'), revised(LAPTOP, 2, "importance", "7e0"),
                         revised(LAPTOP, 3, "importance", "-0"))],
    },
    {
        "about": "a key that stands twice: the last one counts, in the envelope too",
        "pushes": [_push(_with(created(), '"title"', '"title":17,"title"')),
                   _push(_with(_with(_TITLE, '"n":2', '"n":7,"n":2'), '"title"', '"title":"A","title"'))],
    },
    {
        "about": "lengths are in code points, and a line may hold any of them",
        "pushes": [_push(revised(LAPTOP, 1, "title", f'"{"🌱" * 500}"'), revised(LAPTOP, 2, "title", f'"{"🌱" * 501}"'),
                         revised(LAPTOP, 3, "title", '" "'), revised(LAPTOP, 4, "title", '"a\\nb\\u0000\\u202e"'))],
    },
    {
        "about": "proposals: the kinds that a change may be of, each with an event that revises it",
        "pushes": [_push(*(_proposed(n, kind, fields) for n, (kind, fields) in enumerate(_CHANGES, 1)))],
    },
    {
        "about": "rejected: proposals about the journal, the plan, rest and what is never revised",
        "pushes": [_push(*(_proposed(n, kind, '"title":"A"') for n, kind in enumerate(
            ("journal", "plan", "rest", "assessment", "alliance", "proposal", "redaction", "dream"), 1)))],
    },
    {
        "about": "rejected: a change with fields that the event which revises it may not have, or with `id` or `reason`",
        "pushes": [_push(*(_proposed(n, "goal", fields) for n, fields in enumerate(
            ('"status":"active"', f'"id":"{GOAL}","title":"A"', '"title":"A","reason":"B"', '"title":17'), 1)))],
    },
    {
        "about": "rejected: what was accepted, in a decision that is no acceptance; without it each decision is stored",
        "pushes": [_push(*(_decided(n, decision, given) for n, (decision, given) in enumerate(
            ((decision, given) for given in (True, False) for decision in
             ("accepted", "declined", "countered", "withdrawn")), 1)))],
    },
    {
        "about": "rejected: an integer beyond 2^53-1 in a payload",
        "pushes": [_push(*(written(LAPTOP, n, "assessment.recorded",
            f'{{"id":"{GOAL}","instrument":"a","version":"1","on":"2026-12-18","answers":[null,{answer}]}}')
            for n, answer in enumerate(("9007199254740991", "9007199254740992", "-9007199254740992"), 1)))],
    },
    {"about": "rejected: a stub that is pushed", "pushes": [_push(_stub(1))]},
    {
        "about": "an unknown type and a newer version are stored unchecked",
        "pushes": [
            _push(
                written(LAPTOP, 1, "dream.told", '{"long":true,"n":[1,2]}'),
                revised(LAPTOP, 2, "title", "17", v=2),
                written(LAPTOP, 3, "x.moon.phase", "{ }"),
            )
        ],
    },
    {
        "about": "rejected: an unknown type whose payload is no object",
        "pushes": [_push(written(LAPTOP, 1, "dream.told", "[1]"))],
    },
    {
        "about": "refused as a whole: an event that can't be answered for",
        "pushes": [_push(created()), _push(_TITLE, _with(_WHY, PHONE, "not-a-device"))],
    },
    {"about": "refused as a whole: a context that names the own device", "pushes": [_push(created(seen={LAPTOP: 1}))]},
    {
        "about": "fields that are not known are not kept",
        "pushes": [_push(_with(created(), '"n":1', '"n":1,"mood":"fine"'))],
    },
    {
        "about": "what a server adds is not taken from a device",
        "pushes": [_push(_with(created(), '"n":1', '"n":1,"seq":9,"received_at":7,"merge_hlc":"0000000000000001"'))],
    },
    {
        "about": "a redaction: the words go, the chain stays",
        "pushes": [_push(created(), _TITLE), _push(redaction(PHONE, 1, _TITLE, seen={LAPTOP: 2}))],
    },
    {
        "about": "a redaction of a field",
        "pushes": [
            _push(created(more_fields=',"why":"I go quiet"')),
            _push(
                redaction(PHONE, 1, created(more_fields=',"why":"I go quiet"'), fields='["why"]', seen={LAPTOP: 1})
            ),
        ],
    },
    {
        "about": "a redaction, and its target, in one push",
        "pushes": [_push(created(), redaction(LAPTOP, 2, created()))],
    },
    {
        "about": "missing: the target of a redaction is not there",
        "pushes": [_push(created()), _push(redaction(PHONE, 1, _TITLE))],
    },
    {
        "about": "rejected: a redaction that names another event",
        "pushes": [_push(created()), _push(redaction(PHONE, 1, created(), digest="ef" * 32, seen={LAPTOP: 1}))],
    },
    {
        "about": "rejected: a redaction of a redaction",
        "pushes": [
            _push(created(), redaction(LAPTOP, 2, created())),
            _push(redaction(PHONE, 1, redaction(LAPTOP, 2, created()), seen={LAPTOP: 2})),
        ],
    },
    {
        "about": "an event that was redacted before it was sent, and again whole: the same event",
        "pushes": [
            _push(left_of(created(), redaction(PHONE, 1, created()))),
            _push(created()),
        ],
    },
    {
        "about": "a repair keeps the times that an event once had, within the server's own clock",
        "pushes": [
            _push(
                _with(created(), f'"device":"{LAPTOP}"', f'"received_at":{NOW - 50_000},"device":"{LAPTOP}"'),
                _with(_TITLE, f'"device":"{LAPTOP}"', f'"received_at":{NOW + 50_000},"device":"{LAPTOP}"'),
                repair=True,
            )
        ],
    },
    {
        "about": "a repair keeps a merge clock that is lower than the author's",
        "pushes": [
            _push(
                _with(
                    created(hlc="0200000000000000"), '"n":1',
                    f'"n":1,"received_at":{NOW - 50_000},"merge_hlc":"01a3182561800000"',
                ),
                repair=True,
            )
        ],
    },
    {
        "about": "a repair brings stubs, and events in another account's name",
        "pushes": [
            _push(created(actor="aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"), _stub(2), revised(LAPTOP, 3, "why", '"A"'),
                  repair=True),
            _push(_stub(2), repair=True),
        ],
    },
    {
        "about": "integers up to 2^53-1",
        "pushes": [_push(_with(created(), '"n":1', '"n":9007199254740991')),
                   _push(_with(created(), '"n":1', '"n":9007199254740992'))],
    },
    {
        "about": "refused as a whole: another account writes under that device id",
        "pushes": [_push(created()), {**_push(_TITLE), "account": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"}],
    },
]  # fmt: skip


def played(case: Case) -> Case:
    """The case with the server's answers, and the log that it has then."""
    return asyncio.run(_played(case))


async def _played(case: Case) -> Case:
    with tempfile.TemporaryDirectory() as folder:
        services, database = await open_services(Path(folder))
        services.journals.receipts = Receipts()
        try:
            pushes = []
            for push in case["pushes"]:
                answer: dict[str, Any]
                try:
                    events = [decode_event(body.encode()) for body in push["events"]]
                    by, now = Admitted(Caller(push["account"], ""), "owner"), push["now"]
                    if push["repair"]:
                        results = await services.journals.repair(JOURNAL, by, events, (), now)
                    else:
                        results = await services.journals.push(JOURNAL, by, events, now)
                    answer = json.loads(msgspec.json.encode(PushAnswer(results)))
                except MilepostError as error:
                    answer = {"problem": error.code}
                head = await services.journals.head(JOURNAL)
                pushes.append({**push, **answer, "cursor": {"seq": head.seq, "chain": head.chain}})
            page = await services.journals.page(JOURNAL, 0, 500)
            return {**case, "pushes": pushes, "log": [bytes(body).decode() for body in page.events]}
        finally:
            await database.close()
