"""The benchmarks run and write what they promise; no figure is judged here."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]


def ran(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error", "-m", "bench", "--quick", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("append-1", "events/s"),
        ("append-64", "events/s"),
        ("append-batch", "events/s"),
        ("fold", "events/s"),
        ("first-sync", "s"),
        ("push-http", "requests/s"),
    ],
)
def test_a_bench_writes_two_well_formed_figures(tmp_path: Path, name: str, unit: str) -> None:
    out = tmp_path / "figures.jsonl"
    out.write_text("from before\n")
    done = ran("--only", name, "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    figures = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert len(figures) == (1 if name == "push-http" else 2)
    assert len({figure["peer"] for figure in figures}) == len(figures)
    for figure in figures:
        assert set(figure) == {"name", "value", "unit", "peer", "peer_value", "ratio"}
        assert (figure["name"], figure["unit"]) == (name, unit)
        assert min(figure["value"], figure["peer_value"], figure["ratio"]) > 0
        assert name in done.stdout
        assert figure["peer"].split()[0] in done.stdout


def test_no_bench_by_that_name(tmp_path: Path) -> None:
    done = ran("--only", "append-1,append-2", "--out", str(tmp_path / "figures"))
    assert done.returncode == 2
    assert "append-2" in done.stderr
    assert not (tmp_path / "figures").exists()
