from typing import Any

import icalendar

from milepost.clock import new_id
from milepost_server.pages import REVOKED_FEED_DAYS
from tests.events import entity, event
from tests.server.conftest import Api
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
