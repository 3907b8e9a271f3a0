"""`milepost connection …` and `milepost plugin …`, with a real server, a real plugin and a real service outside."""

import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.processes import MILEPOST, Home, ServerProcess, run, serving
from tests.server.hosting.installed import BROKEN, SHELF, ShelfOutside, install, shelf

SECRET = "planted-secret-4711"


@pytest.fixture(autouse=True)
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", install(tmp_path / "plugins", shelf=SHELF, broken=BROKEN))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data") as found:
        yield found


@pytest.fixture
def outside() -> Iterator[ShelfOutside]:
    with shelf() as found:
        yield found


@pytest.fixture
def laptop(tmp_path: Path, server: ServerProcess) -> Home:
    home = Home(tmp_path / "laptop")
    home("goal", "add", "Walk", "--why", "for the dog")
    home("pair", server.url, server.code())
    home("sync")
    return home


def plugin(what: str, server: ServerProcess, *words: str, expect: int = 0) -> str:
    return run(None, "plugin", what, *words, "--data", str(server.data), expect=expect)


@pytest.fixture
def token(tmp_path: Path) -> str:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    return f"token=@{tmp_path / 'token'}"


@pytest.fixture
def connected(laptop: Home, server: ServerProcess, outside: ShelfOutside, token: str) -> Home:
    """A laptop whose journal is connected to the shelf, and held."""
    plugin("enable", server, "shelf")
    laptop("connection", "add", "shelf", "--set", f"url={outside.url}", "--set", token)
    laptop("connection", "run")
    return laptop


def until(holds: Any) -> None:
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to hold")


