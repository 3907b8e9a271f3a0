import json
from typing import Any

import msgspec
import pytest

from milepost.clock import new_id
from milepost.database import Query, Work, unit
from milepost.envelope import genesis_chain
from milepost.messages import MAX_PUSH_EVENTS
from milepost_server.accounts import ensure_account
from milepost_server.records import CODE_LIFETIME_MS
from tests.events import device, event
from tests.server.conftest import NOW, Api


def as_json(sent: Any, actor: str) -> Any:
    return msgspec.json.decode(msgspec.json.encode(msgspec.structs.replace(sent, actor=actor)))


def push(api: Api, *events: Any, journal: str = "", token: str | None = None) -> Any:
    body = {"events": [as_json(e, api.account) if not isinstance(e, dict) else e for e in events]}
    return api.post(f"/v1/journals/{journal or api.journal}/events", body, token)


def outcomes(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [r["outcome"] for r in response.json()["results"]]


def problem(response: Any) -> tuple[int, str, str]:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["type"].rsplit("/", 1)[-1], body["detail"]


def test_what_is_pushed_is_pulled_verbatim(api: Api) -> None:
    data = '{"id":"%s",  "title":"Sp\\u00e4ter \\u2713", "why": null}' % new_id()
    sent = as_json(event(1), api.account)
    body = '{"events":[%s]}' % json.dumps(sent).replace(json.dumps(sent["data"]), data)
    response = api.client.post(
        f"/v1/journals/{api.journal}/events",
        content=body,
        headers={**api.headers(), "content-type": "application/json"},
    )
    assert outcomes(response) == ["stored"]
    assert data in api.get(f"/v1/journals/{api.journal}/events").text


def test_pages_end_with_more_false_and_a_cursor(api: Api) -> None:
    push(api, *(event(n) for n in range(1, 8)))
    seen, after, chain = [], 0, genesis_chain(api.journal).hex()
    while True:
        page = api.get(f"/v1/journals/{api.journal}/events", after=after, chain=chain, limit=3).json()
        seen += [e["n"] for e in page["events"]]
        after, chain = page["cursor"]["seq"], page["cursor"]["chain"]
        if not page.get("more"):
            break
    assert seen == list(range(1, 8))


def test_a_cursor_from_another_history_is_told_so(api: Api) -> None:
    push(api, event(1))
    response = api.get(f"/v1/journals/{api.journal}/events", after=1, chain="0" * 64)
    assert problem(response)[:2] == (409, "history")
    assert problem(api.get(f"/v1/journals/{api.journal}/events", after=9, chain="0" * 64))[:2] == (409, "history")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data": {"id": "not-an-id", "title": "x"}}, "id"),
        ({"data": {"title": "no id"}}, "`id` is missing"),
        ({"data": {"id": device(1), "titel": "typo"}}, "titel"),
        ({"data": {"id": device(1), "title": ""}}, "title"),
        ({"data": {"id": device(1), "title": "x", "due": "18.12.2026"}}, "due"),
        ({"data": {"id": device(1), "title": "x", "importance": 11}}, "importance"),
        ({"data": {"id": device(1).upper(), "title": "x"}}, "lowercase UUID"),
        ({"data": []}, "Expected `object`"),
        ({"hlc": "yesterday"}, "hlc"),
        ({"type": "Nonsense!"}, "type"),
        ({"salt": "short"}, "salt"),
        ({"v": 0}, "`v`"),
        ({"actor": new_id()}, "actor"),
        ({"rejected": "by me", "digest": "0" * 64}, "rejected"),
    ],
)
def test_a_malformed_event_is_rejected_in_words_and_blocks_nothing(
    api: Api, change: dict[str, Any], words: str
) -> None:
    bad = {**as_json(event(1), api.account), **change}
    response = push(api, bad, event(2))
    assert outcomes(response) == ["rejected", "stored"]
    assert words in response.json()["results"][0]["reason"]
    assert outcomes(push(api, bad)) == ["rejected"]


