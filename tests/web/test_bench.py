"""The bench of the browser's core runs and writes what it promises; no figure is judged."""

from pathlib import Path

import msgspec

from tests.bench.test_bench import ran
from tests.web.building import chromium
from tests.web.core import Core


def test_the_bench_of_a_browser_tells_how_long_a_fold_takes(core: Core, tmp_path: Path) -> None:
    out = tmp_path / "figures.jsonl"
    done = ran("--only", "web-fold", "--out", str(out))
    assert (done.returncode, done.stderr) == (0, ""), core
    figures = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert [(figure["name"], figure["unit"]) for figure in figures] == [("web-fold", "s")] * 2


def test_the_bench_of_the_app_tells_what_it_weighs_and_how_soon_it_answers(tmp_path: Path) -> None:
    chromium()
    out = tmp_path / "figures.jsonl"
    done = ran("--only", "web-app", "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    figures = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    names = ["web-app-load", "web-app-open", "web-app-check-in"]
    assert [figure["name"] for figure in figures] == [*(name for name in names for _ in range(2)), "web-app-long"]
