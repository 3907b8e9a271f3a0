"""The bench of the browser's core runs and writes what it promises; no figure is judged."""

from pathlib import Path

import msgspec

from tests.bench.test_bench import ran
from tests.web.core import Core


def test_the_bench_of_a_browser_tells_how_long_a_fold_takes(core: Core, tmp_path: Path) -> None:
    out = tmp_path / "figures.jsonl"
    done = ran("--only", "web-fold", "--out", str(out))
    assert (done.returncode, done.stderr) == (0, ""), core
    figures = [msgspec.json.decode(line) for line in out.read_bytes().splitlines()]
    assert [(figure["name"], figure["unit"]) for figure in figures] == [("web-fold", "s")] * 2
