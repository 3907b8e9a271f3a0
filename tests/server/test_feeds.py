import logging
import re
from typing import Any

import icalendar
import pytest

from milepost.clock import new_id
from milepost_server.feed_serving import REVOKED_FEED_DAYS
from tests.events import entity, event, redaction
from tests.server.conftest import NOW, Api
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture
from tests.server.test_api import problem, push

GOAL, STEP = entity(1), entity(2)
WORDS = "Say-what-I-need-XYZZY"


def fill(api: Api) -> None:
    push(
        api,
        event(1, id=GOAL, title=WORDS, due="2026-12-31"),
        event(2, type="milestone.added", id=STEP, goal=GOAL, title=f"{WORDS}-step", due="2026-12-18"),
    )


def make(api: Api, **options: Any) -> dict[str, Any]:
    response = api.post(f"/v1/journals/{api.journal}/feeds", {"format": "ics", **options})
    assert response.status_code == 201, response.text
    feed: dict[str, Any] = response.json()
    feed["path"] = "/feeds/" + feed["url"].rsplit("/", 1)[-1]
    return feed


def test_a_feed_is_discreet_unless_asked(api: Api) -> None:
    fill(api)
    discreet = api.client.get(make(api)["path"])
    assert discreet.headers["content-type"].startswith("text/calendar")
    assert WORDS not in discreet.text
    events = icalendar.Calendar.from_ical(discreet.content).walk("VEVENT")
    assert [str(e["SUMMARY"]) for e in events] == ["Goal", "Step 1 of 1"]
    assert [e.decoded("DTSTART").isoformat() for e in events] == ["2026-12-31", "2026-12-18"]
    assert WORDS in api.client.get(make(api, plain=True)["path"]).text


def test_two_feeds_cannot_be_told_to_be_the_same_journal(api: Api) -> None:
    fill(api)
    uids = [
        {str(e["UID"]) for e in icalendar.Calendar.from_ical(api.client.get(make(api)["path"]).content).walk("VEVENT")}
        for _ in range(2)
    ]
    assert not uids[0] & uids[1]


