"""The requests of `wire.json`: what is asked, of a server that the case describes, one after the other."""

import json

from tests.golden.making import (
    ACCOUNT,
    CHECKIN,
    JOURNAL,
    LAPTOP,
    NOW,
    OTHER_JOURNAL,
    PHONE,
    TABLET,
    Case,
    created,
    redaction,
    retracted,
    revised,
    written,
)
from tests.golden.receipts import KEY
from tests.golden.requests import (
    CODE,
    CODE_2,
    CODE_3,
    CODE_OTHER,
    EVENTS,
    OTHER_ACCOUNT,
    UNKNOWN_JOURNAL,
    ask,
    coded,
    cursor,
    give_back,
    pair,
    push,
    sync,
)

FIRST = created(more_fields=',"why":"I go quiet"')
SECOND = revised(LAPTOP, 2, "title", '"Say what I need, kindly"', at=60)
OF_PHONE = revised(PHONE, 1, "title", '"Say what I need, at once"', at=90, seen={LAPTOP: 1})
PAIRED = [pair(CODE, journal=JOURNAL)]
OWN: Case = {"codes": {CODE: ACCOUNT}}
LOST = [FIRST, SECOND, OF_PHONE]
GIVEN_BACK = OF_PHONE.replace('"n":1', f'"received_at":{NOW - 10_000},"n":1', 1)
OF_OTHER = written(
    PHONE, 1, "topic.added", f'{{"id":"{CHECKIN}","text":"What to say at once"}}', at=90, seen={LAPTOP: 1},
    actor=OTHER_ACCOUNT,
)  # fmt: skip
TOGETHER: Case = {
    "codes": {CODE: ACCOUNT, CODE_OTHER: OTHER_ACCOUNT},
    "members": {ACCOUNT: "owner", OTHER_ACCOUNT: "therapist"},
    "receipt_keys": [KEY],
}
BOTH = [pair(CODE), pair(CODE_OTHER)]
STOOD = [event.replace('"n":1', f'"received_at":{NOW - 9_000},"n":1', 1) for event in (FIRST, OF_OTHER)]
NEW_TITLE = revised(LAPTOP, 3, "title", '"Say it, soon"', at=120, seen={PHONE: 1})
AHEAD = revised(LAPTOP, 1, "why", '"From the year 2039"', hlc="0200000000000000")
BROKEN = revised(LAPTOP, 2, "title", "17")
NOT_THERE = revised(LAPTOP, 3, "why", '"B"', seen={PHONE: 7})
HALF = revised(LAPTOP, 2, "title", '"half of a letter"').replace("half of a letter", "\\ud83c")
"""A lone surrogate: JSON's grammar has it, and no Unicode text does."""
STUB = json.dumps({"device": LAPTOP, "n": 2, "rejected": "can't be sent", "digest": "ab" * 32}, separators=(",", ":"))
AFTER = revised(LAPTOP, 3, "title", '"Whole again"', at=99)
ITO = "cccccccc-cccc-4ccc-8ccc-000000000004"
"""The account that begins by the first invitation of a conversation."""
INVITED = [*PAIRED, push(FIRST), ask("POST", f"/v1/journals/{JOURNAL}/invitations", "{}")]
JOINED = [*INVITED, pair("EEEE-EEEE-EEE2", account_name="Dr Ito")]
NEW_CODE = '{"code":"EEEE-EEEE-EEE2"}'


def of_ito(event: str) -> str:
    """An event in the name of who was invited."""
    return event.replace(ACCOUNT, ITO)