@pytest.mark.parametrize(
    "change",
    [
        {"device": "me"},
        {"n": 0},
        {"n": 2**53},
        {"seen": {"x": 1}},
        {"seen": {device(1): 1}},
        {"n": "1"},
        {"rejected": "x", "digest": "zz"},
    ],
)
def test_an_event_that_cannot_be_answered_for_refuses_the_push(api: Api, change: dict[str, Any]) -> None:
    response = push(api, {**as_json(event(1), api.account), **change})
    assert problem(response)[0] == 400
    assert api.get(f"/v1/journals/{api.journal}/events").json()["events" if False else "cursor"]["seq"] == 0


def test_places_beyond_every_log_are_refused_in_words(api: Api) -> None:
    for path in ("events?after=99999999999999999999", "chain?at=99999999999999999999", "chain?at=-1", "chain?at=x"):
        response = api.client.get(f"/v1/journals/{api.journal}/{path}", headers=api.headers())
        assert problem(response)[:2] == (400, "invalid")
    garbled = api.client.post("/v1/pair", content=b'{"code": "\xff"}', headers={"content-type": "application/json"})
    assert problem(garbled)[0] == 400


def test_what_should_not_happen_is_logged_and_told_without_details(
    api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(api.services.journals, "page", broken)
    response = api.get(f"/v1/journals/{api.journal}/events")
    assert problem(response)[:2] == (500, "error")
    assert "secret" not in response.text
    assert "secret detail" in caplog.text


def test_an_unknown_type_is_stored_and_relayed(api: Api) -> None:
    new = {**as_json(event(1), api.account), "type": "goal.dreamt_of", "data": {"any": ["thing", {"at": 1.5}]}}
    newer = {**as_json(event(2), api.account), "v": 7, "data": {"whatever": True}}
    plugin = {**as_json(event(3), api.account), "type": "x.moon.phase", "data": {"full": True}}
    assert outcomes(push(api, new, newer, plugin)) == ["stored"] * 3
    pulled = api.get(f"/v1/journals/{api.journal}/events").json()["events"]
    assert [e["data"] for e in pulled] == [new["data"], newer["data"], plugin["data"]]
    assert api.client.get("/healthz").text == "ok\n"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"events": 3}', b'{"events":[{"device":1}]}', b"\xff\xfe", b"null"]
)
def test_a_body_that_is_no_request_is_refused_in_words(api: Api, body: bytes) -> None:
    for path in (f"/v1/journals/{api.journal}/events", "/v1/sync", f"/v1/journals/{api.journal}/repair"):
        response = api.client.post(path, content=body, headers={**api.headers(), "content-type": "application/json"})
        status, code, detail = problem(response)
        assert (status, code) == (400, "invalid")
        assert "can't be read" in detail


def test_a_push_over_the_limit_is_refused_whole(api: Api) -> None:
    many = [as_json(event(n), api.account) for n in range(1, MAX_PUSH_EVENTS + 2)]
    assert problem(api.post(f"/v1/journals/{api.journal}/events", {"events": many}))[:2] == (413, "too-large")
    big = {"events": [{**as_json(event(1), api.account), "data": {"x": "y" * 2_000_000}}]}
    assert problem(api.post(f"/v1/journals/{api.journal}/events", big))[:2] == (413, "too-large")


def test_a_device_makes_a_code_for_one_more_of_its_account(api: Api) -> None:
    made = api.post("/v1/devices/code", None)
    assert made.status_code == 201
    code = made.json()["code"]
    assert made.json()["expires_at"] == api.now_ms + CODE_LIFETIME_MS
    paired = api.pair(code, name="phone")
    assert paired["account"] == api.account
    assert [entry["id"] for entry in paired["journals"]] == [api.journal]
    again = api.client.post("/v1/pair", json={"code": code, "name": "another"})
    assert problem(again)[:2] == (403, "pairing-code")
    late = api.post("/v1/devices/code", None).json()["code"]
    api.now_ms += CODE_LIFETIME_MS + 1
    assert problem(api.client.post("/v1/pair", json={"code": late, "name": "late"}))[1] == "pairing-code"


