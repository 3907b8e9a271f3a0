"""The campaign, as far as a minute or two go, and the proof that it can fail. `make soak` goes on for as long as wanted.

A failure ends with how to play it again.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campaign.campaign import run
from tests.campaign.mutations import MUTATIONS, broken
from tests.campaign.schedule import LONGEST, Step, as_text, random_schedule, schedules
from tests.campaign.shrinking import shrink

SCHEDULES = 20
NOTICED_WITHIN = 40


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@settings(
    max_examples=SCHEDULES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(steps=schedules(LONGEST), seed=st.integers(0, 9))
def test_whatever_happens_all_hold_the_same_and_nothing_is_lost(steps: list[Step], seed: int) -> None:
    with playable(f"--file FILE --seed {seed}   # where FILE is:\n{as_text(steps)}"):
        run(steps, seed)


@pytest.mark.parametrize("seed", range(12))
def test_schedules_by_chance_hold_as_well(seed: int) -> None:
    with playable(f"--seed {seed}"):
        assert run(random_schedule(seed), seed)["events"], "what held is not nothing"


@contextmanager
def playable(options: str) -> Iterator[None]:
    """A failure inside says how to play it again."""
    try:
        yield
    except Exception as error:
        error.add_note(f"Play it again: .venv/bin/python -m tests.campaign {options}")
        raise


REGRESSIONS: dict[str, list[Step]] = {
    "scripts wrote on after a restore, and a device had seen what was lost": [
        ["ask", 1, 2, 1, "twice"],
        ["ask", 1, 3, 1, "proxy"],
        ["ask_again", 1],
        ["back_up_server", 0],
        ["fill_server_disk", 0],
        ["put_both_back", 0, 0],
        ["ask", 1, 9, 1, "twice"],
        ["write", 2, 11, 1],
    ],
    "both were put back, and another device holds what was written before": [
        ["write", 1, 3, 0],
        ["copy_device", 2],
        ["back_up_server", 1],
        ["write", 2, 8, 1],
        ["sync", 2, "lose", "late", "late"],
        ["sync", 1, "none", "none", "none"],
        ["put_device_back", 2],
        ["put_server_back", 1],
        ["write", 2, 3, 1],
        ["sync", 2, "none", "none", "none"],
    ],
    "a device failed between finding that the server was put back and giving back what it lost": [
        ["back_up_server", 1],
        ["write", 1, 11, 1],
        ["sync", 1, "none", "none", "late"],
        ["fill_server_disk", 2],
        ["put_server_back", 1],
        ["fail_device", 1, 31, "sync"],
        ["write", 1, 0, 0],
    ],
    "two devices hold what a third one forgot": [
        ["copy_device", 1],
        ["write", 1, 0, 0],
        ["back_up_server", 1],
        ["sync", 1, "none", "none", "late"],
        ["sync", 2, "none", "none", "twice"],
        ["sync", 0, "none", "proxy", "drop"],
        ["put_both_back", 1, 1],
        ["write", 1, 4, 1],
        ["sync", 1, "none", "none", "lose"],
    ],
    "two processes on one folder find the same fork": [
        ["copy_device", 0],
        ["write", 0, 8, 1],
        ["crash_device", 0, 7, "sync"],
        ["put_device_back", 0],
        ["write", 0, 10, 1],
        ["two_at_once", 0, "sync", 1],
    ],
    "what was confirmed under a name given up since was lost": [
        ["write", 2, 1, 1],
        ["back_up_server", 0],
        ["relive", 2, 0, "twice"],
        ["sync", 2, "none", "late", "drop"],
        ["put_server_back", 0],
    ],
    "what a page brings was written again here a moment before": [
        ["fill_server_disk", 1],
        ["back_up_server", 1],
        ["ask_again", 0],
        ["back_up_server", 0],
        ["put_server_back", 1],
        ["ask", 0, 2, 0, "none"],
        ["fail_server", 1, 24],
        ["sync", 2, "none", "none", "none"],
        ["put_both_back", 1, 0],
        ["sync", 2, "none", "none", "none"],
        ["put_both_back", 1, 1],
        ["sync", 2, "none", "none", "none"],
    ],
    "a snapshot lacked an event that only the device itself had": [
        ["replace_device", 1, "lose", "none", "none", "lose"],
        ["ask", 0, 0, 1, "none"],
        ["back_up_server", 1],
        ["write", 1, 1, 0],
        ["write", 0, 5, 1],
        ["relive", 0, 6, "proxy"],
        ["write", 3, 0, 0],
        ["relive", 0, 4, "none"],
        ["sync", 1, "twice", "none", "lose"],
        ["put_server_back", 1],
    ],
    "words were taken out of a snapshot, and stood in a row that was moved": [
        ["ask", 1, 6, 0, "lose"],
        ["write", 3, 6, 1],
        ["ask", 1, 10, 1, "none"],
        ["sync", 2, "none", "proxy", "none"],
        ["back_up_server", 0],
        ["ask", 0, 5, 1, "late"],
        ["ask", 1, 3, 0, "lose"],
        ["redact", 2, 0, 1],
        ["deliver_late"],
        ["write", 3, 3, 1],
        ["fail_server", 3, 28],
        ["join", "none", "twice", "none", "drop"],
        ["put_both_back", 0, 0],
    ],
    "a redaction was lost, and what it left of an event was not": [
        ["ask", 1, 9, 0, "twice"],
        ["back_up_server", 0],
        ["relive", 3, 4, "lose"],
        ["write", 3, 11, 1],
        ["write", 3, 4, 1],
        ["redact", 3, 4, 0],
        ["redact", 3, 4, 1],
        ["two_at_once", 3, "write", 2],
        ["replace_device", 3, "none", "late", "none", "none"],
        ["sync", 1, "twice", "none", "proxy"],
        ["put_both_back", 2, 0],
    ],
    "words that were taken out under another name came back from a device that went on": [
        ["clone_device", 1],
        ["strand", 0, 3, 1, 8, "at the server", "nothing"],
        ["redact", 1, 1, 0],
        ["redact", 3, 2, 1],
    ],
    "all that a device knew seemed replaced by what took the counters of a lost branch": [
        ["write", 0, 9, 0],
        ["write", 3, 11, 0],
        ["write", 1, 3, 0],
        ["strand", 2, 0, 1, 13, "everywhere", "write"],
        ["strand", 1, 0, 0, 11, "at the server", "write"],
    ],
    "a redaction took words out of what had the same counter on a lost branch": [
        ["strand", 2, 3, 0, 4, "everywhere", "write"],
        ["redact", 3, 0, 0],
    ],
    "a change that had lost some of its words was dropped by a device that went on": [
        ["strand", 3, 0, 1, 7, "at the server", "redact"],
        ["replace_device", 0, "twice", "none", "lose", "none"],
        ["put_both_back", 3, 1],
    ],
    "a redaction took words out of what had the same counter on a lost branch that was longer by one": [
        ["strand", 1, 0, 0, 6, "everywhere", "nothing"],
        ["write", 3, 8, 1],
        ["strand", 2, 3, 1, 6, "at the server", "redact"],
    ],
    "two branches that look the same in one place were taken for one": [
        ["write", 1, 0, 0],
        ["strand", 3, 1, 1, 1, "everywhere", "redact"],
        ["write", 1, 1, 0],
        ["write", 1, 0, 0],
        ["write", 1, 5, 0],
    ],
    "pages that a sync had asked for ahead were on their way when it had failed": [
        ["strand", 0, 2, 0, 2, "at the server", "write"],
        ["fill_device_disk", 0, "sync"],
    ],
    "a fork was told of before it was known that it began earlier": [
        ["clone_device", 1],
        ["write", 2, 7, 0],
        ["write", 0, 1, 0],
        ["relive", 2, 3, "twice"],
        ["strand", 0, 0, 1, 4, "at the server", "redact"],
        ["write", 1, 1, 0],
        ["crash_device", 2, 29, "write"],
        ["back_up_server", 1],
        ["sync", 1, "none", "none", "late"],
        ["relive", 3, 6, "none"],
        ["put_server_back", 1],
        ["sync", 2, "none", "none", "none"],
        ["write", 0, 4, 0],
        ["relive", 1, 4, "lose"],
        ["relive", 3, 1, "twice"],
    ],
    "a redaction took words out of what had the same counter and had seen something else": [
        ["strand", 1, 0, 1, 9, "at the server", "nothing"],
        ["join", "late", "proxy", "none", "twice"],
        ["write", 3, 1, 0],
        ["strand", 0, 3, 0, 0, "everywhere", "write"],
        ["strand", 3, 2, 1, 12, "everywhere", "redact"],
        ["ask", 0, 0, 0, "twice"],
    ],
    "a server that had learned to read more gave out what it had made before": [
        ["relive", 1, 1, "none"],
        ["write", 1, 6, 0],
        ["join", "drop", "none", "twice", "none"],
        ["back_up_server", 0],
        ["relive", 2, 10, "none"],
        ["ask", 0, 2, 1, "lose"],
        ["sync", 1, "none", "none", "none"],
        ["ask", 1, 11, 1, "none"],
        ["join", "none", "none", "proxy", "none"],
        ["put_both_back", 2, 0],
        ["write", 2, 5, 0],
        ["sync", 2, "none", "twice", "none"],
        ["sync", 1, "none", "none", "none"],
    ],
    "a server was put back again while a device gave back what it had lost before": [
        ["back_up_server", 1],
        ["write", 1, 10, 0],
        ["fail_server", 1, 37],
        ["back_up_server", 0],
        ["fill_server_disk", 0],
        ["put_server_back", 0],
        ["sync", 1, "none", "none", "proxy"],
        ["two_at_once", 1, "restore", 3],
    ],
    "a device that went on said again that words were taken out of what nobody has": [
        ["strand", 2, 0, 0, 12, "at the server", "redact"],
        ["replace_device", 0, "lose", "none", "none", "late"],
        ["sync", 2, "none", "late", "none"],
        ["put_server_back", 0],
        ["write", 2, 1, 0],
    ],
    "a redaction named by a counter what nobody can tell from what a lost branch had there": [
        ["upgrade_device", 0],
        ["strand", 2, 1, 1, 7, "everywhere", "write"],
        ["strand", 1, 0, 0, 11, "everywhere", "redact"],
        ["strand", 1, 0, 1, 3, "at the server", "redact"],
    ],
    "a redaction that was said again was refused at once, and stood in no log": [
        ["ask", 1, 4, 0, "lose"],
        ["ask", 0, 0, 0, "none"],
        ["write", 3, 11, 1],
        ["ask", 1, 10, 0, "none"],
        ["ask", 1, 6, 1, "proxy"],
        ["relive", 1, 10, "none"],
        ["ask_again", 1],
        ["write", 3, 9, 1],
        ["copy_device", 3],
        ["write", 3, 2, 1],
        ["fail_device", 2, 37, "write"],
        ["write", 2, 10, 0],
        ["strand", 3, 0, 1, 1, "everywhere", "nothing"],
        ["write", 0, 0, 1],
        ["redact", 0, 0, 0],
        ["write", 0, 10, 1],
        ["strand", 1, 3, 1, 1, "at the server", "redact"],
        ["put_device_back", 0],
        ["write", 1, 7, 1],
        ["write", 0, 6, 0],
        ["ask", 1, 3, 0, "twice"],
        ["put_server_back", 1],
        ["write", 0, 9, 1],
    ],
    "a redaction that had not seen its target was refused, and said again": [
        ["fill_server_disk", 0],
        ["back_up_server", 1],
        ["ask", 0, 4, 0, "none"],
        ["fill_server_disk", 0],
        ["put_server_back", 1],
        ["strand", 3, 1, 0, 9, "everywhere", "redact"],
        ["ask", 0, 12, 1, "late"],
        ["put_server_back", 0],
    ],
}
"""What once went wrong, made short."""
SEEDS = {
    "a snapshot lacked an event that only the device itself had": 171,
    "words were taken out of a snapshot, and stood in a row that was moved": 265,
    "a redaction was lost, and what it left of an event was not": 539,
    "words that were taken out under another name came back from a device that went on": 205,
    "all that a device knew seemed replaced by what took the counters of a lost branch": 959,
    "a redaction took words out of what had the same counter on a lost branch": 312463646,
    "a change that had lost some of its words was dropped by a device that went on": 312464322,
    "a redaction took words out of what had the same counter on a lost branch that was longer by one": 439135319,
    "two branches that look the same in one place were taken for one": 961807480,
    "pages that a sync had asked for ahead were on their way when it had failed": 387066337,
    "a fork was told of before it was known that it began earlier": 844184993,
    "a redaction took words out of what had the same counter and had seen something else": 844184994,
    "a server that had learned to read more gave out what it had made before": 844185619,
    "a server was put back again while a device gave back what it had lost before": 844186510,
    "a device that went on said again that words were taken out of what nobody has": 619800759,
    "a redaction named by a counter what nobody can tell from what a lost branch had there": 770724121,
    "a redaction that was said again was refused at once, and stood in no log": 770725441,
    "a redaction that had not seen its target was refused, and said again": 67485595,
}
"""Of those where the ids matter, whose they are; of the others it is 0."""


@pytest.mark.parametrize("name", REGRESSIONS)
def test_what_once_went_wrong_goes_right(name: str) -> None:
    assert run(REGRESSIONS[name], SEEDS.get(name, 0))["events"], "what held is not nothing"


NOTICED_BY = {
    "what can't be read counts as seen": 11,
    "the server keeps words in a snapshot": 40,
    "archives keep words": 5,
    "a device keeps words in the snapshot that it began from": 12,
    "a device keeps words in its log": 4,
    "the server takes words out of another event": 4,
    "a redaction goes by a counter that means another event by now": 24,
    "a file from which words were taken out is left as it is": 5,
    "what a snapshot is without stays where it was before": 27,
    "the log under a snapshot is taken on trust": 27,
}
"""Where the first seeds do not show it: the one that did, to be tried before all others."""


UNFIT = (AttributeError, NameError, TypeError)
"""What a change to a rule throws that does not fit into the code any more: it breaks no rule."""


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_rule_is_noticed(name: str, caplog: pytest.LogCaptureFixture) -> None:
    def noticed(seed: int) -> bool:
        try:
            run(random_schedule(seed), seed)
        except UNFIT:
            raise
        except Exception:
            return True
        return False

    with broken(MUTATIONS[name]):
        assert any(noticed(seed) for seed in (NOTICED_BY.get(name, 0), *range(NOTICED_WITHIN)))
    assert not [one for one in caplog.records if one.exc_info and isinstance(one.exc_info[1], UNFIT)]


def test_the_same_seed_gives_the_same_again() -> None:
    assert run(random_schedule(11), 11) == run(random_schedule(11), 11)


def test_a_failing_schedule_is_made_short() -> None:
    steps = random_schedule(3)
    steps.insert(len(steps) // 2, ["relive", 0, 0, "none"])
    wanted = ["relive", 0, 0, "none"]
    assert shrink(steps, lambda fewer: wanted in fewer, for_s=10) == [wanted]
    assert as_text([wanted]) == '[\n["relive", 0, 0, "none"]\n]\n'
