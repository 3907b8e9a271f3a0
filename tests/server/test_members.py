"""Who comes into a journal and who leaves it, and what of that is noted."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from milepost.clock import new_id
from milepost.database import Query, Work, unit
from milepost.envelope import genesis_chain
from milepost_server import members, records
from milepost_server.access_log import fault_in, log_of
from milepost_server.access_rules import RULES
from milepost_server.data_folder import DataFolder
from milepost_server.hosting.host import Told
from milepost_server.members import DAY_MS
from milepost_server.verify import verify_folder
from tests.server.conftest import Api
from tests.server.hosting.world import Box, bringing, points
from tests.server.people import Person, as_sent, member, newcomer, owner_of, stranger, tables
from tests.server.test_api import problem

WORDS = "Xyzzy"


def path(api: Api, rest: str) -> str:
    return f"/v1/journals/{api.journal}/{rest}"


def lines(of: Person, about: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = of.ask(
        "GET", f"/v1/journals/{about}/access-log" if about else "/v1/access-log"
    ).json()
    return found


def test_an_invitation_says_what_it_opens_and_opens_it_once(api: Api) -> None:
    owner = owner_of(api)
    made = owner.invite("therapist")
    seen = api.client.post("/v1/invitations/look", json={"code": made["code"].lower()}).json()
    assert (seen["journal"], seen["role"], seen["waits"], len(seen["members"])) == (api.journal, "therapist", False, 1)
    ito = newcomer(api, made["code"])
    assert ito.journals()[api.journal] == "therapist"
    assert [one["private"] for one in ito.ask("GET", "/v1/journals").json()].count(True) == 1
    for again in (ito.join(made["code"]), api.client.post("/v1/invitations/look", json={"code": made["code"]})):
        assert problem(again)[:2] == (403, "pairing-code")
    assert "code" not in owner.ask("GET", path(api, "invitations")).text
    assert owner.ask("GET", path(api, "invitations")).json()[0]["used_at"]


@pytest.mark.parametrize(("later", "opens"), [(7 * DAY_MS - 1, True), (7 * DAY_MS, False)])
def test_an_invitation_runs_out(api: Api, later: int, opens: bool) -> None:
    code = owner_of(api).invite()["code"]
    other = stranger(api, owner_of(api))
    api.now_ms += later
    assert (other.join(code).status_code == 200) == opens


def test_an_invitation_taken_back_or_of_no_owner_opens_nothing(api: Api) -> None:
    owner = owner_of(api)
    other = stranger(api, owner)
    made = owner.invite()
    assert owner.ask("DELETE", path(api, f"invitations/{made['id']}")).json()["withdrawn_at"]
    assert "taken back" in problem(other.join(made["code"]))[2]
    of_partner = member(api, owner, "owner").invite("reader")
    assert owner.ask("POST", path(api, f"invitations/{of_partner['id']}/consent")).json().get("waits_for", []) == []
    (partner,) = [m["id"] for m in owner.ask("GET", path(api, "members")).json() if not m.get("you")]
    two = [p for p in owner.ask("GET", path(api, "members")).json() if p["role"] == "owner"]
    assert len(two) == 2
    assert owner.ask("DELETE", path(api, f"members/{partner}")).status_code == 403, "nobody removes an owner"


def test_where_there_are_two_owners_both_have_to_want_it(api: Api) -> None:
    owner = owner_of(api)
    partner = member(api, owner, "owner", "the partner")
    made = owner.invite()
    assert made["waits_for"] == [partner.account]
    other = stranger_of(api, owner, partner)
    assert problem(other.join(made["code"]))[:2] == (403, "not-allowed")
    assert api.client.post("/v1/invitations/look", json={"code": made["code"]}).json()["waits"]
    consent = path(api, f"invitations/{made['id']}/consent")
    assert owner.ask("POST", consent).json()["waits_for"] == [partner.account]
    assert "waits_for" not in partner.ask("POST", consent).json()
    before = lines(owner, api.journal)
    partner.ask("POST", consent)
    assert lines(owner, api.journal) == before, "again changes nothing"
    assert other.join(made["code"]).status_code == 200
    raised = owner.ask("PATCH", path(api, f"members/{other.account}"), {"role": "owner"})
    assert problem(raised)[:2] == (403, "not-allowed")
    assert owner.ask("PATCH", path(api, f"members/{other.account}"), {"role": "reader"}).json()["role"] == "reader"
    assert partner.ask("DELETE", path(api, f"members/{partner.account}")).status_code == 200, "leaving needs nobody"


def stranger_of(api: Api, owner: Person, partner: Person) -> Person:
    made = owner.invite("reader")
    assert partner.ask("POST", path(api, f"invitations/{made['id']}/consent")).status_code == 200
    one = newcomer(api, made["code"], "a stranger")
    one.ask("DELETE", path(api, f"members/{one.account}"))
    return one


def test_an_owner_who_left_has_nobody_invited_any_more(api: Api) -> None:
    owner = owner_of(api)
    other = stranger(api, owner)
    partner = member(api, owner, "owner")
    code = owner.invite()["code"]
    assert owner.ask("DELETE", path(api, f"members/{owner.account}")).status_code == 200
    assert "taken back" in problem(other.join(code))[2]
    assert problem(partner.ask("DELETE", path(api, f"members/{partner.account}")))[:2] == (403, "not-allowed")


def test_joining_again_raises_a_role_and_never_lowers_one(api: Api) -> None:
    owner = owner_of(api)
    reader = member(api, owner, "reader")
    code, lower = owner.invite("therapist")["code"], owner.invite("reader")["code"]
    assert reader.join(code).json()["role"] == "therapist"
    assert problem(reader.join(lower))[:2] == (403, "not-allowed")
    assert problem(owner.join(lower))[:2] == (403, "not-allowed")
    assert stranger(api, owner).join(lower).status_code == 200, "the code stayed good"


def test_a_private_journal_that_somebody_joins_is_private_no_more_and_its_owner_gets_another(api: Api) -> None:
    owner = owner_of(api)
    member(api, owner, "reader")
    mine = {one["id"]: one["private"] for one in owner.ask("GET", "/v1/journals").json()}
    assert mine.pop(api.journal) is False
    assert list(mine.values()) == [True]
    member(api, owner, "reader")
    assert len(owner.journals()) == 2


def test_codes_that_open_nothing_are_counted_and_good_ones_are_not(api: Api) -> None:
    owner = owner_of(api)
    api.services.gate.now_s = lambda: 0.0
    partner = member(api, owner, "owner")
    waits = owner.invite()["code"]
    for _ in range(15):
        assert partner.join(waits).status_code == 403, "it waits for a consent; nobody guessed it"
    statuses = [partner.join("AAAA-AAAA-AAAA").status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert api.client.post("/v1/invitations/look", json={"code": waits}).status_code == 429


def test_of_two_who_use_a_code_at_once_one_joins(api: Api) -> None:
    owner = owner_of(api)
    one, two = stranger(api, owner), stranger(api, owner)
    code = owner.invite()["code"]

    async def both() -> list[Any]:
        joins = [
            api.services.database.write(members.join(code, records.Caller(who.account, "d"), api.now_ms))
            for who in (one, two)
        ]
        return await asyncio.gather(*joins, return_exceptions=True)

    results = api.run(both())
    assert sorted(type(r).__name__ for r in results) == ["CodeRefused", "str"]
    assert len(owner.ask("GET", path(api, "members")).json()) == 2


def test_who_is_removed_gets_and_gives_nothing_more(api: Api) -> None:
    owner = owner_of(api)
    ito = member(api, owner, "therapist")
    ito.write("topic.added", {"id": new_id(), "text": "said"})
    feed = ito.ask("POST", path(api, "feeds"), {"format": "ics", "plain": True}).json()["url"]
    script = ito.script()
    unsent = ito.event("topic.added", {"id": new_id(), "text": "not sent yet"})
    owner.write("goal.created", {"id": new_id(), "title": WORDS, "due": "2026-12-31"})
    feed_path = "/feeds/" + feed.rsplit("/", 1)[-1]
    assert WORDS in api.client.get(feed_path).text
    assert owner.ask("DELETE", path(api, f"members/{ito.account}")).json()["id"] == ito.account
    before = tables(api)
    for rest in ("events", "snapshot", "chain", "goals", "members", "feeds", "brief"):
        for token in (ito.token, script):
            assert problem(ito.ask("GET", path(api, rest), token=token))[:2] == (404, "not-found")
    for rest in ("events", "repair"):
        assert ito.ask("POST", path(api, rest), {"events": [as_sent(unsent)]}).status_code == 404
    part = {
        "cursor": {"seq": 0, "chain": genesis_chain(api.journal).hex()},
        "device": ito.device,
        "events": [as_sent(unsent)],
    }
    answer = ito.ask("POST", "/v1/sync", {"journals": {api.journal: part}}).json()
    assert answer["journals"][api.journal].keys() == {"problem", "detail"}
    assert answer["journals"][api.journal]["problem"] == "not-found"
    assert api.journal not in answer["all_journals"]
    assert WORDS not in api.client.get(feed_path).text
    assert tables(api) == before
    texts = [one["text"] for one in owner.ask("GET", path(api, "topics")).json()]
    assert texts == ["said"], "what they wrote stays"


def _invitation(api: Api, owner: Person) -> str:
    return str(owner.invite("reader")["id"])


def _feed(owner: Person, api: Api) -> str:
    return str(owner.ask("POST", path(api, "feeds"), {"format": "ics", "name": WORDS}).json()["id"])


def _device(owner: Person) -> str:
    return str(owner.ask("POST", "/v1/devices", {"name": WORDS}).json()["id"])


def _connection(owner: Person, api: Api) -> str:
    answer = owner.ask("POST", path(api, "connections"), {"to": "box", "id": WORDS.lower()})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def prepared(  # noqa: C901, PLR0912, PLR0915 - a list
    api: Api, route: tuple[str, str], owner: Person, partner: Person, ito: Person
) -> Callable[[], Any]:
    """What is asked of a route, with all that it needs made before."""
    method, template = route
    body: Any = None
    ids: dict[str, str] = {"journal": api.journal}
    by = owner
    match route:
        case ("POST", "/v1/pair"):
            body = {"code": api.code(), "name": WORDS}
        case ("POST", "/v1/journals"):
            body = {"id": new_id()}
        case ("POST", "/v1/join"):
            made = partner.invite("owner")
            owner.ask("POST", path(api, f"invitations/{made['id']}/consent"))
            body, by = {"code": made["code"]}, ito
        case ("POST", "/v1/devices"):
            body = {"name": WORDS}
        case ("POST", "/v1/devices/code"):
            pass
        case ("PATCH", "/v1/account"):
            body = {"name": WORDS}
        case ("PATCH", "/v1/devices/{device}"):
            ids["device"], body = _device(owner), {"name": f"{WORDS} too"}
        case ("DELETE", "/v1/devices/{device}"):
            ids["device"] = _device(owner)
        case ("POST", "/v1/journals/{journal}/feeds"):
            body = {"format": "ics", "name": WORDS}
        case ("PATCH", "/v1/journals/{journal}/feeds/{feed}"):
            ids["feed"], body = _feed(owner, api), {"name": f"{WORDS} again"}
        case ("POST", "/v1/journals/{journal}/feeds/{feed}/rotate"):
            ids["feed"] = _feed(owner, api)
        case ("DELETE", "/v1/journals/{journal}/feeds/{feed}"):
            ids["feed"] = _feed(owner, api)
        case ("PATCH", "/v1/journals/{journal}/members/{member}"):
            ids["member"], body = ito.account, {"role": "reader"}
        case ("DELETE", "/v1/journals/{journal}/members/{member}"):
            ids["member"] = ito.account
        case ("POST", "/v1/journals/{journal}/invitations"):
            body = {"role": "reader"}
        case ("POST", "/v1/journals/{journal}/invitations/{invitation}/consent"):
            ids["invitation"], by = _invitation(api, owner), partner
        case ("DELETE", "/v1/journals/{journal}/invitations/{invitation}"):
            ids["invitation"] = _invitation(api, owner)
        case ("POST", "/v1/journals/{journal}/connections"):
            body = {"to": "box", "id": WORDS.lower()}
        case ("PATCH", "/v1/journals/{journal}/connections/{connection}"):
            ids["connection"], body = _connection(owner, api), {"plain": True, "settings": {"token": WORDS}}
        case ("DELETE", "/v1/journals/{journal}/connections/{connection}"):
            ids["connection"] = _connection(owner, api)
        case ("POST", "/v1/journals/{journal}/connections/{connection}/{action}"):
            ids |= {"connection": _connection(owner, api), "action": "pause"}
        case _:
            raise AssertionError(f"{route} changes access: say here how it is asked")
    return lambda: by.ask(method, template.format(**ids), body)


TRIES_OUT = ("POST", "/v1/journals/{journal}/connections/{connection}/check")
MANAGING = [key for key, rule in RULES.items() if rule.scope == "manage" and key[0] != "GET" and key != TRIES_OUT]
CHANGING = [*MANAGING, ("POST", "/v1/pair")]
AGAIN_IS_NOTHING = {"DELETE", "PATCH"}


@pytest.mark.parametrize("route", CHANGING, ids=" ".join)
def test_whatever_changes_access_leaves_one_line_without_words(api: Api, route: tuple[str, str]) -> None:
    owner = owner_of(api)
    partner = member(api, owner, "owner", f"{WORDS} the partner")
    code = partner.invite("therapist")
    owner.ask("POST", path(api, f"invitations/{code['id']}/consent"))
    ito = newcomer(api, code["code"], f"{WORDS} Ito")
    if "connection" in route[1]:
        api.services.host.points = lambda: points(box=bringing(Box))
        api.run(api.services.host.set("box", Told(enabled=True), 0))
    ask = prepared(api, route, owner, partner, ito)
    before = tables(api, "access_log")["access_log"]
    assert ask().status_code in {200, 201, 204}
    after = tables(api, "access_log")["access_log"]
    (line,) = set(after) - set(before)
    assert len(after) == len(before) + 1
    assert WORDS.lower() not in line.lower()
    if route[0] in AGAIN_IS_NOTHING or route[1].endswith(("consent", "/v1/journals", "{action}")):
        ask()
        assert tables(api, "access_log")["access_log"] == after, "what is so already is not done again"


def test_the_access_log_is_told_to_whom_it_concerns_and_its_chain_can_be_reckoned(api: Api) -> None:
    owner = owner_of(api)
    ito = member(api, owner, "therapist")
    owner.ask("DELETE", path(api, f"members/{ito.account}"))
    told = lines(owner, api.journal)
    assert [one["what"] for one in told] == ["claimed", "invited", "joined", "removed"]
    assert [one["what"] for one in lines(ito)] == ["began", "paired"]
    chain = bytes(32)
    for one in told:
        line = (
            one["seq"],
            one["at"],
            one["what"],
            *(one.get(name, "") for name in ("by", "device", "subject", "role")),
        )
        text = "\n".join(["milepost access 1", api.journal, *map(str, line), ""])
        chain = hashlib.sha256(chain + text.encode()).digest()
        assert one["chain"] == chain.hex()


def test_a_line_that_was_changed_or_taken_out_is_found(api: Api, tmp_path: Path) -> None:
    owner = owner_of(api)
    member(api, owner, "therapist")
    found = verify_folder(DataFolder(tmp_path))
    assert (found.ok, found.access_lines > 3) == (True, True)
    rows = api.run(api.services.database.read(log_of(api.journal)))
    assert fault_in(api.journal, rows) == 0
    assert fault_in(api.journal, [rows[0], rows[2]]) == 2
    assert fault_in(new_id(), rows) == 1

    @unit
    def changed() -> Work[None]:
        yield Query("UPDATE access_log SET role = 'owner' WHERE about = :about AND seq = 2", {"about": api.journal})

    api.run(api.services.database.write(changed()))
    (fault,) = verify_folder(DataFolder(tmp_path)).faults
    assert (fault.journal, fault.seq, fault.log) == (api.journal, 2, "access")
