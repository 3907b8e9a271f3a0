"""The benchmarks run and write what they promise; no figure is judged here."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bench.__main__ import BENCHES
from bench.views import drawn, opened
from bench.years import years
from milepost.envelope import encode_event
from milepost.events import check_payload

ROOT = Path(__file__).parents[2]


def ran(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error", "-m", "bench", "--quick", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False, timeout=120)


# By what they need to be made first: what runs in one process has that made once.
LOGS = {
    "append-1": ("events/s", 2),
    "append-64": ("events/s", 2),
    "append-batch": ("events/s", 2),
    "append-64-postgres": ("events/s", 2),
    "append-64-postgres-journals": ("events/s", 2),
    "append-beside-hot": ("s", 1),
    "fold": ("events/s", 2),
    "views": ("ms", 4),
    "view-update": ("ms", 5),
    "journal-memory": ("MB", 3),
}
SERVERS = {
    "first-sync": ("s", 2),
    "push-http": ("requests/s", 1),
    "snapshot": ("s", 3),
    "wire": ("bytes/event", 4),
    "server-memory": ("MB", 2),
    "push-curve": ("us", 3),
}
OUTWARD = {
    "caldav-idle": ("requests", 1),
    "feed-first": ("s", 1),
    "feed-change": ("ms", 1),
    "feed-served": ("ms", 1),
    "feed-304": ("requests/s", 2),
    "fhir-export": ("s", 3),
    "apple-export": ("MB/s", 2),
    "apple-one-rule": ("MB/s", 1),
    "apple-memory": ("MB", 1),
}


@pytest.mark.parametrize("promised", [LOGS, SERVERS, OUTWARD], ids=["logs", "servers", "outward"])
def test_the_benches_write_well_formed_figures(tmp_path: Path, promised: dict[str, tuple[str, int]]) -> None:
    out = tmp_path / "figures.jsonl"
    out.write_text("from before\n")
    done = ran("--only", ",".join(name for name in promised if name in BENCHES), "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    figures = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert len(figures) == sum(count for _, count in promised.values())
    for name, (unit, count) in promised.items():
        of_it = [figure for figure in figures if figure["name"] == name]
        assert len(of_it) == count, name
        assert len({figure["peer"] for figure in of_it}) == len(of_it)
        assert {figure["unit"] for figure in of_it} == {unit}
    for figure in figures:
        assert set(figure) == {"name", "value", "unit", "peer", "peer_value", "ratio"}
        assert min(figure["value"], figure["peer_value"], figure["ratio"]) > 0
        assert figure["name"] in done.stdout
        assert figure["peer"].split()[0] in done.stdout


def test_the_bench_of_calendars_fills_one_as_full_as_bare_requests_do(tmp_path: Path) -> None:
    out = tmp_path / "figures.jsonl"
    assert ran("--only", "caldav-fill", "--out", str(out)).returncode == 0
    (figure,) = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert (figure["name"], figure["unit"]) == ("caldav-fill-20", "s")


def test_the_bench_of_live_devices_tells_what_is_awaited_and_what_an_idle_one_costs(tmp_path: Path) -> None:
    out = tmp_path / "figures.jsonl"
    done = ran("--only", "live", "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    figures = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert [(figure["name"], figure["unit"]) for figure in figures] == [
        ("live", "ms"),
        ("live", "ms"),
        ("live-idle", "bytes/s"),
        ("live-idle", "ms of CPU/s"),
        ("live-idle", "kB"),
    ]
    assert min(figure["value"] for figure in figures) > 0


def test_one_persons_years_are_a_journal_that_folds_whole_and_comes_out_the_same_each_time() -> None:
    made = years(1_500)
    assert [event.n for event in made] == list(range(1, 1_501))
    assert [event.hlc for event in made] == sorted({event.hlc for event in made})
    for event in made:
        check_payload(event)
    of = opened([encode_event(event) for event in made])
    assert len(of.state.visible("checkin")) > 900
    assert drawn(of)["journal"] == drawn(opened([encode_event(event) for event in made]))["journal"]


def test_no_bench_by_that_name(tmp_path: Path) -> None:
    done = ran("--only", "append-1,append-2", "--out", str(tmp_path / "figures"))
    assert done.returncode == 2
    assert "append-2" in done.stderr
    assert not (tmp_path / "figures").exists()
