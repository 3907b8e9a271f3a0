"""Every route, for everybody who may come, and every type of event, for every role: the whole of it, generated.

What a route lets in is read off `RULES`, what a member may write off a table of this module's own, which has to name
every type. A route, a type or a kind of caller that is new fails here until it is decided about.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from milepost.clock import new_id
from milepost.policy import ROLES
from milepost_server.access_rules import RULES, Rule
from tests.server.conftest import Api, application
from tests.server.people import member, owner_of, stranger, tables

METHODS = {"GET", "POST", "PATCH", "DELETE", "PUT"}
ROUTES = sorted(
    (method, route.path_format)
    for route in application().routes
    if route.path_format.startswith("/v1")
    for method in route.methods & METHODS
)
SCRIPTS = [("read",), ("write",), ("manage",), ("read", "write"), ("read", "write", "manage")]


class Comer(NamedTuple):
    """Who makes a request: what the table says of them, and the token that they show."""

    name: str
    role: str
    kind: str
    scopes: tuple[str, ...]
    token: str
    known: bool = True


def comers(api: Api) -> Iterator[Comer]:
    owner = owner_of(api)
    people = {role: member(api, owner, role) for role in ROLES if role != "owner"}
    people |= {"owner": owner, "": stranger(api, owner)}
    every = ("read", "write", "manage")
    for role, person in people.items():
        name = role or "stranger"
        yield Comer(name, role, "log", every, person.token)
        for scopes in SCRIPTS:
            yield Comer(f"script of {name}: {' '.join(scopes)}", role, "api", scopes, person.script(*scopes))
    before = {one["id"] for one in owner.ask("GET", "/v1/devices").json()}
    revoked = owner.another_device()
    (entry,) = [one for one in owner.ask("GET", "/v1/devices").json() if one["id"] not in before]
    assert owner.ask("DELETE", f"/v1/devices/{entry['id']}").status_code == 200
    yield Comer("revoked device", "owner", "log", every, revoked, known=False)
    yield Comer("wrong token", "owner", "log", every, "no-such-token", known=False)
    yield Comer("no token", "", "log", (), "", known=False)


def expected(rule: Rule, by: Comer, *, foreign: bool) -> int:
    """The status of the refusal that is due; 0 for who is to be let in."""
    if rule.who == "anybody":
        return 0
    if not by.known:
        return 401
    role = "" if foreign else by.role
    if rule.who != "account" and not role:
        return 404
    wrong = (
        rule.kind not in {"any", by.kind} or rule.scope not in by.scopes or (rule.who == "owner" and role != "owner")
    )
    return 403 if wrong else 0


BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/sync"): {"journals": {}},
    ("POST", "/v1/devices"): {"name": "another"},
    ("POST", "/v1/devices/code"): None,
    ("PATCH", "/v1/account"): {"name": "Anna"},
    ("POST", "/v1/invitations/look"): {"code": "AAAA-AAAA-AAAA"},
    ("POST", "/v1/join"): {"code": "AAAA-AAAA-AAAA"},
    ("POST", "/v1/pair"): {"code": "AAAA-AAAA", "name": "x"},
    ("PATCH", "/v1/devices/{device}"): {"name": "another"},
    ("POST", "/v1/journals/{journal}/events"): {"events": []},
    ("POST", "/v1/journals/{journal}/repair"): {"events": []},
    ("PATCH", "/v1/journals/{journal}/members/{member}"): {"role": "reader"},
    ("POST", "/v1/journals/{journal}/invitations"): {"role": "reader"},
    ("POST", "/v1/journals/{journal}/connections"): {"to": "nothing"},
    ("POST", "/v1/journals/{journal}/goals"): {"title": "Rest"},
    ("POST", "/v1/journals/{journal}/topics"): {"text": "Rest"},
}
_REFUSALS = (
    "There is no journal ", "This token ", "Only an owner of this journal may do that", "This needs a token",
    "This server does not know that token", "This device was revoked",
)  # fmt: skip


def send(api: Api, method: str, path: str, by: Comer, journal: str) -> Any:
    body = {"id": new_id()} if (method, path) == ("POST", "/v1/journals") else BODIES.get((method, path), {})
    filled = path.format(
        **{name: new_id() for name in ("device", "feed", "member", "invitation", "entity", "connection")}
        | {"journal": journal, "operation": "pairing-code", "action": "run"}
    )
    headers = {"authorization": f"Bearer {by.token}"} if by.token else {}
    return api.client.request(method, filled, json=None if method == "GET" else body, headers=headers)


def refused(answer: Any) -> int:
    """The status, if it was for want of a right that the request failed."""
    status: int = answer.status_code
    if status not in {401, 403, 404} or not answer.json()["detail"].startswith(_REFUSALS):
        return 0
    return status


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert set(ROUTES) == set(RULES)


def test_what_changes_anything_needs_more_than_a_token_to_read() -> None:
    open_to_all = {path for (_, path), rule in RULES.items() if rule.who == "anybody"}
    assert open_to_all == {"/v1/capabilities", "/v1/pair", "/v1/invitations/look", "/v1/admin/{operation}"}
    for (method, path), rule in RULES.items():
        if path not in open_to_all:
            assert (rule.scope == "read") <= (method == "GET"), path
            assert (rule.who in {"member", "owner"}) == path.startswith("/v1/journals/{journal}"), path


def test_every_route_lets_in_whom_the_table_says_and_nobody_else(api: Api) -> None:
    api.services.gate.unlimited()
    everybody = list(comers(api))
    owner = owner_of(api)
    foreign = stranger(api, owner).ask("GET", "/v1/journals").json()[0]["id"]
    api.services.hub.closing = True  # a stream that begins would not end
    before, wrong = tables(api), []
    for method, path in ROUTES:
        for journal in (api.journal, foreign) if "{journal}" in path else (api.journal,):
            for by in everybody:
                due = expected(RULES[method, path], by, foreign=journal == foreign)
                answer = send(api, method, path, by, journal)
                after = tables(api) if method != "GET" else before
                if refused(answer) != due or (answer.status_code >= 500 and "/live" not in path):
                    wrong.append((method, path, by.name, journal == foreign, due, answer.status_code, answer.text[:90]))
                if due and after != before:
                    wrong.append((method, path, by.name, "changed the database"))
                before = after
    assert wrong == []
