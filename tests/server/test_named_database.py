"""`milepost serve --database`: a folder remembers its database, and everything done to a folder is done to that."""

import stat
from pathlib import Path

import pytest

from milepost.clock import new_id
from milepost.errors import InvalidInput, StorageDamaged
from milepost_server.data_folder import DATABASE_FILE, DataFolder
from milepost_server.services import FILE_NAME, needs_postgres
from milepost_server.verify import verify_folder
from tests.postgres import PostgresServer
from tests.processes import Home, run, serving
from tests.server.test_administration import ARCHIVE, fill


def test_a_server_and_its_admin_share_a_named_database(
    tmp_path: Path, postgres_url: str, postgres: PostgresServer
) -> None:
    laptop, phone, data = Home(tmp_path / "laptop"), Home(tmp_path / "phone"), tmp_path / "data"
    with serving(data, "--database", postgres_url) as server:
        fill(server, laptop, 700)
        assert '"events": 500' in run(None, *ARCHIVE, str(data))
        phone("pair", server.url, server.code())
        assert phone("sync")["received"] == 703
        assert server.stop() == 0
        code = server.code()  # by this process, in the same database
        server.start()
        tablet = Home(tmp_path / "tablet")
        tablet("pair", server.url, code)
        laptop("goal", "add", "Rest")
        for home in (laptop, phone, tablet):
            home("sync")
        assert len({home("status")["state_hash"] for home in (laptop, phone, tablet)}) == 1
        assert "704 events" in run(None, "verify", "--data", str(data)), "a server may be running"
    assert stat.S_IMODE((data / DATABASE_FILE).stat().st_mode) == 0o600
    assert not (data / FILE_NAME).exists()

    schema = postgres_url.rpartition("=")[2]
    postgres.run(f"UPDATE {schema}.events SET body = replace(convert_from(body, 'UTF8'), 'Rest', 'Pest')::bytea")
    (fault,) = verify_folder(DataFolder(data)).faults
    assert (fault.seq, fault.problem) == (704, "the event was changed after it was stored")
    postgres.run(f"UPDATE {schema}.archives SET first = first + 1")
    (fault,) = verify_folder(DataFolder(data)).faults
    assert (fault.seq, fault.problem) == (2, "event 1 is missing")


def test_a_folder_with_a_database_of_its_own_is_not_left_behind(tmp_path: Path) -> None:
    run(None, "admin", "pairing-code", "--data", str(tmp_path))
    told = run(None, "serve", "--data", str(tmp_path), "--database", "postgresql://127.0.0.1:1/x", expect=2)
    assert "left behind" in told


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("mysql://x/y", 2, "takes an address like postgresql://"),
        ("postgresql://me:secret@127.0.0.1:1/goals", 6, "goals at 127.0.0.1:1) can't be reached"),
    ],
)
def test_a_database_that_can_not_be_used_is_not_remembered(tmp_path: Path, url: str, code: int, words: str) -> None:
    told = run(None, "serve", "--data", str(tmp_path / "data"), "--port", "0", "--database", url, expect=code)
    assert words in told
    assert "secret" not in told
    assert not (tmp_path / "data" / DATABASE_FILE).exists()


def test_what_verifies_nothing_says_so(tmp_path: Path, postgres_url: str) -> None:
    DataFolder(tmp_path).remember_database(postgres_url)
    assert "There is no Milepost database" in run(None, "verify", "--data", str(tmp_path), expect=3)


def test_a_note_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_text(new_id())
    with pytest.raises(StorageDamaged, match="Name the database anew"):
        DataFolder(tmp_path).database()


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost_server.services.find_spec", lambda _: None)
    with pytest.raises(InvalidInput, match=r"milepost\[postgres\]"):
        needs_postgres()
