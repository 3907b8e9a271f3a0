"""`make soak`: schedules by chance, for as long as wanted, on every core; what fails is kept in a file and can be played again.

python -m tests.campaign --minutes 60            schedules by chance
python -m tests.campaign --seed 4711             the schedule of this seed, once
python -m tests.campaign --file FILE --seed 4711 the schedule in a file, with the ids of this seed
python -m tests.campaign --mutations 200         breaks each rule, and says by which seed it is noticed
"""

import argparse
import json
import logging
import multiprocessing
import secrets
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.campaign.campaign import run
from tests.campaign.mutations import MUTATIONS, broken
from tests.campaign.schedule import Step, as_text, random_schedule
from tests.campaign.shrinking import shrink

KEPT = Path("soak-failures")
SHRINK_S = 120.0
ALIKE = 24
"""Letters at the beginning of what is said by which two failures are taken for the same."""
Told = tuple[int, dict[str, int], str]


def main() -> int:
    asked = _asked()
    logging.disable(logging.WARNING)
    if asked.mutations:
        return _mutations(asked.mutations)
    if asked.seed is not None:
        steps = json.loads(asked.file.read_text()) if asked.file else random_schedule(asked.seed)
        print(as_text(steps), end="")
        print(run(steps, asked.seed))
        return 0
    return _soak(asked.minutes, asked.cores)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description="Plays schedules by chance.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--cores", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--seed", type=int)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--mutations", type=int, metavar="SCHEDULES")
    return parser.parse_args()


def fault(steps: list[Step], seed: int) -> str:
    """What is wrong after a schedule; empty if nothing is."""
    try:
        run(steps, seed)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _work(first: int, cores: int, until: float, told: "multiprocessing.Queue[Told]") -> None:
    """Plays every so many-th schedule from `first` on."""
    logging.disable(logging.WARNING)
    seed = first
    while time.time() < until:
        try:
            told.put((seed, run(random_schedule(seed), seed), ""))
        except Exception as error:
            told.put((seed, {}, f"{type(error).__name__}: {error}\n{traceback.format_exc()}"))
            _keep(seed, f"{type(error).__name__}: {error}"[:ALIKE])
        seed += cores


def _keep(seed: int, begins: str) -> None:
    """Writes the failing schedule down at once, and a shorter one over it if there is one that fails alike."""
    KEPT.mkdir(exist_ok=True)
    steps = random_schedule(seed)
    file = KEPT / f"{seed}.json"
    file.write_text(as_text(steps))
    file.write_text(as_text(shrink(steps, lambda s: fault(s, seed).startswith(begins), for_s=SHRINK_S)))


def _soak(minutes: float, cores: int) -> int:
    begun = time.time()
    until, first = begun + minutes * 60, secrets.randbelow(10**9)
    print(f"Soaking for {minutes:g} minutes on {cores} cores, from seed {first}.", flush=True)
    told: multiprocessing.Queue[Told] = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=_work, args=(first + i, cores, until, told)) for i in range(cores)]
    for worker in workers:
        worker.start()
    totals: Counter[str] = Counter()
    failed, said = 0, begun
    while any(worker.is_alive() for worker in workers) or not told.empty():
        if told.empty():
            time.sleep(0.2)
            continue
        seed, counts, error = told.get()
        totals.update({"schedules": 1, **counts})
        if error:
            failed += 1
            print(f"Seed {seed} failed: {error}")
            print(
                f"Play it again: {sys.executable} -m tests.campaign --file {KEPT / f'{seed}.json'} --seed {seed}",
                flush=True,
            )
        if time.time() - said > 60:
            said = time.time()
            print(f"{(said - begun) / 60:.0f} min: {dict(totals)}", flush=True)
    print(f"{failed} of {totals['schedules']} schedules failed. {dict(totals)}")
    return 1 if failed else 0


def _mutations(most: int) -> int:
    missed = 0
    for name, changes in MUTATIONS.items():
        with broken(changes):
            seed = next((seed for seed in range(most) if fault(random_schedule(seed), seed)), None)
        missed += seed is None
        print(f"{name}: " + ("NOT noticed" if seed is None else f"noticed by seed {seed}"), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
