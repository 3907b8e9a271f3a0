"""`devices.json`: whole syncs of a device with a server, from where both stand to where both hold the same."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import zstandard
from litestar.testing import TestClient

from milepost.client import HttpServer, sync
from milepost.device import Device
from milepost.envelope import Event, decode_event, encode_event, genesis_chain, identity_digest, next_chain
from milepost.journal import state_hash
from milepost.messages import Cursor
from milepost.steps import SyncFailed
from milepost_server import records
from milepost_server.access import Admitted
from milepost_server.records import Caller
from milepost_server.services import Services
from tests.golden.making import (
    ACCOUNT,
    JOURNAL,
    LAPTOP,
    NOW,
    PHONE,
    TABLET,
    Case,
    created,
    decoded,
    left_of,
    redaction,
    revised,
    written,
)
from tests.golden.wire import running

FILE = "devices.json"
WALL = NOW + 7

_SEEN = {LAPTOP: 1}
_GOAL = created(more_fields=',"why":"I go quiet"')
_TITLE = revised(LAPTOP, 2, "title", '"Say what I need, kindly"', at=60)
_SOON = revised(LAPTOP, 3, "title", '"Say it, soon"', at=120)
_PHONE = revised(PHONE, 1, "title", '"Say what I need, at once"', at=90, seen=_SEEN)
_TABLET = revised(TABLET, 1, "why", '"It matters"', at=70, seen=_SEEN)
_WITHOUT = redaction(PHONE, 1, _TITLE, at=95, seen={LAPTOP: 2})
_LONG = [_GOAL, *(revised(LAPTOP, n, "why", f'"{n}"', at=n) for n in range(2, 71))]
_OTHER = revised(LAPTOP, 2, "why", '"Written before the laptop was put back"', at=50)


def placed(*events: str) -> list[str]:
    """Events as a log has them that stored them in this order at `NOW`."""
    return [
        encode_event(decode_event(b'{"seq":%d,"received_at":%d,%b' % (at, NOW, body.encode()[1:]))).decode()
        for at, body in enumerate(events, 1)
    ]


def device(*log: str, unsent: tuple[str, ...] = (), confirmed: tuple[str, ...] = ()) -> Case:
    """The laptop: `log` has its place in the server's log, `confirmed` had one once, `unsent` never had."""
    held = [{"event": body, "confirmed": True} for body in (*placed(*log), *confirmed)]
    return {"device": LAPTOP, "log": [*held, *({"event": body, "confirmed": False} for body in unsent)]}


