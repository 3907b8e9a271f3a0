"""What `milepost admin` does to a data folder, with a server on it and without."""

import sqlite3
from pathlib import Path

from milepost_server.services import FILE_NAME
from milepost_server.verify import verify_file
from tests.processes import Home, ServerProcess, run, serving
from tests.server.conftest import Api

ARCHIVE = ("admin", "archive", "--keep", "10", "--json", "--data")


def fill(server: ServerProcess, home: Home, count: int) -> None:
    home("pair", server.url, server.code())
    goal = home("goal", "add", "Say what I need")["id"]
    home("goal", "revise", goal, "--why", "I stew on it otherwise")
    from milepost.device import Device
    from milepost.events import Draft

    device = Device(home.folder)
    journal = device.rows()[0].journal
    device.append(journal, [Draft("goal.revised", {"id": goal, "title": f"Wording {n}"}) for n in range(count)])
    device.close()
    home("sync")


def test_archiving_beside_a_running_server_and_without_one(tmp_path: Path) -> None:
    laptop, phone = Home(tmp_path / "laptop"), Home(tmp_path / "phone")
    with serving(tmp_path / "data") as server:
        fill(server, laptop, 1100)
        assert '"events": 1000' in run(None, *ARCHIVE, str(server.data))
        assert verify_file(server.data / FILE_NAME).ok
        phone("pair", server.url, server.code())
        assert phone("sync")["received"] == 1103
        server.stop()
        laptop("goal", "add", "Rest")
        assert '"events": 0' in run(None, *ARCHIVE, str(server.data))
        server.start()
        laptop("sync")
        phone("sync")
        assert phone("status")["state_hash"] == laptop("status")["state_hash"]
    found = verify_file(tmp_path / "data" / FILE_NAME)
    assert (found.ok, found.events) == (True, 1104)


def test_what_was_changed_in_an_archive_is_noticed(tmp_path: Path) -> None:
    laptop = Home(tmp_path / "laptop")
    with serving(tmp_path / "data") as server:
        fill(server, laptop, 700)
    run(None, *ARCHIVE, str(tmp_path / "data"))
    database = sqlite3.connect(tmp_path / "data" / FILE_NAME)
    (body,) = database.execute("SELECT body FROM archives").fetchone()
    for change, words in ((b"", "can't be unpacked"), (body[:-30], "can't be unpacked")):
        with database:
            database.execute("UPDATE archives SET body = ?", (change,))
        (fault,) = verify_file(tmp_path / "data" / FILE_NAME).faults
        assert words in fault.problem
    with database:
        database.execute("UPDATE archives SET body = ?, first = first + 1", (body,))
    (fault,) = verify_file(tmp_path / "data" / FILE_NAME).faults
    assert (fault.seq, fault.problem) == (2, "event 1 is missing")
    database.close()


def test_what_a_server_can_not_do_is_said(api: Api) -> None:
    key = {"x-milepost-admin-key": "the key"}
    unknown = api.client.post("/v1/admin/fly", headers=key)
    assert (unknown.status_code, "older than the command" in unknown.json()["detail"]) == (404, True)
    wrong = api.client.post("/v1/admin/archive", headers=key, content=b'{"keep": "many"}')
    assert (wrong.status_code, "keep" in wrong.json()["detail"]) == (400, True)
