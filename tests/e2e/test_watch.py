"""`milepost sync --watch`, by real processes: commands beside it, a server that goes and comes back, and its end."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.processes import MILEPOST, Home, ServerProcess, serving


class Following:
    """A `milepost sync --watch --json` whose lines are read one by one; reading waits for the next."""

    def __init__(self, home: Home) -> None:
        env = {**os.environ, "MILEPOST_HOME": str(home.folder)}
        self.process = subprocess.Popen(
            [*MILEPOST, "sync", "--watch", "--json"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        told: dict[str, Any] = json.loads(line)
        return told

    def until(self, event: str, **more: Any) -> dict[str, Any]:
        """The next line of that kind that says as much."""
        while True:
            told = self.next()
            if told["event"] == event and all(told.get(name, 0) == value for name, value in more.items()):
                return told

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, list[dict[str, Any]], str]:
        self.process.send_signal(how)
        return self.leave()

    def leave(self) -> tuple[int, list[dict[str, Any]], str]:
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], err


@contextmanager
def following(home: Home) -> Iterator[Following]:
    made = Following(home)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.communicate()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data") as server:
        yield server


@pytest.fixture
def homes(server: ServerProcess, tmp_path: Path) -> tuple[Home, Home]:
    phone, laptop = Home(tmp_path / "phone"), Home(tmp_path / "laptop")
    phone("goal", "add", "Calm")
    for home in (phone, laptop):
        home("pair", server.url, server.code(), "--name", home.folder.name)
        home("sync")
    return phone, laptop


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_brings_what_changes_on_either_side_and_ends_well(homes: tuple[Home, Home], how: signal.Signals) -> None:
    phone, laptop = homes
    with following(phone) as watch:
        assert watch.next() == {"event": "online"}
        laptop("goal", "add", "From the laptop")
        laptop("sync")
        assert watch.until("synced")["received"] == 1
        assert {goal["title"] for goal in phone("goal", "list")} == {"Calm", "From the laptop"}
        phone("goal", "add", "From the phone")
        assert watch.until("synced")["sent"] == 1
        assert laptop("sync")["received"] == 1
        code, lines, said = watch.end(how)
    assert (code, lines[-1], said) == (0, {"event": "ended"}, "")
    assert "Traceback" not in said


def test_it_goes_on_when_the_server_comes_back_and_says_so_once(
    server: ServerProcess, homes: tuple[Home, Home]
) -> None:
    phone, laptop = homes
    with following(phone) as watch:
        watch.until("online")
        server.kill()
        assert "reached" in watch.until("offline")["detail"]
        phone("goal", "add", "Meanwhile")
        server.start()
        assert watch.next() == {"event": "online"}
        assert watch.next() == {"event": "synced", "sent": 1}
        assert phone("status")["unsent"] == 0
        laptop("goal", "add", "Heard by the new stream")
        laptop("sync")
        watch.until("synced", received=1)
        watch.end()


def test_a_revoked_device_is_told_and_keeps_everything(homes: tuple[Home, Home]) -> None:
    phone, laptop = homes
    with following(phone) as watch:
        watch.until("online")
        (mine,) = [one["id"] for one in laptop("device", "list") if one["name"] == "phone"]
        laptop("device", "revoke", mine)
        phone("goal", "add", "Not sent")
        code, _, said = watch.leave()
    assert code == 4
    assert "revoked" in said
    assert "Traceback" not in said
    assert phone("status")["unsent"] == 1


def test_one_is_enough(homes: tuple[Home, Home]) -> None:
    phone, _ = homes
    with following(phone) as watch:
        watch.until("online")
        assert "one is enough" in phone.fails(7, "sync", "--watch")
        assert phone("sync")["problems"] == {}, "a sync by hand may run beside it"
        watch.end()
    with following(phone) as again:
        again.until("online")


def test_people_are_told_in_words(homes: tuple[Home, Home], server: ServerProcess) -> None:
    phone, _ = homes
    server.kill()
    env = {**os.environ, "MILEPOST_HOME": str(phone.folder)}
    watch = subprocess.Popen([*MILEPOST, "sync", "--watch"], env=env, stdout=subprocess.PIPE, text=True)
    assert watch.stdout is not None
    assert "Offline." in watch.stdout.readline()
    watch.send_signal(signal.SIGINT)
    out, _ = watch.communicate(timeout=60)
    assert out.splitlines()[-1].endswith("Ended. Everything is kept.")
    assert watch.returncode == 0
