"""A disk that fills up under a running server, on either engine: said clearly, nothing acknowledged lost, and it goes on."""

import asyncio
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from milepost.device import Device
from milepost.events import Draft
from milepost_server.data_folder import DataFolder
from milepost_server.verify import verify_file, verify_folder
from tests.postgres import PostgresServer
from tests.processes import MILEPOST, Home, ServerProcess, run, serving
from tests.server.lived import rows_of
from tests.server.test_migrate_store import begin, fill_logs, move


class Disk(NamedTuple):
    """Where a server keeps its things, how that gets full, and how there is room again."""

    options: tuple[str, ...]
    fill: Callable[[ServerProcess], None]
    make_room: Callable[[ServerProcess], None]


@pytest.fixture
def small_disk(postgres: PostgresServer) -> Iterator[tuple[str, Callable[[str], None]]]:
    """A tablespace on a file system of 3 MB, and what gives it another size."""
    ((data,),) = postgres.run("SHOW data_directory")
    if os.geteuid() != 0 or sys.platform != "linux" or not Path(data).is_dir():
        pytest.skip("only root can make a small file system, and only beside the server")
    folder = Path(tempfile.mkdtemp(prefix="milepost-small-"))
    folder.chmod(0o755)
    place = folder / "space"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    shutil.chown(place, *(Path(data).stat()[4:6]))
    name = f"small_{os.getpid()}"

    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", place], check=True)

    try:
        postgres.run(f"CREATE TABLESPACE {name} LOCATION '{place}'")
        try:
            with postgres.schema() as url:
                yield f"{url}&default_tablespace={name}", resize
        finally:
            postgres.run(f"DROP TABLESPACE {name}")
    finally:
        subprocess.run(["umount", place], check=False)
        shutil.rmtree(folder)


def limited(size: int) -> Callable[[ServerProcess], None]:
    """Files of a server's process can't be written beyond a size; what is there can be read."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(server: ServerProcess) -> None:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size or hard, hard))

    return limit


@pytest.fixture(params=["sqlite", "postgres on a small disk", "postgres that says so"])
def disk(request: pytest.FixtureRequest, postgres: PostgresServer) -> Disk:
    if request.param == "sqlite":
        if not hasattr(resource, "prlimit"):
            pytest.skip("this system can't limit another process")
        return Disk((), limited(4096), limited(0))
    if request.param == "postgres on a small disk":
        url, resize = request.getfixturevalue("small_disk")
        return Disk(("--database", url), lambda _: None, lambda _: resize("60m"))
    url = request.getfixturevalue("postgres_url")
    schema = url.rpartition("=")[2]

    def fill(_: ServerProcess) -> None:
        postgres.run(
            f"CREATE FUNCTION {schema}.no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE SQLSTATE '53100' USING MESSAGE = 'No space left on device'; END $$"
        )
        postgres.run(f"CREATE TRIGGER no_room BEFORE INSERT ON {schema}.events EXECUTE FUNCTION {schema}.no_room()")

    return Disk(("--database", url), fill, lambda _: postgres.run(f"DROP FUNCTION {schema}.no_room CASCADE") and None)


def write_much(home: Home, rnd: random.Random, goal: str) -> None:
    device = Device(home.folder)
    journal = device.rows()[0].journal
    device.append(journal, [Draft("goal.revised", {"id": goal, "why": rnd.randbytes(1500).hex()}) for _ in range(200)])
    device.close()


def test_a_full_disk_refuses_what_does_not_fit_and_loses_nothing_acknowledged(tmp_path: Path, disk: Disk) -> None:
    laptop, phone, rnd = Home(tmp_path / "laptop"), Home(tmp_path / "phone"), random.Random(3)
    with serving(tmp_path / "data", *disk.options) as server:
        goal = laptop("goal", "add", "Say what I need")["id"]
        for home in (laptop, phone):
            home("pair", server.url, server.code())
            home("sync")
        write_much(laptop, rnd, goal)
        laptop("sync")
        disk.fill(server)
        for _ in range(20):
            write_much(laptop, rnd, goal)
            done = subprocess.run(
                [*MILEPOST, "sync"],
                env={**os.environ, "MILEPOST_HOME": str(laptop.folder)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                break
        else:
            pytest.fail("the disk was never full")
        assert done.returncode == 7
        assert "The server's disk has no room. Everything is kept on this device" in done.stderr
        unsent = laptop("status")["unsent"]
        assert unsent > 0
        acknowledged = laptop("status")["head"]

        assert httpx.get(f"{server.url}/healthz").status_code == 200
        phone("sync")
        assert phone("status")["head"] == acknowledged, "what is there is still read"
        found = verify_folder(DataFolder(tmp_path / "data"))
        assert (found.ok, found.events) == (True, acknowledged)

        disk.make_room(server)
        assert laptop("sync")["sent"] == unsent
        phone("sync")
        assert laptop("status")["state_hash"] == phone("status")["state_hash"]
        assert server.stop() == 0
    found = verify_folder(DataFolder(tmp_path / "data"))
    assert (found.ok, found.events) == (True, acknowledged + unsent)


def test_a_backup_that_does_not_fit_says_so_and_leaves_the_earlier_one(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.sqlite3"
    begin(data)
    run(None, "admin", "backup", str(file), "--data", str(data))
    earlier = file.read_bytes()
    asyncio.run(fill_logs(data, 3, 400))
    words = " ".join([*MILEPOST, "admin", "backup", str(file), "--force", "--data", str(data)])
    done = subprocess.run(["bash", "-c", f"ulimit -f 256; {words}"], capture_output=True, text=True, check=False)
    assert (done.returncode, "has no room" in done.stderr) == (7, True)
    assert file.read_bytes() == earlier
    assert not list(tmp_path.glob("*.partial*"))
    before = rows_of(data)
    run(None, "admin", "backup", str(file), "--force", "--data", str(data))
    assert verify_file(file).events == 1_200

    words = " ".join([*MILEPOST, "admin", "restore", str(file), "--data", str(data)])
    done = subprocess.run(["bash", "-c", f"ulimit -f 256; {words}"], capture_output=True, text=True, check=False)
    assert (done.returncode, "has no room" in done.stderr) == (7, True)
    assert rows_of(data) == before


def test_a_store_moved_to_a_disk_that_is_too_small_goes_on_when_there_is_room(
    tmp_path: Path, small_disk: tuple[str, Callable[[str], None]]
) -> None:
    data, (url, resize) = tmp_path / "data", small_disk
    begin(data)
    asyncio.run(fill_logs(data, 20, 400))
    assert "has no room" in move(data, url, expect=7)
    assert DataFolder(data).database() == ""
    resize("60m")
    assert "were there already" in move(data, url)
    assert verify_folder(DataFolder(data)).events == 8_000
