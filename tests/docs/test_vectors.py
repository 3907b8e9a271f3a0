"""The golden files in `tests/vectors` against the code. They are played and never written here."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.envelope import Event
from milepost.events.forms import FORMS
from milepost.journal import State
from tests.golden import files, forms, merging
from tests.golden.files import FILES, kept
from tests.golden.making import JOURNAL, Case, decoded

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
PLAYED = [(module, case) for module in FILES for case in kept(module)]
WORDS = {"detail", "reason", "rejected"}
"""What is told to people, and may be put better at any time."""


def without_words(value: Any, dropped: set[str]) -> Any:
    """The same without some fields, bodies that are JSON included."""
    if isinstance(value, dict):
        return {name: without_words(inner, dropped) for name, inner in value.items() if name not in dropped}
    if isinstance(value, list):
        return [without_words(inner, dropped) for inner in value]
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return without_words(json.loads(value), dropped)
        except json.JSONDecodeError:
            return value
    return value


def same(case: Case, now: Case) -> bool:
    """Whether the code still gives what a case says: every byte, but for words to people and what is hashed of them."""
    if case == now:
        return True
    dropped = WORDS | ({"chain"} if "rejected" in json.dumps(case) else set())
    if case.get("at_least"):
        return contains(without_words(now, dropped), without_words(case, dropped))
    return bool(without_words(case, dropped) == without_words(now, dropped))


def contains(now: Any, least: Any) -> bool:
    """Whether objects have all the fields that they had, with the values that they had."""
    if isinstance(least, dict):
        return isinstance(now, dict) and all(name in now and contains(now[name], least[name]) for name in least)
    if isinstance(least, list):
        return len(now) == len(least) and all(map(contains, now, least))
    return bool(now == least)


@pytest.mark.parametrize(("module", "case"), PLAYED, ids=[f"{module.FILE}: {case['about']}" for module, case in PLAYED])
def test_the_code_gives_what_a_golden_case_says(module: ModuleType, case: Case) -> None:
    now = module.played(case)
    assert same(case, now), json.dumps(now, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("module", FILES, ids=lambda module: module.FILE)
def test_a_file_has_all_cases_each_under_a_name_of_its_own(module: ModuleType) -> None:
    names = [case["about"] for case in kept(module)]
    assert len(names) == len(set(names))
    assert {case["about"] for case in module.CASES} <= set(names), "`python -m tests.golden` adds what is not there"


def test_every_text_has_the_form_it_is_a_case_of_or_has_not() -> None:
    found = {case["about"]: case["holds"] for case in kept(forms)}
    assert found == {**found, **forms.meant()}
    assert {case["form"] for case in kept(forms)} == set(FORMS)


def test_every_file_is_described() -> None:
    names = {path.name for path in files.VECTORS.glob("*.json")}
    assert {name for name in names if f"`{name}`" not in DOCUMENT} == set()
    assert {module.FILE for module in FILES} | {"digest_and_chain.json"} == names


@given(st.sampled_from(kept(merging)), st.data())
def test_every_causal_order_gives_the_state_of_a_case(case: Case, data: st.DataObject) -> None:
    waiting, state = decoded(case["events"]), State(JOURNAL)
    contexts: dict[str, dict[str, int]] = {}
    while waiting:
        ready = [event for event in waiting if may_follow(event, state, contexts)]
        chosen = data.draw(st.sampled_from(ready), label="next")
        waiting.remove(chosen)
        contexts.setdefault(chosen.device, {}).update(chosen.seen)
        state.apply(chosen)
    found = merging.expected(state)
    assert sorted(found.pop("unread")) == sorted(case["expected"]["unread"])
    assert found == {name: value for name, value in case["expected"].items() if name != "unread"}


def may_follow(event: Event, state: State, contexts: dict[str, dict[str, int]]) -> bool:
    context = {**contexts.get(event.device, {}), **event.seen}
    return event.n == state.counter(event.device) + 1 and all(state.counter(d) >= n for d, n in context.items())


def test_words_to_people_may_change_and_nothing_else() -> None:
    (case,) = [case for case in kept(files.logs) if "goes on from the stub" in case["about"]]
    text = json.dumps(case)
    assert same(case, json.loads(text.replace("must be words of", "has to be words of")))
    assert not same(case, json.loads(text.replace('"outcome": "rejected"', '"outcome": "stored"')))
    (told,) = [case for case in kept(files.wire) if case.get("at_least")]
    text = json.dumps(told)
    assert same(told, json.loads(text.replace('{\\"journal.opened\\":1', '{\\"dream.told\\":1,\\"journal.opened\\":1')))
    assert not same(told, json.loads(text.replace('\\"journal.opened\\":1', '\\"journal.opened\\":2')))
    assert not same(told, json.loads(text.replace('\\"push_events\\":500,', "")))