def test_somebody_says_what_others_call_them(api: Api) -> None:
    assert api.get(f"/v1/journals/{api.journal}/members").json()[0]["name"] == "owner"
    renamed = api.client.patch("/v1/account", json={"name": "Anna"}, headers=api.headers())
    assert (renamed.status_code, renamed.json()) == (200, {"id": api.account, "name": "Anna"})
    assert api.get(f"/v1/journals/{api.journal}/members").json()[0]["name"] == "Anna"
    line = api.client.get("/v1/access-log", headers=api.headers()).json()[-1]
    assert (line["what"], line["by"], line["subject"]) == ("renamed", api.account, api.account)
    for wrong in ("", "x" * 101):
        answer = api.client.patch("/v1/account", json={"name": wrong}, headers=api.headers())
        assert problem(answer)[:2] == (400, "invalid")


def test_a_script_makes_no_code_for_a_device(api: Api) -> None:
    script = api.post("/v1/devices", {"name": "script"}).json()["token"]
    assert problem(api.post("/v1/devices/code", None, script))[:2] == (403, "not-allowed")


def test_without_a_token_nothing_is_told(api: Api) -> None:
    push(api, event(1))
    for headers in (
        {},
        {"authorization": "Bearer nonsense"},
        {"authorization": "Basic abc"},
        {"authorization": "Bearer"},
    ):
        for path in (
            f"/v1/journals/{api.journal}/events",
            "/v1/journals",
            "/v1/live",
            f"/v1/journals/{api.journal}/feeds",
        ):
            response = api.client.get(path, headers=headers)
            assert problem(response)[:2] == (401, "not-signed-in")
            assert response.headers["www-authenticate"] == "Bearer"


def test_a_foreign_journal_looks_like_none(api: Api) -> None:
    push(api, event(1))
    stranger = sign_up(api, "somebody else")
    for journal in (api.journal, new_id(), "nonsense"):
        assert problem(api.get(f"/v1/journals/{journal}/events", stranger))[:2] == (404, "not-found")
        assert problem(push(api, event(2), journal=journal, token=stranger))[:2] == (404, "not-found")
    cursor = {"seq": 0, "chain": genesis_chain(api.journal).hex()}
    body = {"journals": {api.journal: {"cursor": cursor, "device": device(9)}}}
    answer = api.post("/v1/sync", body, stranger).json()
    assert answer["journals"][api.journal]["problem"] == "not-found"
    assert answer["all_journals"] == []


def test_a_journal_of_somebody_elses_cannot_be_claimed(api: Api) -> None:
    stranger = sign_up(api, "somebody else")
    assert problem(api.post("/v1/journals", {"id": api.journal}, stranger))[:2] == (403, "not-allowed")
    assert api.post("/v1/journals", {"id": api.journal}).status_code == 200


def test_nobody_writes_under_anothers_device_id(api: Api) -> None:
    push(api, event(1))
    stranger = sign_up(api, "somebody else")
    own = new_id()
    api.post("/v1/journals", {"id": own}, stranger)
    assert problem(push(api, event(1), journal=own, token=stranger))[:2] == (403, "not-allowed")


def sign_up(api: Api, name: str) -> str:
    @unit
    def work() -> Work[str]:

        account = new_id()
        yield Query("INSERT INTO accounts VALUES (:a, :n, :t)", {"a": account, "n": name, "t": NOW + 1})
        return account

    account = api.run(api.services.database.write(work()))
    assert api.run(api.services.database.write(ensure_account("x", NOW))) == api.account
    token: str = api.pair(api.code(account))["token"]
    return token


def test_a_code_works_once_and_not_for_ever(api: Api) -> None:
    code = api.code()
    api.pair(code.lower().replace("-", " "))
    for bad, words in ((code, "used already"), ("AAAA-BBBB", "did not give out"), ("", "did not give out")):
        status, kind, detail = problem(api.client.post("/v1/pair", json={"code": bad, "name": "x"}))
        assert (status, kind) == (403, "pairing-code")
        assert words in detail
    late = api.code()
    api.now_ms += 5 * 60 * 1000 + 1
    assert "too old" in problem(api.client.post("/v1/pair", json={"code": late, "name": "x"}))[2]


