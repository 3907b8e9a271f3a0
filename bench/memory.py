"""What a long journal takes of a process: folding it and having every view made, in a fresh one: `python -m bench.memory`."""

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from bench.figures import Figure, Sizes, alternate, less
from bench.load import ROOT
from bench.years import years
from milepost.envelope import encode_event

TARGET_MB = 60
HIGH_WATER = b"VmHWM:"


def run(sizes: Sizes) -> list[Figure]:
    """`journal-memory`: resident memory is judged, since that is what others can't have; tracemalloc's is told as well."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.write_bytes(b"\n".join(encode_event(event) for event in years(sizes.journal)))
        resident, bare, traced, bare_traced = alternate(
            min(sizes.rounds, 3),
            lambda: _in_a_fresh_process(log, sizes.journal, "views"),
            lambda: _in_a_fresh_process(log, sizes.journal, "bare"),
            lambda: _in_a_fresh_process(log, sizes.journal, "views", "--trace"),
            lambda: _in_a_fresh_process(log, sizes.journal, "bare", "--trace"),
        )
    return [
        less("journal-memory", "MB", resident, "target, resident", TARGET_MB),
        less("journal-memory", "MB", resident, "bare msgspec objects of the same events", bare),
        less("journal-memory", "MB", traced, "bare msgspec objects, by tracemalloc", bare_traced),
    ]


def _in_a_fresh_process(log: Path, count: int, *arguments: str) -> float:
    command = [sys.executable, "-m", "bench.memory", str(log), str(count), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return float(done.stdout)


def _resident_bytes() -> int:
    """The most memory that this process has had so far."""
    try:
        # Linux hands `ru_maxrss` of the parent down to its children, so that it tells of the larger of the two.
        status = Path("/proc/self/status").read_bytes()
    except OSError:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return used if sys.platform == "darwin" else used * 1024
    return int(status.partition(HIGH_WATER)[2].split()[0]) * 1024


def _views(log: Path, count: int) -> Any:
    """The journal and all that is shown of it, held at once."""
    from bench.views import check_drawn, drawn, opened

    of = opened(log.read_bytes().splitlines())
    found = drawn(of)
    check_drawn(found, of)
    if sum(progress.n for progress in of.state.devices.values()) != count:
        raise AssertionError("Not every event was folded.")
    return of, found


def _bare(log: Path, count: int) -> Any:
    """The same events as plain objects, with their payloads."""
    found = [msgspec.json.decode(line) for line in log.read_bytes().splitlines()]
    if len(found) != count:
        raise AssertionError("Not every event was read.")
    return found


WORK: dict[str, Callable[[Path, int], Any]] = {"views": _views, "bare": _bare}


def main() -> None:
    """Prints what the work adds to this process, in megabytes."""
    import bench.views  # noqa: F401 - the code itself is there before

    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("work", choices=WORK)
    parser.add_argument("--trace", action="store_true")
    given = parser.parse_args()
    gc.collect()
    if given.trace:
        tracemalloc.start()
    before = _resident_bytes()
    kept = WORK[given.work](given.log, given.count)
    added = tracemalloc.get_traced_memory()[1] if given.trace else _resident_bytes() - before
    print(added / 1_000_000)
    del kept


if __name__ == "__main__":
    main()
