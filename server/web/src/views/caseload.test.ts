import { expect, test } from "vitest";
import { formatHlc } from "../core/clock";
import { fold } from "../core/journal";
import { byNextSession, caseOf } from "./caseload";

const [JOURNAL, DEVICE, ME, THEM] = ["1", "2", "3", "4"].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`) as [string, string, string, string];
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const HELD = Date.UTC(2026, 11, 1, 10);
const DAY = 86_400_000;
const START = { at: "2026-12-01T10:00:00", time_zone: "UTC" };

type Wrote = readonly [at: number, actor: string, type: string, fields: object];

function journal(...wrote: Wrote[]) {
  return fold(JOURNAL, wrote.map(([at, actor, type, fields], i) => ({ device: DEVICE, n: i + 1, hlc: formatHlc(at), actor, type, data: JSON.stringify(fields) })));
}

test("a case has what others wrote since the last session, and nothing of how the work together feels", () => {
  const state = journal(
    [HELD - 2 * DAY, THEM, "topic.added", { id: id(1), text: "Before" }],
    [HELD - DAY, ME, "session.scheduled", { id: id(2), start: START }],
    [HELD + DAY, THEM, "topic.added", { id: id(3), text: "After" }],
    [HELD + 2 * DAY, THEM, "alliance.recorded", { id: id(4), on: "2026-12-03", bond: 3 }],
    [HELD + 2 * DAY, ME, "topic.added", { id: id(5), text: "Mine" }],
  );
  const found = caseOf(state, ME, "2026-12-04", HELD + 3 * DAY);
  expect([found.topics, found.news, found.newest]).toEqual([3, 1, HELD + DAY]);
  expect([found.last?.start, found.next]).toEqual([START, undefined]);
});

test("where there was no session yet, all that others wrote is news", () => {
  const state = journal([HELD, THEM, "topic.added", { id: id(1), text: "First" }], [HELD + 1, THEM, "topic.status_changed", { id: id(1), status: "dropped", on: "2026-12-01" }]);
  expect(caseOf(state, ME, "2026-12-04", HELD + DAY)).toMatchObject({ topics: 0, news: 2, last: undefined });
});

test("cases stand by their next session and then by name, and by nothing else", () => {
  const cases = [
    { id: "a", title: "B" },
    { id: "b", title: "A" },
    { id: "c", title: "Z", next: { start: "2026-12-09T10:00" } },
    { id: "d", title: "Y", next: { start: "2026-12-02T10:00" } },
  ];
  expect(cases.sort(byNextSession).map((one) => one.id)).toEqual(["d", "c", "b", "a"]);
});
