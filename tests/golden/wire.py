"""`wire.json`: conversations with a server, every request and answer byte for byte.

Each is with a server of its own, in which nothing is by chance: what would be (ids, tokens, codes) is counted up
instead, and its clock reads what the exchange says.
"""

import base64
import itertools
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from litestar.testing import TestClient

from milepost.database import Query, Work, unit
from milepost_server import members, records
from milepost_server.app import create_app
from milepost_server.receipts import Key, Receipts
from milepost_server.services import Services, open_services
from tests.golden.conversations import CONVERSATIONS
from tests.golden.making import ACCOUNT, JOURNAL, NOW, Case
from tests.golden.requests import OTHER_ACCOUNT

FILE = "wire.json"
CASES = CONVERSATIONS
TOLD = (
    "content-type", "milepost-protocol", "accept-encoding", "www-authenticate", "retry-after", "etag", "location",
    "last-modified",
)  # fmt: skip
"""Headers of answers that are part of the protocol."""


def played(case: Case) -> Case:
    """The conversation with the server's answers."""
    with running(case.get("codes", {}), keys_of(case)) as (client, services):
        client.blocking_portal.call(_join, services, case.get("members", {}))  # type: ignore[attr-defined]
        exchanges = []
        for exchange in case["exchanges"]:
            services.now_ms = lambda now=exchange.get("now", NOW): now  # type: ignore[misc]
            exchanges.append({**exchange, "answer": _answer(client, exchange["request"])})
    return {**case, "exchanges": exchanges}


def _answer(client: TestClient[Any], request: Case) -> Case:
    content = base64.b64decode(request["base64"]) if "base64" in request else request.get("body", "").encode()
    headers = {"accept-encoding": "identity", **request["headers"]}
    response = client.request(request["method"], request["path"], content=content or None, headers=headers)
    told = {name: response.headers[name] for name in TOLD if name in response.headers}
    return {"status": response.status_code, "headers": told, "body": response.text}


def keys_of(case: Case) -> list[Key]:
    """The keys that the server of a case signs receipts with; one without gives none."""
    return [Key(one["id"], one["key"]) for one in case.get("receipt_keys", [])]


@contextmanager
def running(codes: dict[str, str], keys: Sequence[Key] = ()) -> Iterator[tuple[TestClient[Any], Services]]:
    ids, tokens, invitations = itertools.count(1), itertools.count(1), itertools.count(2)
    held: list[Services] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch("milepost.clock.uuid", SimpleNamespace(uuid4=lambda: f"cccccccc-cccc-4ccc-8ccc-{next(ids):012d}")),
        mock.patch.object(members, "new_code", side_effect=lambda **_: f"EEEE-EEEE-EEE{next(invitations)}"),
        mock.patch.object(records, "new_token", side_effect=lambda: f"token-{next(tokens):037d}"),
    ):

        async def opener() -> tuple[Services, Callable[[], Awaitable[None]]]:
            services, database = await open_services(Path(folder))
            services.now_ms = lambda: NOW
            services.version, services.gate.now_s = "0.0.0", lambda: 0.0
            services.journals.receipts = Receipts(keys)
            await database.write(_accounts())
            for code, account in codes.items():
                with mock.patch.object(records, "new_code", lambda code=code: code):
                    await database.write(records.issue_code(account, NOW))
            held.append(services)
            return services, database.close

        with TestClient(create_app(opener), base_url="http://milepost.example") as client:
            yield client, held[0]


async def _join(services: Services, members: dict[str, str]) -> None:
    """The journal has these accounts in it already."""
    for account, role in members.items():
        await services.database.write(_member(account, role))


@unit
def _member(account: str, role: str) -> Work[None]:
    values = {"journal": JOURNAL, "account": account, "role": role, "now": NOW}
    yield Query("INSERT INTO members VALUES (:journal, :account, :role, 0, :now)", values)


@unit
def _accounts() -> Work[None]:
    yield Query("UPDATE accounts SET account = :account", {"account": ACCOUNT})
    values = {"account": OTHER_ACCOUNT, "name": "somebody else", "now": NOW}
    yield Query("INSERT INTO accounts (account, name, created_at) VALUES (:account, :name, :now)", values)
