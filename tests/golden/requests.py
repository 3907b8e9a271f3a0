"""Requests as devices make them, for conversations with a server."""

import base64
import gzip
import json
from collections.abc import Sequence
from typing import Any

import zstandard

from milepost.envelope import genesis_chain, identity_digest, next_chain
from milepost.messages import encode
from milepost_server.receipts import Key, Receipts
from tests.golden.making import (
    JOURNAL,
    LAPTOP,
    NOW,
    Case,
    decoded,
)
from tests.golden.receipts import KEY, proof

OTHER_ACCOUNT = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
UNKNOWN_JOURNAL = "ffffffff-ffff-4fff-8fff-ffffffffffff"
CODE, CODE_2, CODE_3, CODE_OTHER = "K7QM-2XTP", "R4WP-9HJC", "V6DB-3NEA", "Z8GT-5KSX"
EVENTS = f"/v1/journals/{JOURNAL}/events"


def token(number: int) -> str:
    """The token that a server of a conversation gives out as its first, second …"""
    return f"token-{number:037d}"


def ask(method: str, path: str, body: str = "", *, by: int = 1, now: int = NOW, **headers: str) -> Case:
    """One request, by the holder of a token (0: of none)."""
    given = {"milepost-protocol": "1"} | ({"authorization": f"Bearer {token(by)}"} if by else {})
    if body:
        given["content-type"] = "application/json"
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    request: Case = {"method": method, "path": path, "headers": given}
    if body:
        request["body"] = body
    return {"now": now, "request": request}


def pair(code: str, *, now: int = NOW, **more: Any) -> Case:
    """A device is paired; the first one of a conversation has the first token."""
    return ask("POST", "/v1/pair", json.dumps({"code": code, "name": "laptop", **more}), by=0, now=now)


def cursor(*events: str, journal: str = JOURNAL) -> str:
    """The cursor after events that were stored at `NOW`, with the clocks that they have."""
    chain = genesis_chain(journal)
    for event in decoded(list(events)):
        chain = next_chain(chain, identity_digest(journal, event), event, NOW)
    return f'{{"seq":{len(events)},"chain":"{chain.hex()}"}}'


def sync(
    at: str, *events: str, device: str = LAPTOP, acknowledged: int = 0, by: int = 1, journal: str = JOURNAL
) -> Case:
    """One journal is synced."""
    parts = [f'"cursor":{at}', f'"device":"{device}"']
    parts += [f'"acknowledged":{acknowledged}'] if acknowledged else []
    parts += [f'"events":[{",".join(events)}]'] if events else []
    return ask("POST", "/v1/sync", f'{{"journals":{{"{journal}":{{{",".join(parts)}}}}}}}', by=by)


def push(*events: str, to: str = "events", by: int = 1) -> Case:
    """Events are pushed, or given back."""
    return ask("POST", f"/v1/journals/{JOURNAL}/{to}", f'{{"events":[{",".join(events)}]}}', by=by)


def give_back(events: list[str], shown: Sequence[list[str]] = (), by: int = 1, *, spoilt: bool = False) -> Case:
    """Events are given back, with proofs that logs were there."""
    proofs = [encode(proof(Receipts([Key(**KEY)]), log, 0, len(log))).decode() for log in shown]
    body = f'{{"events":[{",".join(events)}],"proofs":[{",".join(proofs)}]}}'
    if spoilt:
        body = body.replace('"seq":2', '"seq":3')
    return ask("POST", f"/v1/journals/{JOURNAL}/repair", body, by=by)


def coded(exchange: Case, coding: str) -> Case:
    """The same with a body that is compressed."""
    request = dict(exchange["request"])
    body = request.pop("body").encode()
    content = gzip.compress(body, mtime=0) if coding == "gzip" else zstandard.ZstdCompressor().compress(body)
    headers = {**request["headers"], "content-encoding": coding}
    return {**exchange, "request": {**request, "headers": headers, "base64": base64.b64encode(content).decode()}}
