from tests.events import entity, event
from tests.server.conftest import Api
from tests.server.test_api import problem, push, sign_up

GOAL = entity(1)


def fill(api: Api) -> None:
    push(api, event(1, id=GOAL, title="Before", at_ms=api.now_ms))
    push(api, event(2, type="milestone.added", id=entity(2), goal=GOAL, title="A step", at_ms=api.now_ms + 1))
    push(api, event(3, type="goal.revised", id=GOAL, title="After", at_ms=api.now_ms + 2))


def test_goals_are_read_with_what_belongs_to_them(api: Api) -> None:
    fill(api)
    (goal,) = api.get(f"/v1/journals/{api.journal}/goals").json()
    assert (goal["title"], [m["title"] for m in goal["milestones"]]) == ("After", ["A step"])
    assert api.get(f"/v1/journals/{api.journal}/goals/{GOAL}").json().items() >= goal.items()
    assert problem(api.get(f"/v1/journals/{api.journal}/goals/{entity(9)}"))[:2] == (404, "not-found")


def test_any_earlier_moment_can_be_read(api: Api) -> None:
    fill(api)
    path = f"/v1/journals/{api.journal}/goals"
    assert [g["title"] for g in api.get(path, as_of="1").json()] == ["Before"]
    assert api.get(path, as_of="0").json() == []
    assert api.get(path, as_of="3").json() == api.get(path).json()
    assert [g["title"] for g in api.get(path, as_of="2027-01-15T08:00:00.001Z").json()] == ["Before"]
    assert api.get(path, as_of="2099-01-01T00:00:00+01:00").json() == api.get(path).json()
    for nonsense in ("yesterday", "-1", "2027-01-15T08:00:00", "9" * 30):
        assert problem(api.get(path, as_of=nonsense))[:2] == (400, "invalid")


def test_what_has_not_changed_is_not_sent_again(api: Api) -> None:
    fill(api)
    path = f"/v1/journals/{api.journal}/goals"
    first = api.get(path)
    tag = first.headers["etag"]
    again = api.client.get(path, headers={**api.headers(), "if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    push(api, event(4, type="goal.revised", id=GOAL, why="it matters"))
    assert api.client.get(path, headers={**api.headers(), "if-none-match": tag}).status_code == 200


def test_a_strangers_journal_is_not_there(api: Api) -> None:
    fill(api)
    stranger = sign_up(api, "somebody else")
    assert problem(api.get(f"/v1/journals/{api.journal}/goals", stranger))[:2] == (404, "not-found")
    assert api.client.get(f"/v1/journals/{api.journal}/goals").status_code == 401
