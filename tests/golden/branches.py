"""`branches.json`: logs with a branch that the server does not have, and the same written again under other names."""

from milepost.branch import Held, write_again
from milepost.envelope import decode_event, encode_event
from tests.golden.making import (
    JOURNAL,
    LAPTOP,
    PHONE,
    TABLET,
    Case,
    created,
    redaction,
    revised,
)

FILE = "branches.json"


def _log(*events: str, placed: int = 0, confirmed: int = 0) -> list[Case]:
    return [
        {"event": body, "confirmed": at < max(placed, confirmed), "placed": at < placed}
        for at, body in enumerate(events)
    ]


_STUB = f'{{"device":"{LAPTOP}","n":2,"seen":{{"{TABLET}":4}},"rejected":"not so","digest":"{"ab" * 32}"}}'
_PHONE = revised(PHONE, 1, "why", '"I go quiet"', at=20, seen={LAPTOP: 2})
_OWN = [created(), revised(LAPTOP, 2, "title", '"A"', at=10), revised(LAPTOP, 3, "title", '"B"', at=30)]


def _first_again() -> str:
    """The first event of the branch that begins with `_OWN[1]`, as it is written again."""
    log = [Held(decode_event(body.encode()), False, at == 0) for at, body in enumerate(_OWN)]
    event, _ = write_again(JOURNAL, log, {}, LAPTOP, 2, lambda _, __: None).again[0]
    return encode_event(event).decode()


_AGAIN = _first_again()


def _taken(title: str) -> str:
    """Another event under the name that the branch would get first."""
    return _AGAIN.replace('"A"', f'"{title}"')


CASES: list[Case] = [
    {
        "about": "a device was put back: its events that nobody has go on under another name",
        "log": _log(*_OWN, placed=1),
        "device": LAPTOP,
        "first": 2,
    },
    {"about": "from the first event on", "log": _log(*_OWN), "device": LAPTOP, "first": 1},
    {
        "about": "what had seen the branch is on it, and says so under the new name",
        "log": _log(_OWN[0], _OWN[1], _PHONE, revised(LAPTOP, 3, "title", '"B"', at=30, seen={PHONE: 1}),
                    placed=1, confirmed=3),
        "device": LAPTOP,
        "first": 2,
    },
    {
        "about": "what had seen only what stays keeps its name",
        "log": _log(_OWN[0], _OWN[1], revised(PHONE, 1, "why", '"A"', at=20, seen={LAPTOP: 1}), placed=1),
        "device": LAPTOP,
        "first": 2,
    },
    {
        "about": "what has its place in the server's log keeps its name",
        "log": _log(_OWN[0], _OWN[1], _PHONE, _OWN[2], placed=3),
        "device": LAPTOP,
        "first": 3,
    },
    {
        "about": "a stub stays away; what it had seen is said by the next one",
        "log": _log(_OWN[0], _STUB, _OWN[2], revised(PHONE, 1, "why", '"A"', at=20, seen={LAPTOP: 2}), confirmed=2),
        "device": LAPTOP,
        "first": 1,
    },
    {
        "about": "a redaction names its target as it is called now",
        "log": _log(_OWN[0], _OWN[1], redaction(LAPTOP, 3, _OWN[1], fields='["title"]', at=40)),
        "device": LAPTOP,
        "first": 2,
    },
    {
        "about": "the new name is taken by another event: the next one is tried",
        "log": _log(_OWN[0], _taken("1"), *_OWN[1:], placed=2, confirmed=2),
        "device": LAPTOP,
        "first": 2,
    },
    {
        "about": "the new names are taken: of two devices on the branch, both get the next ones",
        "log": _log(_OWN[0], _taken("1"), _OWN[1], _PHONE, placed=2, confirmed=4),
        "device": LAPTOP,
        "first": 2,
    },
    {
        "about": "the same branch was written again before: what is there under its new name is not written twice",
        "log": _log(_OWN[0], _AGAIN, *_OWN[1:], placed=2, confirmed=2),
        "device": LAPTOP,
        "first": 2,
    },
    {
        "about": "a merge clock that a server gave stays",
        "log": _log(_OWN[0], _OWN[1].replace('"actor"', '"received_at":1800000000000,"merge_hlc":"01a3182561800000","actor"'),
                    placed=1, confirmed=2),
        "device": LAPTOP,
        "first": 2,
    },
]  # fmt: skip


def played(case: Case) -> Case:
    """The case with the branch as it is written again."""
    log = [Held(decode_event(one["event"].encode()), one["confirmed"], one["placed"]) for one in case["log"]]
    held = {(one.event.device, one.event.n): one.event for one in log}
    branch = write_again(JOURNAL, log, {}, case["device"], case["first"], lambda d, n: held.get((d, n)))
    again = [{"event": encode_event(event).decode(), "confirmed": confirmed} for event, confirmed in branch.again]
    return {**case, "gone_from": branch.parted, "names": branch.names, "again": again}
