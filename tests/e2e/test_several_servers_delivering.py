"""Two servers on one PostgreSQL and a webhook: whichever is killed, the other goes on, and nothing is missing."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.plugins.receiver import Receiver
from tests.processes import Home, ServerProcess

SECRET = "whsec_bWlsZXBvc3QgbWlsZXBvc3QgbWlsZXBvc3QgbWlsZXBvc3Q="
EVENTS = 60
PATIENCE_S = 60


@pytest.fixture
def servers(tmp_path: Path, postgres_url: str) -> Iterator[list[ServerProcess]]:
    """Two of them, with the same key for what plugins are trusted with."""
    first = ServerProcess(tmp_path / "one", options=("--database", postgres_url))
    (tmp_path / "two").mkdir(mode=0o700)
    shutil.copy(tmp_path / "one" / "secrets.key", tmp_path / "two" / "secrets.key")
    second = ServerProcess(tmp_path / "two", options=("--database", postgres_url))
    yield [first, second]
    for server in (first, second):
        if server.process.poll() is None:
            server.kill()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.end()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def test_the_other_goes_on_where_one_was_killed(
    servers: list[ServerProcess], receiver: Receiver, tmp_path: Path
) -> None:
    first, second = servers
    home = Home(tmp_path / "phone")
    home("goal", "add", "Walk more")
    home("pair", first.url, first.code())
    home("sync")
    (tmp_path / "secret").write_text(SECRET)
    home("connection", "add", "webhook", "--set", f"url={receiver.url}", "--set", f"secret=@{tmp_path / 'secret'}")
    until(lambda: len(receiver.taken) >= 1)
    receiver.waits_s = 0.05
    token = home("device", "token", "script")["token"]
    journal = home("journal", "list")[0]["id"]

    def write(server: ServerProcess, value: int) -> None:
        response = httpx.post(
            f"{server.url}/v1/journals/{journal}/checkins",
            json={"on": "2026-11-02", "value": value},
            headers={"authorization": f"Bearer {token}"},
        )
        assert response.status_code == 201, response.text

    for value in range(EVENTS // 2):
        write(servers[value % 2], value)
    until(lambda: len(receiver.taken) > 5)
    first.kill()
    for value in range(EVENTS // 2, EVENTS):
        write(second, value)
    until(lambda: len({m["data"]["seq"] for m in receiver.once() if m["data"]["kind"] == "checkin"}) == EVENTS)
    kept = [message for message in receiver.once() if message["data"]["kind"] == "checkin"]
    assert [message["data"]["view"]["value"] for message in kept] == list(range(EVENTS))
    assert all(received.verified(SECRET) for received in receiver.taken)