def test_a_first_journal_becomes_the_private_one_and_a_second_joins_only_if_kept(api: Api) -> None:
    second = api.pair(api.code(), journal=new_id())
    assert not second["claimed"]
    assert [j["id"] for j in second["journals"]] == [api.journal]
    kept = new_id()
    third = api.pair(api.code(), journal=kept, keep=True)
    assert third["claimed"]
    assert {j["id"]: j["private"] for j in third["journals"]} == {api.journal: True, kept: False}


def test_a_repair_gives_back_what_was_lost_and_a_push_may_not_claim_to(api: Api) -> None:
    lost = {**as_json(event(1), api.account), "received_at": NOW - 50_000, "merge_hlc": ""}
    stub = {
        "device": device(1),
        "n": 2,
        "digest": "ab" * 32,
        "rejected": "was refused then",
        "received_at": NOW - 40_000,
    }
    response = api.post(f"/v1/journals/{api.journal}/repair", {"events": [lost, stub]})
    assert outcomes(response) == ["stored", "rejected"]
    assert [r["received_at"] for r in response.json()["results"]] == [NOW - 50_000, NOW - 40_000]


def test_the_api_describes_itself_and_its_page_loads_nothing_from_elsewhere(api: Api) -> None:
    document = api.client.get("/schema/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    assert {"/v1/sync", "/v1/pair", "/v1/live", "/v1/journals/{journal}/events"} <= set(paths)
    body = paths["/v1/journals/{journal}/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "device" in body["properties"]["events"]["items"]["properties"]
    page = api.client.get("/schema").text
    for part in ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"):
        assert f"/schema/assets/{part}" in page
        assert api.client.get(f"/schema/assets/{part}").status_code == 200
    assert "https://" not in page.split("openapi")[0]
    assert api.client.get("/schema/assets/..%2fsecret").status_code == 404


def test_every_problem_has_a_page_that_explains_it(api: Api) -> None:
    for code in ("history", "invalid", "not-signed-in", "storage-full"):
        assert code in api.client.get(f"/problems/{code}").text
    assert api.client.get("/problems/nonsense").status_code == 404


def test_capabilities_tell_limits_and_types(api: Api) -> None:
    told = api.client.get("/v1/capabilities").json()
    assert told["limits"]["push_events"] == MAX_PUSH_EVENTS
    assert told["event_types"]["goal.created"] == 1


def test_only_who_has_the_folder_makes_codes(api: Api) -> None:
    assert problem(api.client.post("/v1/admin/pairing-code"))[:2] == (403, "not-allowed")
    wrong = api.client.post("/v1/admin/pairing-code", headers={"x-milepost-admin-key": "a key"})
    assert problem(wrong)[0] == 403
    right = api.client.post("/v1/admin/pairing-code", headers={"x-milepost-admin-key": "the key"})
    assert api.pair(right.json()["code"])["account"] == api.account


def test_a_device_is_told_with_the_ids_that_its_events_bear(api: Api) -> None:
    push(api, event(1, by=device(1), at_ms=api.now_ms))
    push(api, event(1, by=device(2), at_ms=api.now_ms))
    script = api.post("/v1/devices", {"name": "script"}).json()
    api.client.post(f"/v1/journals/{api.journal}/topics", json={"text": "a talk"}, headers=api.headers(script["token"]))
    writers = api.get(f"/v1/journals/{api.journal}/chain").json()["counters"].keys() - {device(1), device(2)}
    known = {one["name"]: one.get("writes_as", []) for one in api.get("/v1/devices").json()}
    assert known == {"test": [device(1), device(2)], "script": list(writers)}
    again = api.pair(api.code())["token"]
    api.post(f"/v1/journals/{api.journal}/events", {"events": []}, again)
    assert known == {
        one["name"]: one.get("writes_as", []) for one in api.get("/v1/devices").json() if "writes_as" in one
    }
