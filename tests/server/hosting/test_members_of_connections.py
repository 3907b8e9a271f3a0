"""Whose a connection is, who may see and steer it, and what becomes of it when they go."""

from typing import Any

import pytest

from tests.server.hosting.conftest import Stage
from tests.server.people import Person, member, owner_of
from tests.server.test_api import problem


@pytest.fixture
def owner(stage: Stage) -> Person:
    return owner_of(stage.api)


def connections(stage: Stage, of: Person) -> dict[str, Any]:
    found = of.ask("GET", f"{stage.path}/connections")
    assert found.status_code == 200, found.text
    return {one["id"]: one for one in found.json()}


def connected(stage: Stage, of: Person, name: str) -> dict[str, Any]:
    answer = of.ask("POST", f"{stage.path}/connections", {"to": "world", "id": name})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def steer(stage: Stage, of: Person, name: str, action: str) -> Any:
    return of.ask("POST", f"{stage.path}/connections/{name}/{action}")


def test_another_members_connection_waits_for_an_owner(stage: Stage, owner: Person) -> None:
    stage.to_world()
    stage.make("goals", title="Walk")
    ito = member(stage.api, owner, "therapist")
    assert connected(stage, ito, "itos")["status"] == "asks"
    assert problem(steer(stage, ito, "itos", "run"))[0] == 400
    assert problem(steer(stage, ito, "itos", "resume"))[:2] == (403, "not-allowed")
    assert stage.world.things == {}
    assert steer(stage, owner, "itos", "resume").json()["status"] == "active"
    assert steer(stage, ito, "itos", "run").json()["behind"] == 0
    assert len(stage.world.things) == 1


def test_a_connection_is_shown_to_who_made_it_and_to_owners(stage: Stage, owner: Person) -> None:
    stage.to_world()
    ito, bo = member(stage.api, owner, "therapist"), member(stage.api, owner, "reader")
    connected(stage, ito, "itos")
    connected(stage, owner, "owners")
    assert connections(stage, owner).keys() == {"itos", "owners"}
    assert connections(stage, ito).keys() == {"itos"}
    assert connections(stage, bo) == {}
    for path in ("itos", "itos/preview"):
        assert problem(bo.ask("GET", f"{stage.path}/connections/{path}"))[:2] == (403, "not-allowed")
    for action in ("run", "pause", "resume", "retry", "skip", "withdraw", "check"):
        assert problem(steer(stage, bo, "itos", action))[:2] == (403, "not-allowed")
    for method, body in (("DELETE", None), ("PATCH", {"plain": True})):
        assert problem(bo.ask(method, f"{stage.path}/connections/itos", body))[:2] == (403, "not-allowed")
    assert problem(owner.ask("PATCH", f"{stage.path}/connections/itos", {"plain": True}))[:2] == (403, "not-allowed")


@pytest.mark.parametrize("removed", [True, False])
def test_the_connections_of_a_member_stop_in_the_moment_that_they_go(
    stage: Stage, owner: Person, removed: bool
) -> None:
    stage.to_world()
    ito = member(stage.api, owner, "therapist")
    connected(stage, ito, "itos")
    connected(stage, owner, "owners")
    steer(stage, owner, "itos", "resume")
    who = owner if removed else ito
    assert who.ask("DELETE", f"{stage.path}/members/{ito.account}").status_code == 200
    found = connections(stage, owner)
    assert (found["itos"]["status"], found["owners"]["status"]) == ("paused", "active")
    assert "no member" in found["itos"]["reason"]
    stage.make("goals", title="Walk")
    steer(stage, owner, "itos", "resume")
    assert problem(steer(stage, owner, "itos", "run"))[0] == 400
    assert stage.world.things == {}


def test_what_an_owner_granted_asks_again_when_they_own_the_journal_no_more(stage: Stage, owner: Person) -> None:
    stage.to_world()
    ito, bo = member(stage.api, owner, "therapist"), member(stage.api, owner, "owner")
    for name in ("itos", "held"):
        connected(stage, ito, name)
        steer(stage, bo, name, "resume")
    steer(stage, ito, "held", "pause")
    connected(stage, bo, "bos")
    connected(stage, owner, "owners")
    change = {"role": "reader"}
    assert bo.ask("PATCH", f"{stage.path}/members/{bo.account}", change).status_code == 200
    found = {name: one["status"] for name, one in connections(stage, owner).items()}
    assert found == {"itos": "asks", "held": "paused", "bos": "asks", "owners": "active"}
    assert problem(steer(stage, ito, "held", "resume"))[:2] == (403, "not-allowed")


def test_the_access_log_names_what_was_connected(stage: Stage, owner: Person) -> None:
    stage.to_world()
    connected(stage, owner, "mine")
    steer(stage, owner, "mine", "pause")
    owner.ask("DELETE", f"{stage.path}/connections/mine")
    lines = owner.ask("GET", f"{stage.path}/access-log").json()
    devices = {one["id"]: one for one in owner.ask("GET", "/v1/devices").json()}
    found = [(line["what"], line["role"], devices[line["subject"]]["name"]) for line in lines[-3:]]
    assert found == [
        ("connected", "world", "mine"),
        ("connection paused", "world", "mine"),
        ("disconnected", "world", "mine"),
    ]
    (device,) = [one for one in devices.values() if one["kind"] == "connection"]
    assert device["revoked_at"]
