"""What comes in from outside: once, on top of what was seen there, and never over a person."""

import pytest

from milepost.inbound import entity_id
from milepost.plugin_api import InboxContext, NewEntry, Reply, Request, Retraction, Revision
from tests.server.hosting.conftest import Stage
from tests.server.hosting.world import Box, Settings, bringing, two_way

DAY_MS = 24 * 3_600_000


@pytest.fixture
def goal(stage: Stage) -> str:
    stage.installed(world=bringing(two_way(stage.world)))
    goal = stage.make("goals", title="Walk")
    stage.connect()
    stage.run()
    return goal


def checkin(goal: str, value: int, external_id: str = "a") -> NewEntry:
    return NewEntry(
        kind="checkin", external_id=external_id, fields={"subject": goal, "on": "2027-01-15", "value": value}
    )


def pulled(stage: Stage, *entries: NewEntry | Revision | Retraction) -> None:
    stage.world.entries = list(entries)
    stage.run()


def checkins(stage: Stage) -> dict[str, object]:
    return {one["id"]: one["value"] for one in stage.api.get(f"{stage.path}/checkins").json()}


def proposals(stage: Stage) -> list[dict[str, object]]:
    state = stage.api.run(stage.services.journals.state(stage.api.journal)).state
    return [state.fields("proposal", one) for one in state.visible("proposal")]


def test_what_comes_in_is_there_once_and_follows_what_is_outside(stage: Stage, goal: str) -> None:
    pulled(stage, checkin(goal, 3))
    made = entity_id(stage.api.journal, "world", "a")
    assert checkins(stage) == {made: 3}
    pulled(stage, checkin(goal, 3), checkin(goal, 3))
    assert checkins(stage) == {made: 3}
    pulled(stage, checkin(goal, 5))
    assert checkins(stage) == {made: 5}
    pulled(stage, Retraction(kind="checkin", external_id="a"))
    assert checkins(stage) == {}
    pulled(stage, checkin(goal, 6))
    assert checkins(stage) == {}, "what was taken back stays so"


def test_what_came_in_is_not_sent_back(stage: Stage, goal: str) -> None:
    before = len(stage.world.requests)
    pulled(stage, checkin(goal, 3))
    stage.run()
    assert [kind for _, kind, *_ in stage.world.requests[before:]].count("checkin") == 0


def test_a_persons_own_word_is_not_overruled(stage: Stage, goal: str) -> None:
    pulled(stage, checkin(goal, 3))
    made = entity_id(stage.api.journal, "world", "a")
    stage.revise("checkins", made, value=4)
    stage.run()
    for _ in range(2):
        pulled(stage, checkin(goal, 7))
    assert checkins(stage) == {made: 4}
    (proposal,) = proposals(stage)
    assert proposal["change"] == {"kind": "checkin", "id": made, "fields": {"value": 7, "measure": None}}
    stage.run()
    assert stage.world.things["checkin", made]["value"] == 4, "outside is put right"


def test_a_change_outside_is_written_on_top_of_what_was_seen_there(stage: Stage, goal: str) -> None:
    step = stage.make("milestones", goal=goal, title="Round the pond")
    stage.run()
    sent = len(stage.world.requests)
    base = stage.world.bases["milestone", step]
    reached = {"status": "reached", "on": "2027-01-15"}
    pulled(stage, Revision(kind="milestone", id=step, fields=reached, base=base))
    stage.world.things["milestone", step] |= {**reached, "progress": 100}
    stage.run()
    about = [(kind, entity) for _, kind, entity, _ in stage.world.requests[sent:]]
    assert ("milestone", step) not in about, "outside has it already"
    assert ("goal", goal) in about, "what depends on it does not"
    assert proposals(stage) == []


def test_a_second_change_outside_is_on_top_of_the_first_though_nothing_was_sent_there_between(
    stage: Stage, goal: str
) -> None:
    step = stage.make("milestones", goal=goal, title="Round the pond")
    stage.run()
    base = stage.world.bases["milestone", step]
    for title in ("Round the lake", "Round the house"):
        pulled(stage, Revision(kind="milestone", id=step, fields={"title": title}, base=base))
        stage.world.things["milestone", step]["title"] = title
        stage.run()
    assert stage.world.bases["milestone", step] == base, "outside has it already"
    assert proposals(stage) == []
    assert stage.api.get(f"{stage.path}/milestones/{step}").json()["title"] == "Round the house"


def test_a_change_on_top_of_something_else_is_proposed_once_and_put_right_outside(stage: Stage, goal: str) -> None:
    step = stage.make("milestones", goal=goal, title="Round the pond")
    stage.run()
    base = stage.world.bases["milestone", step]
    stage.revise("milestones", step, title="Round the lake")
    for _ in range(3):
        pulled(stage, Revision(kind="milestone", id=step, fields={"title": "Round the house"}, base=base))
        stage.world.things["milestone", step]["title"] = "Round the house"
    (proposal,) = proposals(stage)
    assert proposal["change"] == {"kind": "milestone", "id": step, "fields": {"title": "Round the house"}}
    stage.run()
    assert stage.world.things["milestone", step]["title"] == "Round the lake"


