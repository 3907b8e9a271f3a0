"""A long journal in a browser: its log read and folded, and a kept state read, in the engine that a browser has."""

import json
import subprocess
import tempfile
from pathlib import Path

from bench.corpus import JOURNAL, corpus
from bench.figures import Figure, Sizes, sooner
from milepost.envelope import encode_event
from milepost.journal import State, dump_state, paused_collector
from tests.web.building import NODE
from tests.web.core import bundled

FOLD_S = 1.5
LOAD_S = 0.3
SCRIPT = Path(__file__).with_suffix(".mjs")


def run(sizes: Sizes) -> list[Figure]:
    """`web-fold`."""
    made = corpus(sizes.corpus)
    state = State(JOURNAL)
    with paused_collector():
        for event in made[: sizes.journal]:
            state.apply(event)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("bundle.js", "log.json", "state.json")]
        files[0].write_text(bundled(), encoding="utf-8")
        files[1].write_bytes(b"[" + b",".join(map(encode_event, made)) + b"]")
        files[2].write_bytes(dump_state(state))
        command = [str(NODE / "bin" / "node"), str(SCRIPT), *map(str, files), JOURNAL, str(min(sizes.rounds, 5))]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = json.loads(done.stdout)
    return [
        sooner("web-fold", seconds["fold"], "target, folded", FOLD_S),
        sooner("web-fold", seconds["load"], "target, kept state read", LOAD_S),
    ]