CONVERSATIONS: list[Case] = [
    {
        "about": "what a server can do",
        "at_least": True,
        "exchanges": [ask("GET", "/v1/capabilities", by=0)],
    },
    {
        "about": "pairing, journals and devices",
        "codes": {CODE: ACCOUNT, CODE_2: ACCOUNT, CODE_3: ACCOUNT, CODE_OTHER: OTHER_ACCOUNT},
        "exchanges": [
            *PAIRED,
            ask("GET", "/v1/journals"),
            pair(f" {CODE_2.lower().replace('-', ' ')}", journal=OTHER_JOURNAL),
            pair(CODE_3, journal=OTHER_JOURNAL, keep=True),
            pair(CODE_3),
            pair("AAAA-AAAA"),
            pair(CODE_OTHER, now=NOW + 299_999),
            ask("GET", "/v1/journals", by=6),
            ask("POST", "/v1/journals", f'{{"id":"{JOURNAL}","private":true}}', by=6),
            ask("POST", "/v1/journals", f'{{"id":"{UNKNOWN_JOURNAL}"}}'),
            ask("POST", "/v1/journals", f'{{"id":"{UNKNOWN_JOURNAL}","private":true}}'),
            ask("POST", "/v1/journals", '{"id":"mine"}'),
            ask("GET", "/v1/devices"),
            ask("POST", "/v1/devices", '{"name":"my watch"}', now=NOW + 5),
            ask("POST", "/v1/sync", '{"journals":{}}', by=7),
            ask("DELETE", "/v1/devices/cccccccc-cccc-4ccc-8ccc-000000000003", now=NOW + 9),
            ask("DELETE", "/v1/devices/cccccccc-cccc-4ccc-8ccc-000000000003", now=NOW + 10),
            ask("GET", "/v1/journals", by=2),
            ask("DELETE", f"/v1/devices/{UNKNOWN_JOURNAL}"),
        ],
    },
    {
        "about": "pairing again with a journal that is the account's already",
        "codes": {CODE: ACCOUNT, CODE_2: ACCOUNT, CODE_3: ACCOUNT, CODE_OTHER: OTHER_ACCOUNT},
        "exchanges": [
            *PAIRED,
            pair(CODE_2, journal=JOURNAL),
            ask("POST", "/v1/journals", f'{{"id":"{OTHER_JOURNAL}"}}'),
            pair(CODE_3, journal=OTHER_JOURNAL),
            pair(CODE_OTHER, journal=JOURNAL),
            pair(CODE_OTHER),
        ],
    },
    {
        "about": "an event that is no JSON text in Unicode: the whole request is refused; a stub goes in its place",
        **OWN,
        "exchanges": [
            *PAIRED,
            sync(cursor(), FIRST, HALF, AFTER),
            push(FIRST, HALF, AFTER),
            push(FIRST),
            push(HALF),
            push(STUB, AFTER),
            sync(cursor(), STUB),
            push(FIRST.replace(ACCOUNT, "a\\udc00")),
            push(FIRST.replace('"hlc":"', '"hlc":7,"was":"')),
        ],
    },
    {
        "about": "a code that is too old",
        **OWN,
        "exchanges": [pair(CODE, now=NOW + 300_001)],
    },
    {
        "about": "two devices sync a journal",
        **OWN,
        "exchanges": [
            *PAIRED,
            sync(cursor(), FIRST),
            sync(cursor(FIRST), SECOND, acknowledged=1),
            sync(cursor(FIRST), OF_PHONE, device=PHONE),
            sync(cursor(FIRST, SECOND), acknowledged=2),
            sync(cursor(FIRST, SECOND, OF_PHONE), acknowledged=2),
            sync(cursor(FIRST), SECOND, acknowledged=1),
            sync(cursor(), device=TABLET),
        ],
    },
    {
        "about": "several journals in one sync, one of which is not the account's",
        **OWN,
        "exchanges": [
            *PAIRED,
            ask("POST", "/v1/journals", f'{{"id":"{OTHER_JOURNAL}"}}'),
            ask(
                "POST", "/v1/sync",
                f'{{"journals":{{"{JOURNAL}":{{"cursor":{cursor()},"device":"{LAPTOP}","events":[{FIRST}]}},'
                f'"{OTHER_JOURNAL}":{{"cursor":{cursor(journal=OTHER_JOURNAL)},"device":"{LAPTOP}"}},'
                f'"{UNKNOWN_JOURNAL}":{{"cursor":{cursor(journal=UNKNOWN_JOURNAL)},"device":"{LAPTOP}"}}}}}}',
            ),
            ask("POST", "/v1/sync", '{"journals":{}}'),
        ],
    },
    {
        "about": "push and pull",
        **OWN,
        "exchanges": [
            *PAIRED,
            push(FIRST, SECOND, OF_PHONE),
            push(SECOND, retracted(LAPTOP, 4), FIRST.replace("I go quiet", "No")),
            push(),
            ask("GET", EVENTS),
            ask("GET", f"{EVENTS}?after=1&limit=1&chain={json.loads(cursor(FIRST))['chain']}"),
            ask("GET", f"{EVENTS}?after=1&limit=1&chain={json.loads(cursor())['chain']}"),
            ask("GET", f"{EVENTS}?after=3"),
            ask("GET", f"{EVENTS}?after=9"),
            ask("GET", f"/v1/journals/{JOURNAL}/chain?at=0,2,9"),
            ask("GET", f"/v1/journals/{JOURNAL}/chain"),
        ],
    },
    {
        "about": "a clock that ran ahead, an event that is rejected, one that waits, and one behind it",
        **OWN,
        "exchanges": [
            *PAIRED,
            sync(cursor(), AHEAD, BROKEN, NOT_THERE, revised(LAPTOP, 4, "why", '"C"')),
            ask("GET", EVENTS),
        ],
    },
    {
        "about": "a server that was put back, and gets back what it lost",
        **OWN,
        "exchanges": [
            *PAIRED,
            push(FIRST, SECOND),
            sync(cursor(*LOST), NEW_TITLE, acknowledged=2),
            ask("GET", f"/v1/journals/{JOURNAL}/chain?at=1,2,3"),
            sync(cursor(FIRST, SECOND)),
            push(GIVEN_BACK, to="repair"),
            sync(cursor(FIRST, SECOND), NEW_TITLE, acknowledged=2),
        ],
    },
    {
        "about": "a server that was put back behind what it confirmed of this device",
        **OWN,
        "exchanges": [*PAIRED, push(FIRST), sync(cursor(FIRST), acknowledged=2)],
    },
    {
        "about": "a snapshot",
        **OWN,
        "exchanges": [*PAIRED, push(*LOST), ask("GET", f"/v1/journals/{JOURNAL}/snapshot")],
    },
    {
        "about": "words are taken out",
        **OWN,
        "exchanges": [
            *PAIRED,
            sync(cursor(), FIRST),
            sync(cursor(FIRST), redaction(PHONE, 1, FIRST, fields='["why"]', seen={LAPTOP: 1}), device=PHONE),
            sync(cursor(), device=TABLET),
        ],
    },
    {
        "about": "feeds",
        **OWN,
        "exchanges": [
            *PAIRED,
            ask("POST", f"/v1/journals/{JOURNAL}/feeds", '{"format":"ics","plain":false,"name":"My steps"}'),
            ask("GET", f"/v1/journals/{JOURNAL}/feeds"),
            ask("DELETE", f"/v1/journals/{JOURNAL}/feeds/cccccccc-cccc-4ccc-8ccc-000000000003", now=NOW + 5),
            ask("DELETE", f"/v1/journals/{JOURNAL}/feeds/{UNKNOWN_JOURNAL}"),
            ask("GET", "/feeds/unknown.ics", by=0),
        ],
    },
    {
        "about": "bodies that are compressed, and an answer for who speaks another version",
        **OWN,
        "exchanges": [
            *PAIRED,
            coded(sync(cursor(), FIRST), "gzip"),
            coded(sync(cursor(FIRST), SECOND, acknowledged=1), "zstd"),
            coded(sync(cursor(FIRST), SECOND, acknowledged=1), "gzip")
            | {"request": {**coded(sync(cursor()), "gzip")["request"], "headers": {
                **sync(cursor())["request"]["headers"], "content-encoding": "br"}}},
            ask("POST", "/v1/sync", '{"journals":{}}', milepost_protocol="2"),
            ask("POST", "/v1/sync", '{"journals":{}}', milepost_protocol="1-3"),
        ],
    },
    {
        "about": "problems",
        **OWN,
        "exchanges": [
            *PAIRED,
            ask("POST", "/v1/sync", '{"journals":{}}', by=0),
            ask("POST", "/v1/sync", '{"journals":{}}', by=9),
            ask("GET", f"/v1/journals/{UNKNOWN_JOURNAL}/events"),
            ask("GET", "/v1/nothing"),
            ask("POST", "/v1/sync", '{"journals":'),
            ask("POST", "/v1/sync", f'{{"journals":{{"{JOURNAL}":{{"device":"{LAPTOP}"}}}}}}'),
            push(FIRST.replace(LAPTOP, "laptop")),
            ask("GET", f"/v1/journals/{JOURNAL}/chain?at={','.join(map(str, range(65)))}"),
            ask("GET", f"/v1/journals/{JOURNAL}/chain?at=first"),
        ],
    },
    {
        "about": "receipts, for what two members wrote",
        **TOGETHER,
        "exchanges": [
            *BOTH,
            sync(cursor(), FIRST),
            sync(cursor(), OF_OTHER, device=PHONE, by=2),
            ask("GET", EVENTS),
            ask("GET", f"{EVENTS}?after=1&limit=1"),
            sync(cursor(FIRST, OF_OTHER), redaction(LAPTOP, 2, OF_OTHER, seen={PHONE: 1}), acknowledged=1),
            ask("GET", EVENTS),
        ],
    },
    {
        "about": "a repair by one of two members: what is proven, and what is not",
        **TOGETHER,
        "exchanges": [
            *BOTH,
            give_back(STOOD),
            give_back(STOOD, shown=[STOOD], spoilt=True),
            give_back([STOOD[1].replace("at once", "never")], shown=[STOOD]),
            give_back(STOOD, shown=[STOOD]),
            give_back(STOOD[1:], shown=[STOOD], by=2),
            ask("GET", EVENTS),
        ],
    },
    {
        "about": "too many codes that are wrong",
        "exchanges": [pair("AAAA-AAAA") for _ in range(11)],
    },
    {
        "about": "an invitation: made, looked at, used once, and what the new member sees and may write",
        **OWN,
        "exchanges": [
            *INVITED,
            ask("POST", "/v1/invitations/look", NEW_CODE, by=0),
            pair("eeee eeee eee2", account_name="Dr Ito"),
            pair("EEEE-EEEE-EEE2", account_name="Dr Ito"),
            ask("POST", "/v1/invitations/look", NEW_CODE, by=0),
            ask("GET", f"/v1/journals/{JOURNAL}/members", by=2),
            ask("GET", f"/v1/journals/{JOURNAL}/invitations", by=2),
            ask("GET", f"/v1/journals/{JOURNAL}/invitations"),
            sync(cursor(FIRST), of_ito(OF_PHONE), device=PHONE, by=2),
            ask("GET", EVENTS, by=2),
            ask("GET", "/v1/journals"),
        ],
    },
    {
        "about": "members: another role, removed, and what is noted of it",
        **OWN,
        "exchanges": [
            *JOINED,
            ask("PATCH", f"/v1/journals/{JOURNAL}/members/{ITO}", '{"role":"reader"}', by=2),
            ask("PATCH", f"/v1/journals/{JOURNAL}/members/{ITO}", '{"role":"reader"}', now=NOW + 5),
            ask("DELETE", f"/v1/journals/{JOURNAL}/members/{ACCOUNT}"),
            ask("DELETE", f"/v1/journals/{JOURNAL}/members/{ITO}", now=NOW + 9),
            ask("GET", f"/v1/journals/{JOURNAL}/members", by=2),
            sync(cursor(FIRST), of_ito(OF_PHONE), device=PHONE, by=2),
            ask("GET", f"/v1/journals/{JOURNAL}/access-log"),
            ask("GET", "/v1/access-log", by=2),
        ],
    },
    {
        "about": "invitations that open nothing, and joining with an account",
        "codes": {CODE: ACCOUNT, CODE_OTHER: OTHER_ACCOUNT},
        "exchanges": [
            *PAIRED,
            pair(CODE_OTHER),
            ask("POST", f"/v1/journals/{JOURNAL}/invitations", '{"role":"owner","days":1}'),
            ask("POST", f"/v1/journals/{JOURNAL}/invitations", '{"role":"reader","days":31}'),
            ask("POST", "/v1/join", NEW_CODE),
            ask("POST", "/v1/join", NEW_CODE, by=2, now=NOW + 86_400_000),
            ask("POST", "/v1/join", NEW_CODE, by=2),
            ask("POST", f"/v1/journals/{JOURNAL}/invitations", '{"role":"reader"}'),
            ask("POST", "/v1/join", '{"code":"EEEE-EEEE-EEEE"}', by=2),
            ask("GET", "/v1/journals", by=2),
        ],
    },
    {
        "about": "a script's token that may only read",
        **OWN,
        "exchanges": [
            *PAIRED,
            ask("POST", "/v1/devices", '{"name":"my watch","scopes":["read"]}'),
            ask("GET", f"/v1/journals/{JOURNAL}/goals", by=2),
            ask("POST", f"/v1/journals/{JOURNAL}/goals", '{"title":"Rest"}', by=2),
            ask("GET", "/v1/access-log", by=2),
            ask("PATCH", "/v1/devices/cccccccc-cccc-4ccc-8ccc-000000000003", '{"scopes":["read","manage"],"name":"watch"}'),
            ask("GET", "/v1/access-log", by=2),
        ],
    },
]  # fmt: skip