def test_what_has_not_changed_is_not_sent_again(api: Api) -> None:
    fill(api)
    path = make(api)["path"]
    first = api.client.get(path)
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    again = api.client.get(path, headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert api.client.get(path, headers={"if-modified-since": modified}).status_code == 304
    assert api.client.get(path, headers={"if-none-match": '"other"', "if-modified-since": modified}).status_code == 200
    assert api.client.get(path, headers={"if-modified-since": "nonsense"}).status_code == 200
    assert api.client.get(path).content == first.content
    push(api, event(3, type="milestone.revised", id=STEP, due="2026-12-19"))
    changed = api.client.get(path, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert b"20261219" in changed.content


def test_a_revoked_feed_is_empty_for_some_weeks_and_then_gone(api: Api) -> None:
    fill(api)
    feed = make(api)
    before = api.client.get(feed["path"])
    assert api.delete(f"/v1/journals/{api.journal}/feeds/{feed['id']}").json()["revoked_at"] == api.now_ms
    emptied = api.client.get(feed["path"], headers={"if-none-match": before.headers["etag"]})
    assert emptied.status_code == 200
    assert icalendar.Calendar.from_ical(emptied.content).walk("VEVENT") == []
    api.now_ms += REVOKED_FEED_DAYS * 86_400_000 + 1
    assert api.client.get(feed["path"]).status_code == 404


def test_what_was_written_long_ago_and_came_late_is_news(api: Api) -> None:
    fill(api)
    path = make(api)["path"]
    api.now_ms += 5_000
    push(api, event(3, type="milestone.revised", id=STEP, due="2026-12-20", at_ms=api.now_ms))
    modified = api.client.get(path).headers["last-modified"]
    api.now_ms += 5_000
    late = event(
        1, by="dddddddd-dddd-4ddd-8ddd-000000000077", id=entity(7), due="2026-12-24", at_ms=api.now_ms - 86_400_000
    )
    push(api, late)
    again = api.client.get(path, headers={"if-modified-since": modified})
    assert again.status_code == 200
    assert b"20261224" in again.content


def test_a_format_that_always_has_the_persons_words_makes_no_neutral_feed(api: Api) -> None:
    response = api.post(f"/v1/journals/{api.journal}/feeds", {"format": "json"})
    assert problem(response)[:2] == (400, "invalid")
    assert "own words" in problem(response)[2]
    assert make(api, format="json", plain=True)["plain"]


def test_feeds_are_listed_without_their_addresses(api: Api) -> None:
    feed = make(api, name="Mine")
    (listed,) = api.get(f"/v1/journals/{api.journal}/feeds").json()
    assert listed["id"] == feed["id"]
    assert "url" not in listed
    assert api.client.get("/feeds/nonsense.ics").status_code == 404
    assert problem(api.delete(f"/v1/journals/{api.journal}/feeds/{new_id()}"))[0] == 404


def test_a_format_nobody_brings_is_refused_with_those_there_are(api: Api) -> None:
    response = api.post(f"/v1/journals/{api.journal}/feeds", {"format": "papyrus"})
    assert problem(response)[0] == 404
    assert "ics, json, jsonl" in problem(response)[2]


def change(api: Api, feed: dict[str, Any], **what: Any) -> Any:
    return api.client.patch(f"/v1/journals/{api.journal}/feeds/{feed['id']}", json=what, headers=api.headers())


def summaries(api: Api, path: str) -> list[str]:
    response = api.client.get(path)
    assert response.status_code == 200
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(response.content).walk("VEVENT")]


def test_a_feed_has_what_was_chosen_and_means_by_its_settings_what_an_export_does(api: Api) -> None:
    fill(api)
    german = make(api, settings={"language": "de", "colour": "olive"})
    assert summaries(api, german["path"]) == ["Ziel", "Schritt 1 von 1"]
    assert "COLOR:olive" in api.client.get(german["path"]).text
    typed = make(api, settings={"kinds": "milestones", "goals": GOAL[:8], "past_days": "300"})
    assert typed["settings"] == {"kinds": ["milestones"], "goals": [GOAL[:8]], "past_days": 300}
    assert summaries(api, typed["path"]) == ["Step 1 of 1"]
    assert summaries(api, make(api, settings={"goals": [entity(77)]})["path"]) == []
    for wrong in ({"kinds": ["dreams"]}, {"no_such": 1}, {"past_days": -1}, {"goals": ["Sleep"]}):
        answer = api.post(f"/v1/journals/{api.journal}/feeds", {"settings": wrong})
        assert problem(answer)[:2] == (400, "invalid")


def test_what_is_past_stays_for_as_long_as_was_said(api: Api) -> None:
    push(api, event(1, id=GOAL, title=WORDS, due="2027-01-10"))  # five days before the server's day
    paths = [make(api, settings={"past_days": days})["path"] for days in (4, 5)]
    assert [len(summaries(api, path)) for path in paths] == [0, 1]
    modified = api.client.get(paths[1]).headers["last-modified"]
    api.now_ms += 86_400_000
    again = api.client.get(paths[1], headers={"if-modified-since": modified})
    assert again.status_code == 200, "another day may show other things"
    assert [len(summaries(api, path)) for path in paths] == [0, 0]


def test_a_change_counts_at_once_and_every_entry_says_so(api: Api) -> None:
    fill(api)
    feed = make(api, plain=True, name="Mine")
    before = api.client.get(feed["path"])
    assert WORDS in before.text
    api.now_ms += 60_000
    changed = change(api, feed, plain=False, settings={"past_days": 10_000}).json()
    assert (changed["plain"], changed["settings"], changed["name"]) == (False, {"past_days": 10_000}, "Mine")
    after = api.client.get(feed["path"], headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert WORDS not in after.text
    assert "Mine" not in after.text, "its name may have words of the person's, too"
    first, second = (icalendar.Calendar.from_ical(one.content).walk("VEVENT") for one in (before, after))
    for old, new in zip(first, second, strict=True):
        assert old["UID"] == new["UID"]
        assert int(new["SEQUENCE"]) > int(old["SEQUENCE"])
    assert change(api, feed, settings={"past_days": None}).json().get("settings", {}) == {}
    assert problem(change(api, {"id": new_id()}, name="x"))[0] == 404


def test_another_address_ends_the_one_before(api: Api) -> None:
    fill(api)
    feed = make(api, settings={"language": "de"})
    rotated = api.post(f"/v1/journals/{api.journal}/feeds/{feed['id']}/rotate", {}).json()
    path = "/feeds/" + rotated["url"].rsplit("/", 1)[-1]
    assert path != feed["path"]
    assert summaries(api, path) == ["Ziel", "Schritt 1 von 1"]
    assert summaries(api, feed["path"]) == []
    assert [one["id"] for one in api.get(f"/v1/journals/{api.journal}/feeds").json()] == [feed["id"]]
    api.now_ms += REVOKED_FEED_DAYS * 86_400_000 + 1
    assert api.client.get(feed["path"]).status_code == 404
    assert api.client.get(path).status_code == 200
    api.delete(f"/v1/journals/{api.journal}/feeds/{feed['id']}")
    assert summaries(api, path) == []
    assert problem(api.post(f"/v1/journals/{api.journal}/feeds/{feed['id']}/rotate", {}))[:2] == (400, "invalid")
    assert problem(change(api, feed, name="x"))[:2] == (400, "invalid")


def test_head_is_answered_as_get_without_a_body(api: Api) -> None:
    fill(api)
    path = make(api)["path"]
    whole, head = api.client.get(path), api.client.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    assert api.client.head(path, headers={"if-none-match": whole.headers["etag"]}).status_code == 304


def failing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on no calendar can be written."""

    def fails(self: Any, view: Any, context: Any) -> bytes:
        raise RuntimeError(WORDS)

    monkeypatch.setattr(api.services.plugins.exporter("ics"), "render", fails)


def test_rather_than_an_error_it_gives_what_it_last_gave(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(api)
    path, other = make(api)["path"], make(api)["path"]
    before = api.client.get(path)
    failing(api, monkeypatch)
    assert api.client.get(path).content == before.content
    push(api, event(3, type="milestone.revised", id=STEP, due="2026-12-19"))
    again = api.client.get(path)
    assert (again.status_code, again.content, again.headers["etag"]) == (200, before.content, before.headers["etag"])
    assert problem(api.client.get(other))[:2] == (404, "not-found"), "a program gets over that, and over no other error"


@pytest.mark.parametrize("what", ["revoked", "discreet", "narrowed", "redacted", "rotated"])
def test_what_it_last_gave_is_never_given_once_less_is_to_be_seen(
    api: Api, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    first = event(1, id=GOAL, title=WORDS, due="2026-12-31")
    push(api, first)
    feed = make(api, plain=True)
    assert WORDS in api.client.get(feed["path"]).text
    failing(api, monkeypatch)
    match what:
        case "revoked":
            api.delete(f"/v1/journals/{api.journal}/feeds/{feed['id']}")
        case "discreet":
            change(api, feed, plain=False)
        case "narrowed":
            change(api, feed, settings={"kinds": ["sessions"]})
        case "rotated":
            api.post(f"/v1/journals/{api.journal}/feeds/{feed['id']}/rotate", {})
        case _:
            push(api, redaction(2, first, at_ms=NOW))
    answer = api.client.get(feed["path"])
    assert answer.status_code == 404
    assert WORDS not in answer.text


def test_no_log_and_no_header_has_a_word_or_an_address(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(api)
    feed = make(api, plain=True, name=WORDS)
    other = make(api, name=WORDS)
    with caplog.at_level(logging.DEBUG):
        assert WORDS in api.client.get(feed["path"]).text
        change(api, feed, plain=False)
        for path in (feed["path"], other["path"]):
            answer = api.client.get(path)
            assert WORDS not in answer.text
            assert WORDS not in str(answer.headers)
        push(api, event(3, type="milestone.revised", id=STEP, due="2026-12-19"))
        failing(api, monkeypatch)
        api.client.get(feed["path"])
    said = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert "feed" in said
    assert WORDS not in said
    token = re.sub(r"^/feeds/(.*)\.ics$", r"\1", feed["path"])
    assert token not in said


def test_a_practice_that_was_paused_is_shown_for_the_times_that_it_was_active(api: Api) -> None:
    push(
        api,
        event(1, type="practice.added", id=entity(5), title=WORDS, recurrence="FREQ=DAILY", start="2026-12-01"),
        event(2, type="practice.status_changed", id=entity(5), status="paused", on="2026-12-10"),
        event(3, type="practice.status_changed", id=entity(5), status="active", on="2026-12-20"),
        event(4, type="reminder.set", id=entity(6), what=WORDS, recurrence="FREQ=DAILY", at="08:30", about=entity(5)),
    )
    body = api.client.get(make(api)["path"]).content
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert [one.decoded("DTSTART").isoformat() for one in events] == ["2026-12-01", "2026-12-20"]
    assert b"UNTIL=20261209" in body
    assert body.count(b"TRIGGER:PT8H30M") == 2


def test_feeds_kept_in_memory_are_bounded_and_let_go_without_a_trace(api: Api) -> None:
    fill(api)
    paths = [make(api)["path"] for _ in range(4)]
    serving = api.client.app.state.feeds
    serving.max_kept_bytes = 1
    bodies = [api.client.get(path).content for path in paths]
    assert len(serving._kept) == 1
    assert [api.client.get(path).content for path in paths] == bodies


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_the_short_way_to_nothing_has_changed_answers_as_the_long_one(api: Api, coding: str) -> None:
    for n in range(1, 12):
        push(api, event(n, id=entity(n), title=WORDS, due="2026-12-31"))  # enough to be compressed
    feed = make(api)
    tag = api.client.get(feed["path"], headers={"accept-encoding": coding}).headers["etag"]
    short = {"if-none-match": tag, "accept-encoding": coding}
    long = {"if-none-match": f'"other", {tag}', "accept-encoding": coding}
    answers = [api.client.get(feed["path"], headers=headers) for headers in (short, long)]
    assert [(one.status_code, one.content) for one in answers] == [(304, b"")] * 2
    told = [{name: one.headers.get(name) for name in ("etag", "last-modified", "cache-control")} for one in answers]
    assert told[0] == told[1]
    push(api, event(12, id=entity(12), title=WORDS, due="2026-12-31"))
    assert api.client.get(feed["path"], headers=short).status_code == 200
    assert api.client.get(feed["path"], headers=short).status_code == 200
    tag = api.client.get(feed["path"]).headers["etag"]
    api.delete(f"/v1/journals/{api.journal}/feeds/{feed['id']}")
    assert api.client.get(feed["path"], headers={"if-none-match": tag}).status_code == 200
