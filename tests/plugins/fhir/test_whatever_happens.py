"""Whatever a person writes, others write there, and goes wrong between: in the end the record is as the journal is."""

from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.plugin_api import Change, Done, Removed
from milepost.testing import Fault
from milepost_fhir import Fhir
from tests.plugins.fhir.records import Connected
from tests.plugins.fhir.servers import FhirServer

NOTE = {"text": "theirs"}
STEPS = st.one_of(
    st.tuples(st.just("title"), st.sampled_from(["Walk", "Rest", "Speak"])),
    st.tuples(st.just("status"), st.sampled_from(["active", "paused", "achieved"])),
    st.tuples(st.just("step"), st.sampled_from(["Ask", "Go out"])),
    st.tuples(st.just("drop"), st.none()),
    st.tuples(st.just("check in"), st.none()),
    st.tuples(st.just("their note"), st.none()),
    st.tuples(st.just("their status"), st.sampled_from(["on-hold", "completed"])),
    st.tuples(st.just("state lost"), st.none()),
    st.tuples(st.just("most"), st.integers(1, 6)),
    st.tuples(
        st.just("fault"), st.tuples(st.sampled_from(["503", "timeout", "429"]), st.integers(1, 4), st.booleans())
    ),
)


class World(Connected):
    """A connection, its host's patience with it, and somebody else at the server."""

    gone: tuple[Change, ...] = ()
    fault: Fault | None = None

    def do(self, what: str, value: Any) -> None:
        journal = self.journal
        steps = [one for kind, one in journal.entities({"milestone"})]
        if what == "title" and journal.entity("goal", self.rest).title != value:  # type: ignore[union-attr]
            journal.change("goal", self.rest, title=value)
        elif what == "status" and journal.entity("goal", self.rest).status != value:  # type: ignore[union-attr]
            journal.change("goal", self.rest, status=value)
        elif what == "step":
            journal.milestone(self.rest, value)
        elif what == "drop" and steps:
            journal.take_back("milestone", steps[-1])
            self.gone = (*self.gone, Removed(kind="milestone", id=steps[-1], key=steps[-1]))
        elif what == "check in":
            journal.checkin(self.rest, note="so so")
        elif what in {"their note", "their status"} and (there := self.there()) is not None:
            self.server.change(there, **({"note": [NOTE]} if what == "their note" else {"lifecycleStatus": value}))
        elif what == "state lost":
            self.host.state.clear()
            self.host.state.keep()
        elif what == "most":
            self.server.rule(entries=value)
        elif what == "fault":
            kind, at, after = value
            self.fault = Fault(kind, at, after=after)

    def there(self) -> dict[str, Any] | None:
        return next((one for one in self.server.all("Goal") if "addresses" not in one), None)

    def settle(self, *, first: bool = False) -> None:
        """All of it goes out, and what comes in is seen; what went wrong is tried again, as the host does."""
        changes = [*self.changes(reason="new" if first else "again"), *self.gone]
        self.host.fault, self.fault = self.fault, None
        for _ in range(12):
            try:
                answers = self.host.push(Fhir(), changes)
                self.host.fault = None
                if {type(one) for one in answers} <= {Done}:
                    self.host.pull(Fhir())
                    return
            except httpx.HTTPError:
                self.host.fault = None
        raise AssertionError(f"it never comes to an end: {answers}")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(STEPS, max_size=4), min_size=1, max_size=4))
def test_in_the_end_the_record_is_as_the_journal_is(server: FhirServer, rounds: list[list[tuple[str, Any]]]) -> None:
    server.empty()
    world = World(server)
    world.settle(first=True)
    noted = False
    for steps in rounds:
        for what, value in steps:
            world.do(what, value)
            noted = noted or what == "their note"
        world.settle()
    world.settle()
    disturbed = server.seen()
    names = [f"{one['resourceType']} {one['id']}" for one in server.all()]
    assert len(disturbed) == len(names), "nothing is there twice"
    there = world.there()
    assert there is not None
    assert (there.get("note") == [NOTE]) == noted, "what others wrote is still there"

    server.empty()
    fresh = Connected.__new__(World)
    fresh.__dict__.update({**world.__dict__, "gone": ()})
    fresh.host.state.clear()
    fresh.host.state.keep()
    fresh.settle(first=True)
    undisturbed = server.seen()
    for one in disturbed.values():
        if one.get("note") == [NOTE]:
            del one["note"]
    assert disturbed == undisturbed
