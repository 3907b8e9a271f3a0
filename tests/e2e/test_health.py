"""A person's whole way: a rule by a title, a phone that sends, an export that overlaps, and all of it once."""

import http.client
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.plugins.health.conftest import golden
from tests.plugins.health.exports import document, packed, sitting
from tests.processes import Home, ServerProcess, serving

GIGABYTE = 1_000_000_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data") as running:
        yield running


@pytest.fixture
def device(server: ServerProcess, tmp_path: Path) -> Home:
    home = Home(tmp_path / "device")
    home("practice", "add", "Breathing")
    home("pair", server.url, server.code())
    home("sync")
    home("plugin", "enable", "health", "--data", str(server.data))
    return home


def post(address: str, body: bytes, path: str = "", **headers: str) -> tuple[int, Any]:
    at = urlsplit(address)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=20)
    try:
        connection.request("POST", at.path + path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def noted(device: Home) -> dict[str, Any]:
    device("sync")
    return {f"{one['on']} {one['value']}": one["subject"] for one in device("checkin", "list")}


def test_a_phone_and_an_export_record_the_same_minutes_once(device: Home, tmp_path: Path) -> None:
    (practice,) = [one["id"] for one in device("practice", "list")]
    made = device("connection", "add", "health-auto-export", "--set", "mindful=breathing")
    assert made["settings"]["mindful"] == practice, "a title is typed, and its id is kept"
    assert post(made["address"], golden("auto-export-single.json"))[0] == 200
    from_phone = {"2026-02-03 5": practice, "2026-02-03 7.2": practice, "2026-02-04 3": practice}
    there = noted(device)
    assert set(there.values()) == {practice}
    assert len(there) == len(from_phone)
    export = tmp_path / "export.zip"
    first = datetime.fromisoformat("2026-02-10T07:00:00")
    mornings = [first + timedelta(days=n) for n in range(30)]
    export.write_bytes(packed(document(
        sitting("2026-02-03 06:30:00", "2026-02-03 06:35:00"),
        *(sitting(str(at), str(at + timedelta(minutes=9))) for at in mornings),
    )))  # fmt: skip
    rule = ("--set", "mindful=Breathing")
    assert "mindful minutes (`mindful`, 31 records)" in device.fails(2, "import", "apple-health", str(export))
    tried = device("import", "apple-health", str(export), *rule, "--dry-run")
    assert (tried["made"], tried["passed_over"]) == (30, 1)
    assert noted(device) == there
    done = device("import", "apple-health", str(export), *rule)
    assert (done["made"], done["passed_over"]) == (30, 1)
    again = device("import", "apple-health", str(export), *rule)
    assert (again["made"], again["passed_over"]) == (0, 31)
    assert len(noted(device)) == len(there) + 30
    device("import", "undo")
    assert noted(device) == there


def peak_mb(server: ServerProcess) -> int:
    """What a server took of memory at most, so far."""
    (line,) = [one for one in Path(f"/proc/{server.process.pid}/status").read_text().splitlines() if "VmHWM" in one]
    return int(line.split()[1]) // 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells what another process takes")
def test_a_body_of_a_gigabyte_is_refused_with_a_word_and_never_kept(server: ServerProcess, device: Home) -> None:
    address = urlsplit(device("connection", "add", "health-json", "--set", "mindful=Breathing")["address"])
    before = peak_mb(server)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    try:
        connection.putrequest("POST", address.path)
        connection.putheader("Content-Length", str(GIGABYTE))
        connection.endheaders()
        piece = b" " * 1_000_000
        for _ in range(GIGABYTE // len(piece)):
            connection.send(piece)
        answer = connection.getresponse()
        assert (answer.status, "The body is too large" in answer.read().decode()) == (413, True)
    finally:
        connection.close()
    assert peak_mb(server) - before < 64
    assert noted(device) == {}