CASES: list[Case] = [
    {"about": "a first sync", "before": device(unsent=(_GOAL, _TITLE)), "server": []},
    {"about": "nothing to do", "before": device(_GOAL), "server": placed(_GOAL)},
    {
        "about": "a device that has nothing yet",
        "before": device(),
        "server": placed(_GOAL, _TITLE, _PHONE),
    },
    {
        "about": "own events come to their places by their results, between what others wrote",
        "before": device(_GOAL, unsent=(_TITLE, _SOON)),
        "server": placed(_GOAL, _PHONE, _TABLET),
    },
    {
        "about": "an answer was lost: what was sent is there already, and others wrote since",
        "before": device(_GOAL, unsent=(_TITLE,)),
        "server": placed(_GOAL, _TITLE, _PHONE),
    },
    {
        "about": "page by page, where the server gives few at a time",
        "before": device(_GOAL, unsent=(_SOON.replace('"n":3', '"n":2'),)),
        "server": placed(_GOAL, _PHONE, _TABLET, revised(PHONE, 2, "why", '"A"', at=99)),
        "page": 2,
    },
    {
        "about": "a snapshot is begun from, where a new device has more than a page to take; the log follows",
        "before": device(),
        "server": placed(_GOAL, _PHONE, _TABLET, _TITLE),
        "page": 2,
    },
    {
        "about": "rejected: the stub takes the event's place, and the event is kept apart",
        "before": device(_GOAL, unsent=(revised(LAPTOP, 2, "title", "17", at=60), _SOON)),
        "server": placed(_GOAL),
    },
    {
        "about": "a clock that ran ahead ranks lower from then on",
        "before": device(_GOAL, unsent=(revised(LAPTOP, 2, "why", '"2039"', hlc="0200000000000000"),)),
        "server": placed(_GOAL, _PHONE),
    },
    {
        "about": "what it has seen is not on the server: it waits",
        "before": device(_GOAL, unsent=(revised(LAPTOP, 2, "why", '"B"', at=60, seen={PHONE: 7}),)),
        "server": placed(_GOAL),
    },
    {
        "about": "a redaction takes words out of the log",
        "before": device(_GOAL, _TITLE),
        "server": placed(_GOAL, _TITLE, redaction(PHONE, 1, _GOAL, fields='["why"]', at=95, seen={LAPTOP: 2})),
    },
    {
        "about": "an unknown type is kept, and passed over",
        "before": device(_GOAL),
        "server": placed(_GOAL, written(PHONE, 1, "dream.told", '{"long":true}', seen=_SEEN), _TABLET),
    },
    {
        "about": "the chain does not come out: nothing is taken",
        "before": device(_GOAL),
        "server": placed(_GOAL, _PHONE),
        "spoilt": ["at once", "at twice"],
    },
    {
        "about": "an event is left out: nothing is taken",
        "before": device(_GOAL),
        "server": placed(_GOAL, _PHONE),
        "spoilt": ['"seq":2', '"seq":3'],
    },
    {
        "about": "the server was put back: search, rewind, take, repair, converge",
        "before": device(_GOAL, _PHONE, _TITLE, unsent=(_SOON,)),
        "server": placed(_GOAL, _TABLET),
    },
    {
        "about": "the server was put back far: the search narrows down, at up to 64 places at a time",
        "before": device(*_LONG),
        "server": placed(*_LONG[:50], _PHONE),
    },
    {
        "about": "the server was put back to before a redaction, and gives the event whole: its words stay out here",
        "before": device(_GOAL, left_of(_TITLE, _WITHOUT), _WITHOUT),
        "server": placed(_GOAL, _TABLET, _TITLE),
    },
    {
        "about": "a result tells a place beyond the page; the server is put back before the next page is asked for",
        "before": device(_GOAL, unsent=(_TITLE,)),
        "server": placed(_GOAL, _PHONE, _TABLET),
        "page": 1,
        "put_back": {"after": 1, "server": placed(_GOAL, _PHONE, _TABLET)},
    },
    {
        "about": "the new name of a branch is taken by another event: the next one is tried",
        "before": device(
            _GOAL,
            revised("044fac83-9d5a-5dbe-b58f-4c0fab596383", 1, "why", '"In the way"', at=65, seen=_SEEN),
            unsent=(_TITLE, _SOON),
        ),
        "server": placed(
            _GOAL,
            revised("044fac83-9d5a-5dbe-b58f-4c0fab596383", 1, "why", '"In the way"', at=65, seen=_SEEN),
            _OTHER,
        ),
    },
    {
        "about": "the server lost what it had confirmed of this device, and nothing else is new",
        "before": device(_GOAL, _TITLE),
        "server": placed(_GOAL),
    },
    {
        "about": "a repair that was cut short goes on",
        "before": device(_GOAL, confirmed=(_PHONE, _TITLE)),
        "server": placed(_GOAL, _PHONE),
    },
    {
        "about": "the device was put back, and finds that its counters mean other events: forked",
        "before": device(_GOAL, unsent=(_TITLE, _SOON)),
        "server": placed(_GOAL, _OTHER, _PHONE),
    },
    {
        "about": "another event under a counter that is held here, met in a page; what had seen it goes along",
        "before": device(
            _GOAL, _TABLET, confirmed=(revised(TABLET, 2, "why", '"B"', at=80),),
            unsent=(revised(LAPTOP, 2, "title", '"Having seen"', at=85, seen={TABLET: 2}),),
        ),
        "server": placed(_GOAL, _TABLET, revised(TABLET, 2, "why", '"C"', at=75), revised(TABLET, 3, "why", '"D"', at=76)),
    },
]  # fmt: skip


