"""`python -m bench`: measures, shows a table, and keeps the figures where it is told to."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import (
    append,
    apple_export,
    caldav,
    feeds,
    first_sync,
    fold,
    health_records,
    live,
    memory,
    plugins,
    postgres,
    push_curve,
    push_http,
    server_memory,
    snapshot,
    view_update,
    views,
    web_app,
    web_fold,
    wire,
)
from bench.figures import FULL, QUICK, Figure, Sizes, keep, show

BENCHES: dict[str, Callable[[Sizes], list[Figure]]] = {
    "append-1": append.one,
    "append-64": append.sixty_four,
    "append-batch": append.batch,
    "append-64-postgres": postgres.sixty_four,
    "append-64-postgres-journals": postgres.sixty_four_journals,
    "append-beside-hot": postgres.beside_a_hot_one,
    "fold": fold.run,
    "web-fold": web_fold.run,
    "web-app": web_app.run,
    "first-sync": first_sync.run,
    "push-http": push_http.run,
    "views": views.run,
    "view-update": view_update.run,
    "journal-memory": memory.run,
    "snapshot": snapshot.run,
    "wire": wire.run,
    "live": live.run,
    "server-memory": server_memory.run,
    "push-curve": push_curve.run,
    "feed-first": feeds.first,
    "feed-change": feeds.change,
    "feed-served": feeds.served,
    "feed-304": feeds.unchanged,
    "plugin-delivery": plugins.delivery,
    "plugin-idle": plugins.idle,
    "apple-export": apple_export.run,
    "caldav-fill": caldav.first_fill,
    "caldav-idle": caldav.idle,
    "fhir-export": health_records.run,
}


def main() -> int:
    """Runs what is asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Milepost beside its peers.")
    parser.add_argument("--only", default="all", help=f"some of {','.join(BENCHES)}, or all")
    parser.add_argument("--out", default="", help="a file for the figures, one JSON object to a line")
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    wanted = [name for part in given.only.split(",") if (name := part.strip())]
    if not wanted or "all" in wanted:
        wanted = list(BENCHES)
    if unknown := [name for name in wanted if name not in BENCHES]:
        parser.error(f"there is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    out = Path(given.out) if given.out else None
    if out is not None:
        out.write_bytes(b"")
    figures: list[Figure] = []
    for name in wanted:
        started = time.perf_counter()
        print(f"{name} …", end="", flush=True)
        measured = BENCHES[name](QUICK if given.quick else FULL)
        print(f" {time.perf_counter() - started:.1f} s", flush=True)
        figures += measured
        if out is not None:
            keep(out, measured)
    show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
