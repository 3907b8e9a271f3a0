"""Every type of event, for every role, on one's own words and on another's: pushed, synced and written by a script.

What is due stands here once more, in words of this module, so that the policy is not held against itself. A new type of
event fails until it is decided who may write it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from milepost.clock import new_id
from milepost.commands.by_kind import BEGINNINGS
from milepost.envelope import salted_digest
from milepost.events import EVENT_TYPES
from milepost.events.registry import REVISIONS
from milepost.policy import THERAPIST
from milepost_server.collections import COLLECTIONS
from tests.server.conftest import Api
from tests.server.people import Person, as_sent, member, owner_of

VECTORS = Path(__file__).parents[1] / "vectors" / "events"
ALWAYS = {
    "series.planned", "series.revised", "series.ended", "session.scheduled", "session.revised",
    "session.status_changed", "topic.status_changed",
}  # fmt: skip
"""What a therapist writes, whoever wrote before."""
IF_OWN = {
    "topic.added", "topic.revised", "topic.retracted", "reflection.written", "reflection.revised",
    "reflection.retracted", "series.retracted", "session.retracted", "proposal.made", "proposal.retracted",
    "redaction.made",
}  # fmt: skip
"""What a therapist writes where nobody else has."""
IF_ALLOWED = {
    "goal.created", "goal.revised", "goal.status_changed", "goal.ranked", "measure.defined", "measure.revised",
    "milestone.added", "milestone.revised", "milestone.status_changed", "practice.added", "practice.revised",
    "practice.status_changed",
}  # fmt: skip
"""What a therapist writes where the owners let them change goals."""
OWNERS_ONLY = {
    "journal.opened", "journal.revised", "goal.retracted", "measure.retracted", "milestone.retracted",
    "practice.retracted", "checkin.recorded", "checkin.amended", "checkin.retracted", "assessment.recorded",
    "assessment.retracted", "alliance.recorded", "alliance.retracted", "reminder.set", "reminder.revised",
    "reminder.removed", "plan.written", "plan.revised", "rest.set", "rest.ended",
}  # fmt: skip
DECIDED = {"proposal.decided"}
"""What has rules of its own, which the tests of proposals go through."""

SETTINGS = {"not said": None, "owners only": True, "therapists too": False}


def allowed(role: str, type_name: str, *, own: bool, owners_only: bool | None) -> bool:
    if role != "therapist":
        return role == "owner"
    if type_name in IF_OWN:
        return own
    return type_name in ALWAYS or (type_name in IF_ALLOWED and owners_only is False)


def sample(type_name: str, entity_id: str) -> dict[str, Any]:
    """A payload of the type, about an entity."""
    data: dict[str, Any] = json.loads((VECTORS / f"{type_name}.1.json").read_text())["data"]
    data.pop("owners_only", None)  # it stays as it was set
    return {**data, "id": entity_id} if "id" in data else data


def set_to(owner: Person, owners_only: bool | None) -> None:
    if owners_only is not None:
        assert owner.write("journal.revised", {"owners_only": owners_only})["outcome"] == "stored"


def redaction_by(of: Person) -> dict[str, Any]:
    """A redaction of words that somebody wrote just now."""
    said = of.event("topic.added", {"id": new_id(), "text": "said by mistake"})
    assert of.push(said)[0]["outcome"] == "stored"
    return {"id": new_id(), "device": said.device, "n": said.n, "digest": salted_digest(said)}


def about(type_name: str, by: Person, owner: Person, *, own: bool) -> dict[str, Any]:
    """A payload about what is the writer's own (or nobody's yet), or about what the owner wrote before."""
    if type_name == "redaction.made":
        return redaction_by(by if own else owner)
    data = sample(type_name, new_id())
    if not own:
        assert owner.write(type_name, data)["outcome"] == "stored", type_name
    return data


def test_every_type_is_decided_about() -> None:
    groups = [ALWAYS, IF_OWN, IF_ALLOWED, OWNERS_ONLY, DECIDED]
    assert set().union(*groups) == set(EVENT_TYPES) == set(THERAPIST)
    assert sum(map(len, groups)) == len(EVENT_TYPES)


@pytest.mark.parametrize("owners_only", SETTINGS.values(), ids=SETTINGS)
def test_each_role_writes_what_is_theirs_and_of_the_rest_a_stub_is_left(api: Api, owners_only: bool | None) -> None:
    api.services.gate.unlimited()
    owner = owner_of(api)
    set_to(owner, owners_only)
    people = {"owner": owner, "therapist": member(api, owner, "therapist"), "reader": member(api, owner, "reader")}
    wrong = []
    for role, by in people.items():
        for type_name in sorted(set(EVENT_TYPES) - DECIDED):
            for own in (True, False):
                if type_name == "redaction.made" and own and role == "reader":
                    continue  # they have no words here
                data = about(type_name, by, owner, own=own)
                result = by.write(type_name, data)
                may = allowed(role, type_name, own=own, owners_only=owners_only)
                if result["outcome"] != ("stored" if may else "rejected") or bool(result.get("reason")) == may:
                    wrong.append((role, type_name, own, result))
    assert wrong == []
    for event in owner.ask("GET", f"/v1/journals/{api.journal}/events").json()["events"]:
        assert ("rejected" in event) == ("data" not in event)


@pytest.mark.parametrize("role", ["therapist", "reader"])
def test_what_this_version_can_not_read_is_for_owners_alone(api: Api, role: str) -> None:
    owner = owner_of(api)
    by = member(api, owner, role)
    newer = [(name, known.v + 1) for name, known in EVENT_TYPES.items()]
    for type_name, v in [("x.moon.phase", 1), ("goal.dreamt_of", 1), *newer]:
        result = by.push(by.event(type_name, {"id": new_id(), "text": "x"}, v=v))[0]
        assert result["outcome"] == "rejected", (type_name, v)
        assert owner.push(owner.event(type_name, {"id": new_id()}, v=v))[0]["outcome"] == "stored"


@pytest.mark.parametrize("role", ["therapist", "reader"])
def test_a_sync_is_held_to_the_same(api: Api, role: str) -> None:
    owner = owner_of(api)
    by = member(api, owner, role)
    types = sorted(set(EVENT_TYPES) - DECIDED - {"redaction.made"})
    events = [by.event(name, sample(name, new_id())) for name in types]
    head = owner.ask("GET", f"/v1/journals/{api.journal}/chain").json()["head"]
    part = {"cursor": head, "device": by.device, "events": [as_sent(event) for event in events]}
    answer = by.ask("POST", "/v1/sync", {"journals": {api.journal: part}}).json()
    assert answer["roles"][api.journal] == role
    outcomes = {name: r["outcome"] for name, r in zip(types, answer["journals"][api.journal]["results"], strict=True)}
    due = {name: allowed(role, name, own=True, owners_only=None) for name in types}
    assert outcomes == {name: "stored" if may else "rejected" for name, may in due.items()}
    again = [r["outcome"] for r in by.push(*events)]
    assert again == ["duplicate" if due[name] else "rejected" for name in types]


@pytest.mark.parametrize("owners_only", SETTINGS.values(), ids=SETTINGS)
def test_a_script_writes_what_its_owner_may(api: Api, owners_only: bool | None) -> None:
    api.services.gate.unlimited()
    owner = owner_of(api)
    set_to(owner, owners_only)
    goal = new_id()
    owner.write("goal.created", {"id": goal, "title": "Rest"})
    of_owner, wrong = owner.script(), []
    for role in ("owner", "therapist", "reader"):
        by = owner if role == "owner" else member(api, owner, role)
        token = by.script()
        for of in COLLECTIONS.values():
            path = f"/v1/journals/{api.journal}/{of.name}"
            begin = {k: goal if k in {"goal", "subject"} else v for k, v in of.begin.items()}
            changes = f"{of.kind}.status_changed" if "status" in of.change else REVISIONS[of.kind]
            made = by.ask("POST", path, begin, token)
            if (made.status_code == 201) != allowed(role, BEGINNINGS[of.kind], own=True, owners_only=owners_only):
                wrong.append((role, "POST", of.name, made.status_code, made.text))
            theirs = owner.ask("POST", path, begin, of_owner).json()["id"]
            own_ids = [(made.json()["id"], True)] if made.status_code == 201 else []
            for entity_id, own in [*own_ids, (theirs, False)]:
                for method, type_name in (("PATCH", changes), ("DELETE", f"{of.kind}.retracted")):
                    before = owner.ask("GET", f"{path}/{entity_id}").text
                    answer = by.ask(method, f"{path}/{entity_id}", of.change if method == "PATCH" else None, token)
                    may = allowed(role, type_name, own=own, owners_only=owners_only)
                    if answer.status_code != ((200 if method == "PATCH" else 204) if may else 403):
                        wrong.append((role, method, of.name, own, answer.status_code, answer.text))
                    if not may and owner.ask("GET", f"{path}/{entity_id}").text != before:
                        wrong.append((role, method, of.name, own, "changed all the same"))
    assert wrong == []
