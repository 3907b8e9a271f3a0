"""Several people on a server, as they would come to it: invited, each with a device of their own."""

import json
from typing import Any

import msgspec
from msgspec import Raw

from milepost.clock import format_hlc, new_id, new_salt
from milepost.database import Query
from milepost.envelope import Event
from tests.server.conftest import Api

TABLES = (
    "accounts", "pairing_codes", "devices", "writer_owners", "members", "feeds", "api_writers", "done_requests",
    "invitations", "consents", "access_log", "events", "archives", "plugins", "connections", "inbox_addresses",
    "deliveries", "connection_state", "connection_log", "received",
)  # fmt: skip


class Person:
    """An account, the token of its device, and the id which that writes under."""

    def __init__(self, api: Api, account: str, token: str) -> None:
        self.api, self.account, self.token = api, account, token
        self.device = new_id()
        self.n: dict[str, int] = {}
        self.sent: list[Event] = []

    def ask(self, method: str, path: str, body: Any = None, token: str = "", **more: Any) -> Any:
        headers = self.api.headers(token or self.token)
        return self.api.client.request(method, path, json=body, headers=headers, **more)

    def event(
        self, type_name: str, data: Any, journal: str = "", *, seen: dict[str, int] | None = None, v: int = 1
    ) -> Event:
        """The next event of the person's device; `data` is what the payload has."""
        of = journal or self.api.journal
        self.n[of] = self.n.get(of, 0) + 1
        payload = Raw(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode())
        made = Event(
            device=self.device, n=self.n[of], seen=seen or {}, hlc=format_hlc(self.api.now_ms, self.n[of]),
            actor=self.account, type=type_name, v=v, salt=new_salt(), data=payload,
        )  # fmt: skip
        self.sent.append(made)
        return made

    def push(self, *events: Event, journal: str = "", to: str = "events") -> list[Any]:
        """The results of a push."""
        body = {"events": [as_sent(event) for event in events]}
        answer = self.ask("POST", f"/v1/journals/{journal or self.api.journal}/{to}", body)
        assert answer.status_code == 200, answer.text
        results: list[Any] = answer.json()["results"]
        return results

    def write(self, type_name: str, data: Any, **more: Any) -> Any:
        """What becomes of one more event."""
        return self.push(self.event(type_name, data, **more))[0]

    def invite(self, role: str = "therapist", journal: str = "", **more: Any) -> dict[str, Any]:
        answer = self.ask("POST", f"/v1/journals/{journal or self.api.journal}/invitations", {"role": role, **more})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def join(self, code: str) -> Any:
        return self.ask("POST", "/v1/join", {"code": code})

    def script(self, *scopes: str) -> str:
        """The token of a script of theirs."""
        answer = self.ask("POST", "/v1/devices", {"name": "script", **({"scopes": scopes} if scopes else {})})
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    def another_device(self) -> str:
        token: str = self.api.pair(self.api.code(self.account))["token"]
        return token

    def journals(self) -> dict[str, str]:
        """Journal id → role."""
        return {one["id"]: one["role"] for one in self.ask("GET", "/v1/journals").json()}


def as_sent(event: Event) -> Any:
    return msgspec.json.decode(msgspec.json.encode(event))


def owner_of(api: Api) -> Person:
    """Who the server's first journal is of."""
    return Person(api, api.account, api.token)


def newcomer(api: Api, code: str, name: str = "Dr Ito", **more: Any) -> Person:
    """Somebody new, by an invitation."""
    answer = api.client.post("/v1/pair", json={"code": code, "name": "laptop", "account_name": name, **more})
    assert answer.status_code == 200, answer.text
    return Person(api, answer.json()["account"], answer.json()["token"])


def member(api: Api, owner: Person, role: str, name: str = "") -> Person:
    """Somebody new in the owner's journal."""
    return newcomer(api, owner.invite(role)["code"], name or f"the {role}")


def stranger(api: Api, owner: Person) -> Person:
    """Somebody with an account here, who is in no journal of the owner's."""
    one = member(api, owner, "reader", "a stranger")
    assert one.ask("DELETE", f"/v1/journals/{api.journal}/members/{one.account}").status_code == 200
    return one


def tables(api: Api, *names: str) -> dict[str, list[Any]]:
    """All that the database holds (but for what is only saved work)."""

    async def rows() -> dict[str, list[Any]]:
        found = {}
        for name in names or TABLES:
            some = await api.services.database.read(Query(f"SELECT * FROM {name}", {}))
            found[name] = sorted(map(repr, map(tuple, some)))
        return found

    held: dict[str, list[Any]] = api.client.blocking_portal.call(rows)  # type: ignore[attr-defined]
    return held
