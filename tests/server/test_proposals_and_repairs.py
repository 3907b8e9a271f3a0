"""What a therapist may not get by a detour: by deciding, by taking words out, or by giving back what was never lost."""

import pytest

from milepost.clock import new_id
from milepost.envelope import Event, salted_digest
from tests.server.conftest import Api
from tests.server.people import Person, as_sent, member, owner_of

ONE, TWO = "11111111-aaaa-4aaa-8aaa-111111111111", "22222222-aaaa-4aaa-8aaa-222222222222"


def proposed(by: Person, kind: str, about: str, **fields: str) -> str:
    one = new_id()
    assert (
        by.write("proposal.made", {"id": one, "change": {"kind": kind, "id": about, "fields": fields}})["outcome"]
        == "stored"
    )
    return one


def accepting(by: Person, proposal: str, kind: str, about: str, **fields: str) -> Event:
    change = {"kind": kind, "id": about, "fields": fields}
    by.api.now_ms += 1000
    return by.event(
        "proposal.decided", {"id": proposal, "decision": "accepted", "on": "2026-12-18", "accepted": change}
    )


def redaction(by: Person, of: Event) -> Event:
    return by.event("redaction.made", {"id": new_id(), "device": of.device, "n": of.n, "digest": salted_digest(of)})


@pytest.fixture
def people(api: Api) -> tuple[Person, Person, Person]:
    owner = owner_of(api)
    owner.write("goal.created", {"id": ONE, "title": "Rest"})
    owner.write("topic.added", {"id": TWO, "text": "the letter"})
    return owner, member(api, owner, "therapist", "Dr Ito"), member(api, owner, "therapist", "Dr Sato")


def outcomes(by: Person, *events: Event) -> list[str]:
    return [result["outcome"] for result in by.push(*events)]


def test_what_an_owner_proposed_is_accepted_as_it_was_proposed(api: Api, people: tuple[Person, Person, Person]) -> None:
    owner, ito, _ = people
    first = proposed(owner, "goal", ONE, title="Rest more")
    assert outcomes(ito, accepting(ito, first, "goal", ONE, title="Work more")) == ["rejected"]
    assert outcomes(ito, accepting(ito, first, "goal", ONE, title="Rest more")) == ["stored"]
    assert owner.ask("GET", f"/v1/journals/{api.journal}/goals/{ONE}").json()["title"] == "Rest more"
    assert outcomes(ito, accepting(ito, first, "goal", ONE, title="Rest more")) == ["rejected"], "once"


def test_two_therapists_can_not_agree_on_a_goal_between_them(people: tuple[Person, Person, Person]) -> None:
    owner, ito, sato = people
    first = proposed(ito, "goal", ONE, title="Work more")
    assert outcomes(sato, accepting(sato, first, "goal", ONE, title="Work more")) == ["rejected"]
    assert outcomes(ito, accepting(ito, first, "goal", ONE, title="Work more")) == ["rejected"]
    withdrawn = {"id": first, "decision": "withdrawn", "on": "2026-12-18"}
    assert sato.write("proposal.decided", withdrawn)["outcome"] == "rejected"
    assert ito.write("proposal.decided", withdrawn)["outcome"] == "stored"
    owner.write("journal.revised", {"owners_only": False})
    second = proposed(ito, "goal", ONE, title="Work")
    assert outcomes(sato, accepting(sato, second, "goal", ONE, title="Work")) == ["stored"]


def test_what_was_accepted_can_not_be_taken_out_not_even_in_the_same_push(
    api: Api, people: tuple[Person, Person, Person]
) -> None:
    owner, ito, _ = people
    accepted = accepting(ito, proposed(owner, "goal", ONE, title="Rest more"), "goal", ONE, title="Rest more")
    assert outcomes(ito, accepted, redaction(ito, accepted)) == ["stored", "rejected"]
    assert outcomes(ito, redaction(ito, accepted)) == ["rejected"]
    assert owner.ask("GET", f"/v1/journals/{api.journal}/goals/{ONE}").json()["title"] == "Rest more"


def test_words_on_a_goal_are_taken_out_only_while_goals_may_be_changed(people: tuple[Person, Person, Person]) -> None:
    owner, ito, sato = people
    owner.write("journal.revised", {"owners_only": False})
    first, second = (ito.event("goal.revised", {"id": ONE, "title": title}) for title in ("Work", "Work more"))
    assert outcomes(ito, first, second) == ["stored", "stored"]
    assert outcomes(sato, redaction(sato, second)) == ["rejected"]
    owner.write("journal.revised", {"owners_only": True})
    assert outcomes(ito, redaction(ito, second)) == ["rejected"]
    owner.write("journal.revised", {"owners_only": False})
    assert outcomes(ito, redaction(ito, second)) == ["stored"]


def test_a_topic_does_not_become_the_therapists_by_accepting_its_change(people: tuple[Person, Person, Person]) -> None:
    owner, ito, _ = people
    first = proposed(owner, "topic", TWO, text="the other letter")
    assert outcomes(ito, accepting(ito, first, "topic", TWO, text="the other letter")) == ["rejected"]
    assert ito.write("topic.revised", {"id": TWO, "text": "no letter"})["outcome"] == "rejected"
    assert (
        ito.write("topic.status_changed", {"id": TWO, "status": "discussed", "on": "2026-12-18"})["outcome"] == "stored"
    )


def test_what_comes_without_its_words_is_judged_like_the_rest(people: tuple[Person, Person, Person]) -> None:
    owner, ito, _ = people
    first = proposed(owner, "goal", ONE, title="Rest more")
    bare = {"salt": "", "data_digest": "ab" * 32}
    for type_name, data in (
        ("redaction.made", {"id": new_id()}),
        (
            "proposal.decided",
            {"id": first, "decision": None, "accepted": {"kind": "goal", "id": ONE, "fields": {"title": None}}},
        ),
        ("goal.revised", {"id": ONE, "title": None}),
    ):
        sent = as_sent(ito.event(type_name, data)) | bare
        answer = ito.ask("POST", f"/v1/journals/{ito.api.journal}/events", {"events": [sent]})
        assert [r["outcome"] for r in answer.json()["results"]] == ["rejected"], type_name
    assert owner.write("redaction.made", {"id": new_id(), "device": owner.device, "n": 1, "digest": "0" * 64})["reason"]


def test_a_member_gives_back_only_what_they_wrote(api: Api, people: tuple[Person, Person, Person]) -> None:
    owner, ito, sato = people
    forged = owner.event("goal.revised", {"id": ONE, "title": "never said"})
    mine = ito.event("topic.added", {"id": new_id(), "text": "said"})
    not_mine_to_write = ito.event("goal.revised", {"id": ONE, "title": "Work"})
    results = ito.push(forged, mine, not_mine_to_write, to="repair")
    assert [r["outcome"] for r in results] == ["unproven", "stored", "rejected"]
    reader = member(api, owner, "reader")
    assert outcomes(reader, reader.event("topic.added", {"id": new_id(), "text": "x"})) == ["rejected"]
    assert [r["outcome"] for r in reader.push(forged, to="repair")] == ["unproven"]
    lost = sato.event("topic.added", {"id": new_id(), "text": "never sent"})
    assert [r["outcome"] for r in owner.push(lost, forged, to="repair")] == ["unproven", "stored"]
