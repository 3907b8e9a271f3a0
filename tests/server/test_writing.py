import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.envelope import decode_event
from milepost.journal import State, state_hash
from milepost_server.access import Admitted
from milepost_server.collections import COLLECTIONS
from tests.events import device, entity, event
from tests.server.conftest import Api
from tests.server.test_api import problem, push, sign_up

GOAL = entity(1)


class Script:
    """A caller with a token for scripts."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.device = api.post("/v1/devices", {"name": "my script"}).json()
        self.token = self.device["token"]

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        path = path if path.startswith("/v1") else f"/v1/journals/{self.api.journal}/{path}"
        return self.api.client.request(method, path, json=body, headers={**self.api.headers(self.token), **named})


@pytest.fixture
def script(api: Api) -> Script:
    return Script(api)


def log(api: Api) -> list[Any]:
    page = api.run(api.services.store.read(api.journal, 0, limit=10_000, max_bytes=10**9))
    return [decode_event(body) for body in page.bodies]


def folded(api: Api) -> State:
    state = State(api.journal)
    for one in log(api):
        state.apply(one)
    return state


def test_a_script_begins_changes_and_takes_back(api: Api, script: Script) -> None:
    made = script("POST", "goals", {"title": "  Say  what I need "})
    assert made.status_code == 201
    goal = made.json()
    assert (goal["title"], goal["kind"], goal["status"]) == ("Say what I need", "open", "active")
    assert made.headers["location"] == f"/v1/journals/{api.journal}/goals/{goal['id']}"
    assert script("GET", made.headers["location"]).headers["etag"] == made.headers["etag"]
    changed = script("PATCH", f"goals/{goal['id']}", {"due": "2027-06-30", "reason": "a date"}).json()
    assert (changed["due"], changed["kind"]) == ("2027-06-30", "smart")
    assert script("PATCH", f"goals/{goal['id']}", {"due": None}).json()["due"] is None
    assert script("DELETE", f"goals/{goal['id']}").status_code == 204
    assert problem(script("GET", f"goals/{goal['id']}"))[:2] == (404, "not-found")
    assert [one.type for one in log(api)] == ["goal.created", "goal.revised", "goal.revised", "goal.retracted"]
    assert {one.actor for one in log(api)} == {api.account}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_example_of_the_document_can_be_sent(api: Api, script: Script, name: str) -> None:
    document = api.client.get("/schema/openapi.json").json()["paths"]
    path = f"/v1/journals/{{journal}}/{name}"

    def example(operation: Any) -> Any:
        return operation["requestBody"]["content"]["application/json"]["examples"]["example"]["value"]

    push(api, event(1, id=COLLECTIONS["milestones"].begin["goal"], at_ms=api.now_ms))
    made = script("POST", name, example(document[path]["post"]))
    assert made.status_code == 201, made.text
    changed = script("PATCH", f"{name}/{made.json()['id']}", example(document[f"{path}/{{entity}}"]["patch"]))
    assert changed.status_code == 200, changed.text
    assert changed.json() != made.json()
    shown = document[f"{path}/{{entity}}"]["get"]["responses"]["200"]["content"]["application/json"]
    assert shown["examples"].popitem()[1]["value"].keys() <= changed.json().keys()
    assert changed.json() in script("GET", f"{name}?base=true").json()


def test_a_number_answers_the_measure_of_its_goal_today_where_the_journal_is(api: Api, script: Script) -> None:
    push(
        api, event(1, type="journal.opened", title="Mine", time_zone="Pacific/Auckland", locale="en", at_ms=api.now_ms)
    )
    goal = script("POST", "goals", {"title": "Calm"}).json()["id"]
    measure = script("POST", "measures", {"goal": goal, "type": "scale", "low": 0, "high": 10}).json()["id"]
    said = script("POST", "checkins", {"subject": goal, "value": 4}).json()
    assert (said["measure"], said["on"]) == (measure, "2027-01-15")  # 21:00 there, 08:00 in UTC
    api.now_ms += 4 * 3_600_000
    assert script("POST", "checkins", {"note": "late"}).json()["on"] == "2027-01-16"
    assert problem(script("POST", "checkins", {"subject": goal, "value": 11}))[0] == 400
    assert problem(script("PATCH", f"checkins/{said['id']}", {"value": 11}))[0] == 400
    assert script("PATCH", f"checkins/{said['id']}", {"value": 5}).json()["measure"] == measure


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("goals", {}, "title"),
        ("goals", {"title": "  "}, "empty"),
        ("goals", {"title": 3}, "title"),
        ("goals", {"title": "x", "id": entity(3)}, "`id`"),
        ("goals", {"title": "x", "colour": "red"}, "colour"),
        ("goals", ["x"], "JSON object"),
        ("milestones", {"title": "x", "goal": entity(9)}, "no goal"),
        ("practices", {"title": "x", "recurrence": "sometimes"}, "recurrence"),
        ("checkins", {}, "value or a note"),
        ("checkins", {"subject": entity(9), "value": 4}, "`subject`: there is no goal or milestone or practice"),
        ("checkins", {"note": "x", "on": "2030-01-01"}, "yet to come"),
        ("reflections", {"text": "x", "on": "2030-01-01"}, "yet to come"),
        ("reflections", {"text": "x", "session": entity(9)}, "`session`: there is no session"),
        ("goals", {"title": "x", "start": "2027-02-02", "due": "2027-02-01"}, "before it begins"),
        ("goals", {"title": "a\u001b[31mred"}, "U+001B"),
        ("goals", {"title": "x" * 501}, "`title` must be words of 1 to 500 letters"),
        ("topics", {}, "bring"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(api: Api, script: Script, path: str, body: Any, word: str) -> None:
    refused = script("POST", path, body)
    assert refused.status_code in {400, 404}
    assert word in refused.json()["detail"]
    assert log(api) == []


def test_an_empty_key_is_refused_and_not_passed_over(api: Api, script: Script) -> None:
    for key in ("", "  "):
        assert "Idempotency-Key is empty" in problem_detail(
            script("POST", "goals", {"title": "x"}, idempotency_key=key)
        )
    assert log(api) == []


def problem_detail(response: Any) -> str:
    assert response.status_code == 400
    return str(response.json()["detail"])


def test_what_is_changed_names_what_is_there_and_no_day_to_come(script: Script) -> None:
    goal = script("POST", "goals", {"title": "Calm", "due": "2027-02-02"}).json()["id"]
    said = script("POST", "checkins", {"subject": goal, "value": 4}).json()["id"]
    assert script("PATCH", f"checkins/{said}", {"subject": entity(9)}).status_code == 404
    assert script("PATCH", f"checkins/{said}", {"on": "2030-01-01"}).status_code == 400
    assert script("PATCH", f"goals/{goal}", {"status": "achieved", "on": "2030-01-01"}).status_code == 400
    assert script("PATCH", f"goals/{goal}", {"start": "2027-03-01"}).status_code == 400
    assert script("PATCH", f"goals/{goal}", {"measure": entity(9)}).status_code == 404
    assert script("PATCH", f"checkins/{said}", {"subject": None}).status_code == 200


def test_a_change_needs_something_to_change(script: Script) -> None:
    goal = script("POST", "goals", {"title": "Calm"}).json()["id"]
    for body in ({}, {"retracted": False}, {"id": entity(2)}, {"status": "won"}, {"due": "soon"}, {"reflection": 7}):
        assert problem(script("PATCH", f"goals/{goal}", body))[0] == 400
    assert problem(script("PATCH", f"goals/{entity(9)}", {"title": "x"}))[:2] == (404, "not-found")


def test_a_status_keeps_its_day_and_its_reflection(script: Script) -> None:
    goal = script("POST", "goals", {"title": "Calm"}).json()["id"]
    achieved = script("PATCH", f"goals/{goal}", {"status": "achieved", "reflection": "It was worth it"}).json()
    assert (achieved["status"], achieved["on"], achieved["reflection"]) == ("achieved", "2027-01-15", "It was worth it")
    again = script("PATCH", f"goals/{goal}", {"reflection": "Well worth it"}).json()
    assert (again["status"], again["on"], again["reflection"]) == ("achieved", "2027-01-15", "Well worth it")
    moved = script("PATCH", f"goals/{goal}", {"status": "achieved", "on": "2027-01-10"}).json()
    assert (moved["on"], moved["reflection"]) == ("2027-01-10", "Well worth it")


def test_what_was_based_on_something_older_is_refused(api: Api, script: Script) -> None:
    made = script("POST", "goals", {"title": "Before"})
    path, tag = f"goals/{made.json()['id']}", made.headers["etag"]
    push(api, event(1, type="goal.revised", id=made.json()["id"], title="Meanwhile", at_ms=api.now_ms))
    for method, body in (("PATCH", {"title": "After"}), ("DELETE", None)):
        assert problem(script(method, path, body, if_match=tag))[:2] == (412, "changed-meanwhile")
    assert len(log(api)) == 2
    now = script("GET", path).headers["etag"]
    assert script("PATCH", path, {"title": "After"}, if_match=f'"other", {now}').json()["title"] == "After"
    assert script("PATCH", path, {"title": "Later"}, if_match="*").status_code == 200


def test_a_request_sent_again_is_carried_out_once(api: Api, script: Script) -> None:
    body = {"note": "a calm day"}
    first = script("POST", "checkins", body, idempotency_key="monday")
    again = script("POST", "checkins", body, idempotency_key="monday")
    assert (again.status_code, again.json(), again.headers["location"]) == (
        201,
        first.json(),
        first.headers["location"],
    )
    assert len(log(api)) == 1
    assert problem(script("POST", "checkins", {"note": "another"}, idempotency_key="monday"))[:2] == (422, "key-reused")
    assert script("POST", "checkins", body, idempotency_key="tuesday").json()["id"] != first.json()["id"]
    other = Script(api)
    assert other("POST", "checkins", body, idempotency_key="monday").json()["id"] != first.json()["id"]
    api.now_ms += 8 * 24 * 3_600_000
    script("POST", "checkins", body, idempotency_key="monday")
    assert len(log(api)) == 4


def test_a_change_sent_again_does_not_undo_what_came_after(api: Api, script: Script) -> None:
    goal = script("POST", "goals", {"title": "One"}).json()["id"]
    script("PATCH", f"goals/{goal}", {"title": "Two"}, idempotency_key="k")
    script("PATCH", f"goals/{goal}", {"title": "Three"})
    assert script("PATCH", f"goals/{goal}", {"title": "Two"}, idempotency_key="k").json()["title"] == "Three"
    script("PATCH", f"goals/{goal}", {"title": "Three"}, idempotency_key="nothing to do")
    script("PATCH", f"goals/{goal}", {"title": "Four"})
    assert (
        script("PATCH", f"goals/{goal}", {"title": "Three"}, idempotency_key="nothing to do").json()["title"] == "Four"
    )


def test_a_write_that_is_lost_leaves_no_key_behind(api: Api, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the machine stops here")

    with monkeypatch.context() as broken:
        broken.setattr("milepost.pushing.Push.take", fail)
        assert script("POST", "goals", {"title": "Calm"}, idempotency_key="k").status_code == 500
    assert log(api) == []
    assert script("POST", "goals", {"title": "Calm"}, idempotency_key="k").status_code == 201
    assert len(log(api)) == 1


def test_many_at_once_are_all_kept_in_one_causal_log(api: Api, script: Script) -> None:
    from milepost.commands import by_kind
    from milepost_server.records import Caller

    callers = [
        Admitted(Caller(api.account, script.device["id"], "api"), "owner"),
        Admitted(Caller(api.account, device(7), "api"), "owner"),
    ]
    count = iter(range(1, 1000))

    def one(caller: Caller) -> Any:
        def decide(state: State) -> Any:
            return by_kind.make(state, lambda: entity(next(count)), "goal", {"title": "Calm"}, "2027-01-15")[1]

        return api.services.journals.write(api.journal, caller, decide, api.now_ms)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(callers[n % 2]) for n in range(12)))

    api.run(all_of_them())
    events = log(api)
    assert len(events) == 12
    ranks = [folded(api).fields("goal", e)["rank"] for e in folded(api).visible("goal")]
    assert len(set(ranks)) == 12  # each was decided having seen those before
    assert events == sorted(events, key=lambda one: one.hlc)


def test_one_kind_of_token_does_not_do_the_work_of_the_other(api: Api, script: Script) -> None:
    assert problem(api.post(f"/v1/journals/{api.journal}/goals", {"title": "x"}))[:2] == (403, "not-allowed")
    pushed = script("POST", "events", {"events": []})
    assert problem(pushed)[:2] == (403, "not-allowed")
    for path, body in (
        ("/v1/sync", {"journals": {}}),
        ("/v1/journals", {"id": entity(5)}),
        ("/v1/devices", {"name": "x"}),
    ):
        assert problem(script("POST", path, body))[:2] == (403, "not-allowed")
    assert script("GET", "events").status_code == 200


def test_a_revoked_token_opens_nothing(api: Api, script: Script) -> None:
    listed = api.get("/v1/devices").json()
    assert {(one["name"], one["kind"]) for one in listed} == {("test", "log"), ("my script", "api")}
    assert all("token" not in one for one in listed)
    revoked = api.delete(f"/v1/devices/{script.device['id']}").json()
    assert revoked["revoked_at"] == api.now_ms
    assert problem(script("POST", "goals", {"title": "x"}))[:2] == (401, "not-signed-in")
    assert problem(api.delete(f"/v1/devices/{entity(4)}"))[:2] == (404, "not-found")


def test_a_strangers_journal_is_not_there(api: Api, script: Script) -> None:
    stranger = sign_up(api, "somebody else")
    token = api.post("/v1/devices", {"name": "x"}, stranger).json()["token"]
    path = f"/v1/journals/{api.journal}/goals"
    assert problem(api.post(path, {"title": "x"}, token))[:2] == (404, "not-found")
    assert "my script" not in {one["name"] for one in api.get("/v1/devices", stranger).json()}


def test_after_another_history_a_script_goes_on_under_another_id(api: Api, script: Script) -> None:
    script("POST", "goals", {"title": "Before"})
    (first,) = log(api)
    cursor = {"seq": 9, "chain": "0" * 64}
    answer = api.post("/v1/sync", {"journals": {api.journal: {"cursor": cursor, "device": device(1)}}}).json()
    assert answer["journals"][api.journal]["problem"] == "history"
    script("POST", "goals", {"title": "After"})
    second = log(api)[1]
    assert (second.n, second.device != first.device, second.seen) == (1, True, {first.device: 1})


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("goal"), st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=9)
        ),
        st.tuples(st.just("revise"), st.text("abc", min_size=1, max_size=3)),
        st.tuples(st.just("push"), st.text("xyz", min_size=1, max_size=3)),
        st.tuples(st.just("checkin"), st.integers(0, 10)),
        st.tuples(st.just("drop"), st.none()),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_scripts_and_devices_write_a_device_that_pulls_agrees(api: Api, steps: list[tuple[str, Any]]) -> None:
    api.journal = entity(abs(hash(str(steps))) % 10**12)
    if api.post("/v1/journals", {"id": api.journal}).status_code != 200 or log(api):
        return
    script, pushed, goals = Script(api), 0, [GOAL]
    writer = entity(10**11 + len(steps)).replace("eeee", "dddd", 1)
    for what, value in steps:
        if what == "goal":
            made = script("POST", "goals", {"title": value})
            assert made.status_code in {201, 400}
            goals += [made.json()["id"]] if made.status_code == 201 else []
        elif what == "revise":
            assert script("PATCH", f"goals/{goals[-1]}", {"title": value}).status_code in {200, 404}
        elif what == "push":
            pushed += 1
            body = event(pushed, by=writer, type="goal.revised", id=goals[-1], title=value, at_ms=api.now_ms)
            push(api, body)
        elif what == "checkin":
            assert script("POST", "checkins", {"subject": goals[-1], "value": value}).status_code in {201, 404}
        else:
            assert script("DELETE", f"goals/{goals[-1]}").status_code in {204, 404}
    shared = api.run(api.services.journals.state(api.journal)).state
    assert state_hash(shared) == state_hash(folded(api))


# What a change is based on


def test_a_read_gives_the_writes_of_every_field(api: Api, script: Script) -> None:
    goal = script("POST", "goals", {"title": "Calm"}).json()
    (written,) = log(api)
    assert goal["base"]["title"] == f"{written.device}.1"
    assert (goal["base"]["why"], goal["base"]["status"], goal["base"]["retracted"]) == ("", "", "")
    assert script("GET", f"goals/{goal['id']}").json()["base"] == goal["base"]
    assert "base" not in script("GET", "goals").json()[0]
    (listed,) = script("GET", "goals?base=true").json()
    assert listed["base"] == goal["base"]
    changed = script("PATCH", f"goals/{goal['id']}", {"status": "paused"}).json()
    assert changed["base"] == {**goal["base"], "status": f"{written.device}.2"}


def test_a_change_is_refused_where_a_field_it_is_based_on_has_changed(api: Api, script: Script) -> None:
    goal = script("POST", "goals", {"title": "Before", "why": "so"}).json()
    path = f"goals/{goal['id']}"
    push(api, event(1, type="goal.revised", id=goal["id"], title="Meanwhile", at_ms=api.now_ms))
    before = len(log(api))
    for method, body in (("PATCH", {"title": "After"}), ("DELETE", {})):
        refused = script(method, path, {**body, "base": goal["base"]})
        assert problem(refused)[:2] == (412, "changed-meanwhile")
        (field,) = refused.json()["fields"]
        assert (field["field"], field["base"]) == ("title", goal["base"]["title"])
        assert {version["value"] for version in field["versions"]} == {"Before", "Meanwhile"}
        assert sorted(field["now"].split(",")) == sorted(version["write"] for version in field["versions"])
    assert len(log(api)) == before
    assert script("PATCH", path, {"why": "not", "base": {"why": goal["base"]["why"]}}).json()["why"] == "not"
    now = script("GET", path).json()["base"]
    assert script("PATCH", path, {"title": "After", "base": {"title": now["title"]}}).json()["title"] == "After"
    assert script("DELETE", path, {"base": script("GET", path).json()["base"]}).status_code == 204


def test_fields_that_belong_together_are_based_on_the_same_writes(api: Api, script: Script) -> None:
    goal = script("POST", "goals", {"title": "Calm"}).json()
    script("PATCH", f"goals/{goal['id']}", {"status": "paused"})
    refused = script("PATCH", f"goals/{goal['id']}", {"status": "active", "base": {"on": ""}})
    assert problem(refused)[:2] == (412, "changed-meanwhile")
    assert [field["field"] for field in refused.json()["fields"]] == ["status"]


@pytest.mark.parametrize("base", [7, ["title"], {"title": 7}, {"titel": ""}, {"accepted": ""}])
def test_a_base_that_is_none_is_refused(script: Script, base: Any) -> None:
    goal = script("POST", "goals", {"title": "Calm"}).json()
    assert problem(script("PATCH", f"goals/{goal['id']}", {"title": "x", "base": base}))[:2] == (400, "invalid")
    assert script("GET", f"goals/{goal['id']}").json()["title"] == "Calm"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_kind_can_be_changed_on_its_base(api: Api, script: Script, name: str) -> None:
    push(api, event(1, id=COLLECTIONS["milestones"].begin["goal"], at_ms=api.now_ms))
    made = script("POST", name, COLLECTIONS[name].begin).json()
    changed = script("PATCH", f"{name}/{made['id']}", {**COLLECTIONS[name].change, "base": made["base"]})
    assert changed.status_code == 200, changed.text
    again = script("PATCH", f"{name}/{made['id']}", {**COLLECTIONS[name].change, "base": made["base"]})
    assert problem(again)[:2] == (412, "changed-meanwhile")