def test_what_is_for_the_person_to_decide_is_proposed_though_nobody_changed_it(stage: Stage, goal: str) -> None:
    achieved = {"status": "achieved", "on": "2027-01-15"}
    base = stage.world.bases["goal", goal]
    pulled(stage, Revision(kind="goal", id=goal, fields=achieved, base=base, asks=True))
    (proposal,) = proposals(stage)
    assert proposal["change"] == {"kind": "goal", "id": goal, "fields": achieved}
    assert "status" not in stage.api.run(stage.services.journals.state(stage.api.journal)).state.fields("goal", goal)
    pulled(stage, Revision(kind="goal", id=goal, fields=achieved, base=base, asks=True))
    assert len(proposals(stage)) == 1


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (NewEntry(kind="checkin", external_id="x", fields={"on": "someday", "note": "n"}), "a date like"),
        (NewEntry(kind="checkin", external_id="x", fields={}), "needs a value or a note"),
        (NewEntry(kind="checkin", external_id="x", fields={"sunshine": 5}), "sunshine"),
        (NewEntry(kind="assessment", external_id="x", fields={"score": 5}), "can't come in from outside"),
        (NewEntry(kind="nonsense", external_id="x", fields={"score": 5}), "can't come in from outside"),  # type: ignore[arg-type]
        (NewEntry(kind="checkin", external_id="x", fields={"value": object(), "on": "2027-01-15"}), "checkin x"),
        (Revision(kind="goal", id="nothing", fields={"title": "x"}, base={}), ""),
    ],
    ids=["no day", "no value", "unknown field", "no such door", "no such kind", "no JSON", "nothing there"],
)
def test_an_entry_that_makes_no_sense_is_named_and_the_others_come_in(
    stage: Stage, goal: str, entry: NewEntry | Revision, words: str
) -> None:
    pulled(stage, checkin(goal, 1, "before"), entry, checkin(goal, 2, "after"))
    assert sorted(map(str, checkins(stage).values())) == ["1", "2"]
    told = [line["words"] for line in stage.shown()["log"] if line["what"] == "not taken"]
    assert not words or any(words in line for line in told), told


def test_an_inbox_takes_in_what_is_sent_to_its_address_and_knows_it_again(stage: Stage) -> None:
    stage.installed(box=bringing(Box))
    stage.make("goals", title="Walk")
    address = stage.connect("box")["address"]
    path = address.partition("/in/")[2]

    def send(body: str, token: str = "planted-secret") -> tuple[int, bytes]:  # noqa: S107
        response = stage.api.client.post(f"/in/{path}", content=body, headers={"x-token": token})
        return response.status_code, response.content

    assert send("a=3", "wrong") == (401, b"no")
    assert send("a=3") == (200, b"yes")
    assert send("a=5") == (200, b"yes")
    assert send("a=3") == (200, b"yes"), "what was sent before is no news"
    assert send("a=3", "wrong") == (401, b"no"), "and who sends it has to show who it is all the same"
    assert list(checkins(stage).values()) == [5]
    assert send("nothing")[0] == 502
    assert send("a=" + "1" * 2_000_000)[0] == 413
    assert stage.api.client.post("/in/unknown", content="a=1").status_code == 404
    stage.steer("pause", "box")
    assert send("b=1")[0] == 404
    assert list(checkins(stage).values()) == [5]


class NamedBox(Box):
    """Each message has a name of its own, in a header."""

    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        name = request.headers.get("x-id", "")
        fields = {"subject": context.view.goals[0].id, "on": "2027-01-15", "value": int(request.body.decode() or 0)}
        return Reply(
            body=name.encode(), key=name, entries=(NewEntry(kind="checkin", external_id="one", fields=fields),)
        )


def test_messages_are_told_apart_by_what_their_sender_calls_them(stage: Stage) -> None:
    stage.installed(box=bringing(NamedBox))
    stage.make("goals", title="Walk")
    path = stage.connect("box")["address"].partition("/in/")[2]

    def send(name: str, body: str) -> tuple[int, bytes]:
        response = stage.api.client.post(f"/in/{path}", content=body, headers={"x-id": name})
        return response.status_code, response.content

    assert [send("m1", "3"), send("m2", "4"), send("m3", "3")] == [(200, b"m1"), (200, b"m2"), (200, b"m3")]
    assert list(checkins(stage).values()) == [3], "the same words under another name are another message"
    assert send("m2", "4") == (200, b"m2")
    assert send("m2", "9") == (200, b"m2"), "and other words under the same name are none"
    assert list(checkins(stage).values()) == [3]
