"""Delivery to a connector: once as it stands, in order, after any fault, and never what was not granted."""

from milepost.plugin_api import Change, Changed, Later, Rejected
from tests.server.hosting.conftest import Stage

HOUR_MS = 3_600_000


def test_what_there_is_goes_out_once_parents_first(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Walk")
    step = stage.make("milestones", goal=goal, title="Round the pond")
    stage.connect()
    told = stage.run()
    assert [(kind, entity) for _, kind, entity, _ in stage.world.requests] == [("goal", goal), ("milestone", step)]
    assert (told["behind"], told["status"]) == (0, "active")
    stage.run()
    assert len(stage.world.requests) == 2
    stage.revise("goals", goal, title="Walk more")
    stage.run()
    assert stage.world.things["goal", goal]["title"] == "Walk more"
    assert len(stage.world.requests) == 3


def test_what_is_taken_back_is_removed(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Walk")
    stage.make("milestones", goal=goal, title="Round the pond")
    stage.connect()
    stage.run()
    stage.take_back("goals", goal)
    stage.run()
    assert stage.world.things == {}


def test_a_fault_holds_it_up_and_loses_nothing(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Walk")
    stage.connect()
    stage.world.raises = RuntimeError("away, and planted-secret is told")
    told = stage.run()
    assert told["failures"] == 1
    assert told["error"] == "RuntimeError: away, and … is told."
    assert told["next_at"] > stage.api.now_ms
    stage.later(72 * HOUR_MS)
    stage.revise("goals", goal, title="Walk more")
    stage.run()
    stage.world.raises = None
    told = stage.run()
    assert stage.world.things["goal", goal]["title"] == "Walk more"
    assert (told["failures"], told["letters"], told["behind"]) == (0, 0, 0)


def test_what_is_rejected_is_put_aside_and_the_rest_goes_on(stage: Stage) -> None:
    stage.to_world()
    goal, other = stage.make("goals", title="Round"), stage.make("goals", title="Square")
    stage.world.behave = (
        lambda change: Rejected("too round") if isinstance(change, Changed) and change.view.title == "Round" else None  # type: ignore[union-attr]
    )
    stage.connect()
    assert stage.run()["letters"] == 1
    assert set(stage.world.things) == {("goal", other)}
    (letter,) = stage.shown()["letters"]
    assert (letter["id"], letter["reason"], letter["tries"]) == (goal, "too round", 1)
    stage.run()
    assert len(stage.world.requests) == 2, "it is not sent again by itself"
    stage.revise("goals", goal, title="Oval")
    assert stage.run()["letters"] == 0
    assert set(stage.world.things) == {("goal", goal), ("goal", other)}


def test_what_was_rejected_can_be_tried_again_and_let_be(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Round")
    stage.connect()
    stage.world.behave = lambda _: Rejected("closed")
    stage.run()
    stage.steer("retry", letter=goal)
    assert stage.run()["letters"] == 1
    assert stage.shown()["letters"][0]["tries"] == 2
    assert len({key for *_, key in stage.world.requests}) == 2, "a person's wish is another request"
    stage.steer("skip", letter=goal)
    stage.world.behave = lambda _: None
    assert stage.run()["letters"] == 0
    assert stage.world.things == {}
    stage.revise("goals", goal, title="Square")
    stage.run()
    assert ("goal", goal) in stage.world.things


def test_a_scope_that_is_taken_back_withdraws_and_hides(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Walk", why="for the dog")
    topic = stage.make("topics", text="The dog")
    stage.connect(scopes=["titles", "free-text"])
    stage.run()
    assert stage.world.things["goal", goal]["why"] == "for the dog"
    assert ("topic", topic) in stage.world.things
    response = stage.api.client.patch(
        f"{stage.path}/connections/world", json={"scopes": ["titles"]}, headers=stage.api.headers()
    )
    assert response.status_code == 200, response.text
    stage.run()
    assert "why" not in stage.world.things["goal", goal]
    assert ("topic", topic) not in stage.world.things


def test_discreet_texts_are_made_by_the_host(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Walk", why="for the dog")
    step = stage.make("milestones", goal=goal, title="Round the pond")
    stage.connect(plain=False, scopes=["titles", "free-text", "dates"])
    stage.run()
    assert stage.world.things["goal", goal]["title"] == "Goal"
    assert stage.world.things["milestone", step]["title"] == "Step 1 of 1"
    assert "why" not in stage.world.things["goal", goal]


def test_each_event_goes_out_in_order_after_what_there_is(stage: Stage) -> None:
    stage.to_world(delivery="each", batch=3)
    goal = stage.make("goals", title="Walk")
    stage.connect()
    stage.run()
    for number in range(10):
        stage.make("checkins", subject=goal, value=number, on="2027-01-15")
    faults = iter([False, True, False, False, True, *[False] * 50])
    stage.world.behave = lambda _: Later("busy") if next(faults) else None
    for _ in range(4):
        stage.run()
    done = [entity for answer, kind, entity, _ in stage.world.requests if kind == "checkin" and answer == "Done"]
    assert len(done) == len(set(done)) == 10
    values = [stage.world.things["checkin", entity]["value"] for entity in done]
    assert values == list(range(10))


def test_everything_is_taken_back_from_outside_when_asked(stage: Stage) -> None:
    stage.to_world()
    goal = stage.make("goals", title="Walk")
    stage.make("milestones", goal=goal, title="Round the pond")
    stage.connect()
    stage.run()
    told = stage.steer("withdraw")
    assert stage.world.things == {}
    assert told["status"] == "paused"
    stage.steer("resume")
    stage.run()
    assert len(stage.world.things) == 2


def test_an_event_tells_of_no_field_that_was_not_granted(stage: Stage) -> None:
    told: list[tuple[str, ...]] = []

    def noted(change: Change) -> None:
        if isinstance(change, Changed) and change.event is not None:
            told.append(change.event.fields)

    stage.world.behave = noted
    stage.to_world(delivery="each", kinds=frozenset({"goal"}))
    goal = stage.make("goals", title="Walk")
    stage.connect(scopes=["titles"])
    stage.run()
    told.clear()
    stage.revise("goals", goal, title="Walk far", why="for the dog")
    stage.revise("goals", goal, why="for the cat")
    stage.run()
    assert [set(fields) & {"title", "why"} for fields in told] == [{"title"}, set()]