def converse(home: Path, lines: list[tuple[str, str]], *words: str) -> str:
    """What is shown on a real terminal, where each line is typed once its question is there."""
    mine, theirs = pty.openpty()
    environment = {**os.environ, "MILEPOST_HOME": str(home), "TERM": "dumb", "COLUMNS": "200"}
    seen = b""
    with subprocess.Popen(
        [*MILEPOST, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    ) as process:
        os.close(theirs)
        for question, line in lines:
            start = len(seen)
            while question.encode() not in seen[start:]:
                chunk = _read(mine)
                assert chunk, (question, seen.decode())
                seen += chunk
            time.sleep(0.3)  # a hidden line drops what was typed before it
            os.write(mine, f"{line}\n".encode())
        while chunk := _read(mine):
            seen += chunk
        process.wait()
    os.close(mine)
    return seen.decode().replace("\r\n", "\n")


def _read(terminal_end: int) -> bytes:
    try:
        return os.read(terminal_end, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


# Plugins


def test_what_is_installed_is_listed_without_a_server_and_with_what_is_wrong(tmp_path: Path) -> None:
    home = Home(tmp_path / "nobody")
    found = {one["name"]: one for one in home("plugin", "list")}
    assert found["broken"]["problem"] == "RuntimeError: no luck today"
    assert (found["shelf"]["connectors"], found["shelf"]["inboxes"], found["shelf"]["version"]) == (
        ["shelf"],
        ["box"],
        "1.2",
    )
    assert {one["server"] for one in found.values()} == {None}
    assert not (tmp_path / "nobody").exists(), "looking writes nothing"
    shown = home.text("plugin", "show", "shelf")
    for words in ("Where the shelf is.", "secret", "else 14", "goal, milestone", "dates, numbers, titles", "inbox box"):
        assert words in shown
    assert "no luck today" in home.text("plugin", "show", "broken")
    assert "no plugin `nothing`" in home.fails(3, "plugin", "show", "nothing")


def test_a_paired_device_says_what_the_server_says_too_and_lists_without_it_when_it_is_away(
    laptop: Home, server: ServerProcess
) -> None:
    found = {one["name"]: one for one in laptop("plugin", "list")}
    assert found["ics"]["server"] == {"version": found["ics"]["version"], "enabled": True, "problem": ""}
    assert not found["shelf"]["server"]["enabled"]
    assert "milepost plugin enable shelf" in found["shelf"]["server"]["problem"]
    plugin("enable", server, "shelf")
    assert "runs" in laptop.text("plugin", "list")
    server.kill()
    assert {one["server"] for one in laptop("plugin", "list")} == {None}
    assert "Where the shelf is." in laptop.text("plugin", "show", "shelf")


def test_a_plugin_of_the_server_alone_is_listed_and_shown(
    laptop: Home, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin("enable", server, "shelf")
    monkeypatch.delenv("PYTHONPATH")
    (found,) = [one for one in laptop("plugin", "list") if one["name"] == "shelf"]
    assert (found["here"], found["server"]["enabled"], found["connectors"]) == (False, True, ["shelf"])
    assert "Where the shelf is." in laptop.text("plugin", "show", "shelf")


def test_enabling_counts_at_once_and_is_kept_and_works_without_a_server_too(
    server: ServerProcess, tmp_path: Path
) -> None:
    def states() -> dict[str, bool]:
        words = ("admin", "plugins", "--data", str(server.data))
        found = {one["name"]: one["enabled"] for one in Home(tmp_path)(*words)}
        return {name: found[name] for name in ("broken", "ics", "json", "shelf")}

    assert states() == {"broken": False, "ics": True, "json": True, "shelf": False}
    assert "shelf is enabled" in plugin("enable", server, "shelf")
    assert "no luck today" in plugin("enable", server, "broken", expect=8)
    assert "No plugin `nothing`" in plugin("enable", server, "nothing", expect=3)
    assert "may connect to private addresses" in plugin("enable", server, "shelf", "--private-hosts")
    assert "disabled" in plugin("disable", server, "ics")
    assert states() == {"broken": True, "ics": False, "json": True, "shelf": True}
    server.stop()
    assert states() == {"broken": True, "ics": False, "json": True, "shelf": True}
    plugin("disable", server, "broken")
    plugin("enable", server, "ics")
    server.start()
    assert states() == {"broken": False, "ics": True, "json": True, "shelf": True}


def test_in_safe_mode_no_plugin_runs_and_everything_else_does(
    connected: Home, server: ServerProcess, outside: ShelfOutside
) -> None:
    server.stop()
    server.start("--safe-mode")
    found = connected("plugin", "list")
    assert {one["server"]["enabled"] for one in found} == {False}
    assert {one["server"]["problem"] for one in found} == {"the server runs in safe mode: no plugin is loaded"}
    connected("goal", "add", "Rest")
    assert connected("sync")["sent"] == 1
    (one,) = connected("connection", "list")
    assert (one["status"], one["settings"]) == ("active", {})
    assert "can't run" in connected.fails(2, "connection", "run")
    server.stop()
    server.start()
    connected("connection", "run")
    assert len(outside.things) == 2


# Connections


def test_a_connection_is_discreet_with_the_scopes_that_are_offered_unless_more_is_said(
    laptop: Home, server: ServerProcess, outside: ShelfOutside, token: str
) -> None:
    assert "not running: broken, shelf" in laptop.fails(3, "connection", "add", "box")
    plugin("enable", server, "shelf")
    add = ("connection", "add", "shelf", "--set", f"url={outside.url}", "--set", token)
    made = laptop(*add, "--set", "days=3", "--paused")
    assert (made["id"], made["plain"], made["scopes"]) == ("shelf", False, ["titles", "dates", "numbers"])
    assert made["settings"] == {"url": outside.url, "token": "(set)", "days": 3, "loud": False, "rooms": []}
    (one,) = laptop("connection", "preview")
    assert (one["kind"], one["view"]["title"], "why" in one["view"]) == ("goal", "Goal", False)
    assert "Nothing has left." in laptop.text("connection", "preview")
    assert outside.things == {}
    laptop("connection", "resume")
    done = laptop("connection", "run")
    assert (done["behind"], done["failures"]) == (0, 0)
    assert [thing["title"] for thing in outside.things.values()] == ["Goal"]
    assert outside.tokens == {SECRET}
    more = ("--id", "mine", "--plain", "--grant", "titles", "--grant", "free-text", "--set", "loud=yes")
    made = laptop(*add, *more)
    assert (made["id"], made["plain"], made["scopes"]) == ("mine", True, ["titles", "free-text"])
    laptop("connection", "run", "mine")
    assert [thing["why"] for thing in outside.things.values()] == ["for the dog"]
    assert "Say which connection: shelf, mine." in laptop.fails(2, "connection", "run")
    assert SECRET not in laptop.text("connection", "show", "mine") + laptop.text("connection", "log", "mine")


def test_a_setting_that_was_not_given_is_not_shown(laptop: Home, server: ServerProcess) -> None:
    laptop("connection", "add", "fhir", "--set", "url=https://fhir.example.org/r4", "--paused")
    shown = laptop.text("connection", "show", "fhir")
    assert "https://fhir.example.org/r4" in shown
    assert "token" not in shown


def test_what_a_rule_is_for_is_shown_by_its_title(laptop: Home, server: ServerProcess) -> None:
    laptop("practice", "add", "Breathing")
    laptop("sync")
    rules = ("--set", "steps=Walk", "--set", "mindful=Breathing")
    address = laptop("connection", "add", "health-json", "--plain", *rules)["address"]
    shown = laptop.text("connection", "show", "health-json")
    assert "steps      Walk" in shown
    assert "mindful    Breathing" in shown
    assert "begins" in shown
    sent = httpx.post(address, json={"what": "steps", "on": "2026-01-05", "value": 100}, timeout=30)
    assert (sent.status_code, sent.json()["taken"]) == (200, 1)
    assert "works" in laptop.text("connection", "show", "health-json")


def test_settings_that_are_missing_or_wrong_are_named(laptop: Home, server: ServerProcess, token: str) -> None:
    plugin("enable", server, "shelf")
    add = ("connection", "add", "shelf", "--set", "url=http://127.0.0.1:1")
    said = laptop.fails(2, *add, "--set", f"token={SECRET}")
    assert "`token` is a secret" in said
    assert "--set token=@FILE" in said
    assert SECRET not in said
    assert "`token` is missing: The key of the shelf. Give it with `--set token=@FILE`" in laptop.fails(2, *add)
    assert "no setting `colour`" in laptop.fails(2, *add, "--set", "colour=red")
    assert "`days` must be whole number" in laptop.fails(2, *add, "--set", token, "--set", "days=soon")
    assert "days" in laptop.fails(2, *add, "--set", token, "--set", "days=0")
    said = laptop.fails(2, "connection", "add")
    assert said.startswith("milepost: Say what it is to: ")
    assert "shelf, box" in said
    assert laptop("connection", "list") == []


def test_what_goes_wrong_outside_is_told_with_the_next_try_and_an_exit_code(
    connected: Home, outside: ShelfOutside
) -> None:
    outside.status = 500
    connected("goal", "add", "Rest")
    connected("sync")
    said = connected.fails(8, "connection", "run")
    assert "`shelf` did not get through: " in said
    assert "It is tried again in" in said
    assert SECRET not in said
    assert "does not get through" in connected.text("connection", "list").replace("\n", " ")
    assert "does not work so" in connected.fails(8, "connection", "check")
    outside.status = 200
    assert connected("connection", "check") == {"ok": True, "words": "The shelf is there."}
    assert "All in step." in connected.text("connection", "run")
    assert len(outside.things) == 2


def test_what_is_rejected_is_listed_tried_again_and_let_be(connected: Home, outside: ShelfOutside) -> None:
    outside.rejects = "Goal"
    connected("connection", "change", "--set", "days=7")
    assert "1 thing rejected" in connected.text("connection", "run")
    (letter,) = connected("connection", "show")["letters"]
    assert (letter["reason"], letter["tries"]) == ("no room.", 1)
    assert letter["id"] in connected.text("connection", "show")
    connected("connection", "retry", "shelf", letter["id"])
    assert connected("connection", "run")["letters"] == 1
    assert connected("connection", "skip", "shelf")["letters"] == 0
    assert "was rejected" in connected.fails(2, "connection", "retry", "shelf")


def test_it_is_held_changed_taken_back_and_removed(connected: Home, outside: ShelfOutside) -> None:
    assert connected("connection", "pause")["status"] == "paused"
    connected("goal", "add", "Rest")
    connected("sync")
    assert "can't run: It was paused; `milepost connection resume` lets it go on." in connected.fails(
        2, "connection", "run"
    )
    connected("connection", "resume")
    until(lambda: len(outside.things) == 2)
    changed = connected("connection", "change", "--plain", "--grant", "free-text", "--revoke", "numbers")
    assert (changed["scopes"], changed["plain"]) == (["titles", "dates", "free-text"], True)
    connected("connection", "run")
    assert "for the dog" in str(outside.things)
    connected("connection", "change", "--set", "days=3")
    assert connected("connection", "change", "--set", "days=")["settings"]["days"] == 14
    assert "is a secret" in connected.fails(2, "connection", "change", "--set", f"token={SECRET}")
    assert "Say what is to change" in connected.fails(2, "connection", "change")
    assert connected("connection", "withdraw")["status"] == "paused"
    assert outside.things == {}
    connected("connection", "resume")
    connected("connection", "run")
    assert len(outside.things) == 2
    assert connected("connection", "remove", "--withdraw") == {"id": "shelf", "removed": True, "withdrawn": True}
    assert outside.things == {}
    assert "no connections" in connected.fails(3, "connection", "show").lower()
    assert "no connection `shelf`" in connected.fails(3, "connection", "remove", "shelf")
    said = connected.text("access-log")
    for words in ("connected", "changed the connection", "paused the connection", "ended the connection", "shelf"):
        assert words in said
    assert "connection" in connected.text("device", "list")


def test_the_server_writes_down_no_address_that_a_plugin_connects_to(
    connected: Home, server: ServerProcess, outside: ShelfOutside
) -> None:
    connected("connection", "change", "--set", f"url={outside.url}?key=planted-address")
    connected("connection", "run")
    outside.status = 500
    connected("goal", "add", "Rest")
    connected("sync")
    connected.fails(8, "connection", "run")
    server.process.send_signal(signal.SIGTERM)
    said = server.output.read()
    server.stop()
    assert "planted" not in said
    assert outside.url not in said


def test_a_restored_server_goes_on_where_it_has_the_same_key_and_says_so_where_not(
    connected: Home, server: ServerProcess, outside: ShelfOutside, tmp_path: Path
) -> None:
    run(None, "admin", "backup", str(tmp_path / "backup"), "--data", str(server.data))
    server.stop()
    run(None, "admin", "restore", str(tmp_path / "backup"), "--data", str(tmp_path / "restored"))
    connected("goal", "add", "Rest")
    server.data = tmp_path / "restored"
    server.start()
    connected("sync")
    assert "secrets.key" in connected.fails(2, "connection", "run")
    (one,) = connected("connection", "list")
    assert (one["status"], one["settings"], "secrets.key" in one["reason"]) == ("active", {}, True)
    server.stop()
    (tmp_path / "restored" / "secrets.key").write_bytes((tmp_path / "data" / "secrets.key").read_bytes())
    server.start()
    assert connected("connection", "run")["behind"] == 0
    assert len(outside.things) == 2


def test_an_inbox_is_told_its_address_once(laptop: Home, server: ServerProcess) -> None:
    plugin("enable", server, "shelf")
    said = laptop.text("connection", "add", "box", "--grant", "titles")
    (address,) = [line for line in said.splitlines() if line.startswith("http")]
    assert "Whoever has it can send into this journal." in said
    assert httpx.post(address, content=b"7").text == "yes"
    assert laptop("connection", "list")[0]["address"] == ""
    laptop("sync")
    assert [one["value"] for one in laptop("checkin", "list")] == [7]
    laptop("connection", "remove")
    assert httpx.post(address, content=b"8").status_code == 404


def test_at_a_terminal_everything_is_asked_for_and_a_secret_is_not_shown(
    laptop: Home, server: ServerProcess, outside: ShelfOutside
) -> None:
    plugin("enable", server, "shelf")
    seen = converse(
        laptop.folder,
        [
            ("url: Where the shelf is.", outside.url),
            ("token: The key of the shelf.", SECRET),
            ("Enter for 14", "many"),
            ("must be whole number", "5"),
            ("Enter for false", ""),
            ("Enter for none", "attic, cellar"),
            ("Enter for titles, dates, numbers", "titles secrets"),
            ("is none of these", "titles, free-text"),
            ("or neutral ones?", "own"),
        ],
        "connection",
        "add",
        "shelf",
    )
    assert "what you wrote in your own words" in seen
    assert "shelf is connected to shelf. It is shown titles, free-text, in your own words." in seen
    assert SECRET not in seen
    (one,) = laptop("connection", "list")
    assert one["settings"] | {"url": ""} == {
        "url": "",
        "token": "(set)",
        "days": 5,
        "loud": False,
        "rooms": ["attic", "cellar"],
    }
    laptop("connection", "run")
    assert outside.tokens == {SECRET}
    seen = converse(laptop.folder, [("token: ", "another")], "connection", "change", "shelf", "--set", "token")
    assert "another" not in seen
    laptop("connection", "run")
    assert outside.tokens == {SECRET, "another"}
    seen = converse(laptop.folder, [("Take it back first?", "yes")], "connection", "remove")
    assert "What was sent is taken back, and shelf is gone." in seen
    assert outside.things == {}


def test_connections_need_a_server_and_say_so(tmp_path: Path, laptop: Home, server: ServerProcess) -> None:
    alone = Home(tmp_path / "alone")
    alone("goal", "add", "Walk")
    assert "not paired" in alone.fails(3, "connection", "list")
    server.kill()
    assert "A request is not kept for later" in laptop.fails(6, "connection", "list")
