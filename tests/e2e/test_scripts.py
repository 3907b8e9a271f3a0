"""A script writes over HTTP to a real server that is killed again and again: each request is carried out once."""

import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.processes import Home, ServerProcess

REQUESTS, KILLS = 40, 6


@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["by chance"])
def test_a_request_sent_until_it_is_answered_is_carried_out_once(tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    server = ServerProcess(tmp_path / "data")
    home = Home(tmp_path / "home")
    home("goal", "add", "before the storm")
    home("pair", server.url, server.code())
    home("sync")
    token, journal = home("device", "token", "script")["token"], home("journal", "list")[0]["id"]
    path, headers = f"/v1/journals/{journal}/checkins", {"authorization": f"Bearer {token}"}
    sent_again, killing = 0, True

    def kill() -> None:
        for _ in range(KILLS):
            time.sleep(rnd.uniform(0.05, 0.3))
            server.kill()
            server.start()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        number = 0
        while number < REQUESTS or killing:
            killing = killer.is_alive()
            while True:
                try:
                    answer = httpx.post(
                        f"{server.url}{path}",
                        json={"note": f"note {number}"},
                        headers={**headers, "idempotency-key": f"key {number}"},
                        timeout=5,
                    )
                except httpx.HTTPError:
                    sent_again += 1
                    time.sleep(0.02)
                    continue
                assert answer.status_code == 201, answer.text
                break
            number += 1
        notes = [one["note"] for one in httpx.get(f"{server.url}{path}", headers=headers).json()]
        home("sync")
    finally:
        killer.join()
        server.kill()
    assert sent_again, "the server was never away: the test shows nothing"
    assert sorted(notes) == sorted(f"note {n}" for n in range(number)), seed
    assert sorted(one["note"] for one in home("checkin", "list")) == sorted(notes), seed
