"""`clocks.json`: what a device's clock reads, one step after the other."""

from milepost.clock import HLC_MIN, HybridClock, clamp_hlc
from tests.golden.making import Case

FILE = "clocks.json"

CASES: list[Case] = [
    {"about": "the first reading is the wall clock", "steps": [{"tick": 1_800_000_000_000}]},
    {
        "about": "in the same millisecond, and when the wall clock goes back, the counter grows",
        "steps": [{"tick": 1_800_000_000_000}, {"tick": 1_800_000_000_000}, {"tick": 1_700_000_000_000}],
    },
    {
        "about": "the wall clock comes to the fore again",
        "steps": [{"tick": 1_800_000_000_000}, {"tick": 1_800_000_000_000}, {"tick": 1_800_000_000_001}],
    },
    {
        "about": "the counter carries into the milliseconds",
        "last": "01a31828a27fffff",
        "steps": [{"tick": 0}, {"tick": 0}],
    },
    {
        "about": "a later reading from elsewhere is passed, an earlier one means nothing",
        "steps": [
            {"tick": 1_800_000_000_000},
            {"observe": "01a31860e3e00007"},
            {"tick": 1_800_000_000_002},
            {"observe": "01a31860e3e00001"},
            {"tick": 1_800_000_000_002},
        ],
    },
    {
        "about": "set back to the wall clock, after it ran ahead",
        "last": "0200000000000000",
        "steps": [{"reset": "01a3182561800000", "wall": 1_800_000_000_000}, {"tick": 1_800_000_000_000}],
    },
    {
        "about": "set back to what was taken, where that is later than the wall clock",
        "last": "0200000000000000",
        "steps": [{"reset": "01a31860e3e00007", "wall": 1_800_000_000_000}, {"tick": 1_800_000_000_000}],
    },
    {"about": "a wall clock before 1970 counts as 0", "steps": [{"tick": -5}]},
    {
        "about": "the merge clock is the author's, up to 5 minutes ahead of the server, and then that",
        "steps": [
            {"clamp": "01a3182561800000", "received_at": 1_800_000_000_000},
            {"clamp": "01a31860e3dfffff", "received_at": 1_800_000_000_000},
            {"clamp": "01a31860e3e00000", "received_at": 1_800_000_000_000},
            {"clamp": "01a31860e3e00001", "received_at": 1_800_000_000_000},
            {"clamp": "0200000000000000", "received_at": 1_800_000_000_000},
        ],
    },
]


def played(case: Case) -> Case:
    """The case with what each step reads."""
    walls = [0]
    clock = HybridClock(case.get("last", HLC_MIN), lambda: walls[0])
    return {**case, "steps": [{**step, "reads": _step(clock, walls, step)} for step in case["steps"]]}


def _step(clock: HybridClock, walls: list[int], step: Case) -> str:
    if "tick" in step:
        walls[0] = step["tick"]
        return clock.tick()
    if "observe" in step:
        clock.observe(step["observe"])
    elif "reset" in step:
        walls[0] = step["wall"]
        clock.reset(step["reset"])
    else:
        return clamp_hlc(step["clamp"], step["received_at"])
    return clock.last
