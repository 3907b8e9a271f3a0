"""`hints.json`: what a stream of hints tells, byte for byte."""

import asyncio

from milepost_server.live import Hub
from tests.golden.making import ACCOUNT, JOURNAL, OTHER_JOURNAL, Case

FILE = "hints.json"
CASES: list[Case] = [
    {"about": "nothing happens for a while", "journals": [JOURNAL], "steps": [{}]},
    {
        "about": "a journal grows",
        "journals": [JOURNAL],
        "steps": [{"grown": [[JOURNAL, 4]]}, {"grown": [[JOURNAL, 5]]}],
    },
    {
        "about": "it grows several times before the stream is written to: one hint",
        "journals": [JOURNAL],
        "steps": [{"grown": [[JOURNAL, 4], [JOURNAL, 5], [JOURNAL, 9]]}],
    },
    {
        "about": "two journals, and one that is not the account's",
        "journals": [JOURNAL, OTHER_JOURNAL],
        "steps": [{"grown": [[JOURNAL, 4], ["99999999-9999-4999-8999-999999999999", 2], [OTHER_JOURNAL, 1]]}],
    },
    {
        "about": "a journal that the account gets later",
        "journals": [],
        "steps": [{"gained": JOURNAL}, {"grown": [[JOURNAL, 2]]}],
    },
]


def played(case: Case) -> Case:
    """The case with what is written in each step."""
    return asyncio.run(_played(case))


async def _played(case: Case) -> Case:
    hub = Hub()
    listener = hub.join(ACCOUNT, "")
    for journal in case["journals"]:
        hub.follow(listener, journal)
    steps = []
    for step in case["steps"]:
        if "gained" in step:
            hub.gained(ACCOUNT, step["gained"])
        for journal, head in step.get("grown", []):
            hub.tell(journal, head)
        steps.append({**step, "told": (await listener.next(0)).decode()})
    return {**case, "steps": steps}
