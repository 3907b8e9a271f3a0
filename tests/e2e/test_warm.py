"""A command that is forked from a process that has done its imports does what one does that begins from nothing."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.processes import MILEPOST, warm


def outcome(words: list[str], environment: dict[str, str], given: bytes, *, warmed: bool) -> tuple[int, bytes, bytes]:
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdin.write(given)
        streams = [stdin, out, err]
        for stream in streams:
            stream.seek(0)
        if warmed:
            code = warm().run(words, environment, [stream.fileno() for stream in streams])
        else:
            done = subprocess.run(
                [*MILEPOST, *words], env=environment, stdin=stdin, stdout=out, stderr=err, check=False
            )
            code = done.returncode
        for stream in streams:
            stream.seek(0)
        return code, out.read(), err.read()


@pytest.mark.parametrize(
    "words",
    [
        [], ["--help"], ["goal", "--help"], ["goal", "list", "--json"], ["plugin", "list"], ["no", "such"],
        ["goal", "show", "x"],
        ["sync"], ["today"], ["goal", "add", "Größe"], ["serve", "--port", "-1"],
        ["admin", "keys", "list", "--data", "nowhere"],
    ],
)  # fmt: skip
def test_it_prints_the_same_and_ends_the_same(words: list[str], tmp_path: Path) -> None:
    found = []
    for warmed in (True, False):
        home = tmp_path / str(warmed)
        environment = {**os.environ, "MILEPOST_HOME": str(home), "TZ": "Asia/Kolkata", "COLUMNS": "70"}
        code, out, err = outcome(words, environment, b"n\n", warmed=warmed)
        if words[:2] != ["goal", "add"]:  # which has an id of its own
            found.append((code, out, err))
        else:
            found.append((code, b"", err))
    assert found[0] == found[1]


def test_one_that_is_killed_says_so(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    with Path(os.devnull).open() as nothing:
        words = ["serve", "--port", "0", "--data", str(tmp_path / "data")]
        started = warm().start(words, os.environ, [nothing.fileno(), writes, writes])
    os.close(writes)
    with os.fdopen(reads) as output:
        assert output.readline()
        assert started.poll() is None
        started.send_signal(signal.SIGKILL)
        assert started.wait(20) == -9