def played(case: Case) -> Case:
    """The case with what was said, and how both stand then."""
    put_back = case.get("put_back")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        client, services = stack.enter_context(_standing(case["server"]))
        then = stack.enter_context(_standing(put_back["server"])) if put_back else None
        made = _device(Path(folder), case["before"])
        exchanges: list[Case] = []
        for one, _ in filter(None, ((client, services), then)):
            _listen(one, exchanges, case.get("spoilt"))
        with mock.patch("milepost_server.journals.MAX_PAGE_EVENTS", case.get("page", 5_000)):
            if put_back and then:
                first = client.request
                client.request = lambda *a, **b: (  # type: ignore[method-assign]
                    first if len(exchanges) < put_back["after"] else then[0].request
                )(*a, headers={**client.headers, **b.pop("headers", {})}, **b)
            failed = _sync(made, client)
        client, services = then or (client, services)
        after = _after(made)
        made.close()
        page = client.blocking_portal.call(services.journals.page, JOURNAL, 0, 500)  # type: ignore[attr-defined]
        log = [bytes(body).decode() for body in page.events]
    return {**case, "exchanges": exchanges, "failed": failed, "after": after, "server_after": log}


@contextlib.contextmanager
def _standing(log: list[str]) -> Iterator[tuple[TestClient[Any], Services]]:
    """A server with this log."""
    with running({}) as (client, services):
        client.blocking_portal.call(_stand, services, log)  # type: ignore[attr-defined]
        yield client, services


def _sync(device: Device, client: TestClient[Any]) -> bool:
    try:
        sync(device, HttpServer("http://milepost.example", "a token", http=client))
    except SyncFailed:
        return True
    return False


async def _stand(services: Services, log: list[str]) -> None:
    entry = records.DeviceEntry(id=LAPTOP, name="laptop", kind="log", created_at=NOW)
    await services.database.write(records.add_api_device(entry, "a token", ACCOUNT))
    await services.database.write(records.claim(JOURNAL, Caller(ACCOUNT, ""), private=True, now=NOW))
    await services.journals.repair(JOURNAL, Admitted(Caller(ACCOUNT, ""), "owner"), decoded(log), (), NOW)


def _device(folder: Path, before: Case) -> Device:
    made = Device(folder, wall=lambda: WALL)
    chain, cursor = genesis_chain(JOURNAL), Cursor(0, genesis_chain(JOURNAL).hex())
    with made.log.transaction():
        made.log.set("device", before["device"])
        made.log.set("account", ACCOUNT)
        made.log.add_journal(JOURNAL, before["device"], claimed=True, private=True)
        for one in before["log"]:
            event: Event = decode_event(one["event"].encode())
            if event.seq:
                chain = next_chain(chain, identity_digest(JOURNAL, event), event)
                cursor = Cursor(event.seq, chain.hex())
            made.log.add_many(JOURNAL, [(event, chain if event.seq else None)], confirmed=one["confirmed"])
        made.log.set_cursor(JOURNAL, cursor)
    return made


def _listen(client: TestClient[Any], exchanges: list[Case], spoilt: list[str] | None) -> None:
    """Notes every exchange; `spoilt` says which words of an answer are changed on the way."""

    def note(response: httpx.Response) -> None:
        response.read()
        request, content = response.request, response.request.content
        if request.headers.get("content-encoding") == "zstd":
            content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
        body = response.text
        if spoilt is not None:
            body = body.replace(*spoilt)
            response._content = body.encode()
        asked = {"method": request.method, "path": request.url.raw_path.decode(), "body": content.decode()}
        exchanges.append({"request": asked, "answer": {"status": response.status_code, "body": body}})

    client.event_hooks["response"] = [note]


def _after(device: Device) -> Case:
    row = device.log.journal(JOURNAL)
    log = []
    for _, event in device.log.events(JOURNAL):
        sent = any(event == mine for mine, confirmed in device.log.by_device(JOURNAL, event.device) if confirmed)
        log.append({"event": encode_event(event).decode(), "confirmed": sent})
    apart = [{"event": encode_event(one.event).decode(), "reason": one.reason} for one in device.log.rejected(JOURNAL)]
    return {
        "device": row.device,
        "cursor": {"seq": row.cursor.seq, "chain": row.cursor.chain},
        "log": log,
        "set_apart": apart,
        "state_hash": state_hash(device.state(JOURNAL)),
    }
