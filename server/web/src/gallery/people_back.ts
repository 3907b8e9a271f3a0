/** What made-up people look back on, for looking at the screens. None of it is part of the app. */

import type { Abouts, ReflectionShown } from "../app/parts/reflections";
import type { EndingShown } from "../app/screens/ending";
import type { GoalEditsShown } from "../app/screens/goal_edits";
import type { ReflectionsShown } from "../app/screens/reflections";
import type { OneSessionShown } from "../app/screens/session";
import type { SessionsShown } from "../app/screens/sessions";
import type { TimelineShown } from "../app/screens/timeline";
import { GOAL, ON, PLAN, TODAY } from "./people";

const DRAGON = { id: "g1", title: "Say what I need, even to the dragon next door" };
const HARBOUR = { id: "g3", title: "Walk down to the harbour" };

export const TIMELINE: TimelineShown = {
  on: ON,
  hasEarlier: true,
  entries: ([
    { on: "2031-04-01", kind: "session", id: "s4", title: "The round house", became: "planned", at: "16:30", zone: "Pacific/Apia" },
    { on: "2031-03-25", kind: "goal", id: "g3", title: HARBOUR.title, became: "due", goals: [HARBOUR] },
    { on: "2031-03-18", kind: "session", id: "s1", title: "", became: "planned", at: "16:30" },
    { on: "2031-03-16", kind: "milestone", id: "m2", title: "Tell the dragon that Sundays are too much", became: "due", goals: [{ id: "g1", title: "Tell the dragon that Sundays are too much" }] },
    { on: ON, kind: "checkin", id: "c9", title: "", became: "said", count: 2, goals: [DRAGON, HARBOUR] },
    { on: "2031-03-11", kind: "session", id: "s0", title: "The round house", became: "held", at: "16:30" },
    { on: "2031-03-11", kind: "reflection", id: "r1", title: "One sentence, on the same day.", became: "written" },
    { on: "2031-03-10", kind: "checkin", id: "c3", title: "", became: "said", goals: [DRAGON] },
    { on: "2031-02-20", kind: "assessment", id: "f1", title: "goose-7", became: "filled_in" },
    { on: "2031-02-02", kind: "milestone", id: "m1", title: "Write down three things I need", became: "reached", goals: [{ id: "g1", title: "Write down three things I need" }] },
    { on: "2030-12-28", kind: "goal", id: "g1", title: DRAGON.title, became: "written", goals: [DRAGON] },
  ] as const).map((one) => ({ key: `${one.id} ${one.became}`, count: 1, ...one })),
};

const OF_SESSION: ReflectionShown = {
  id: "r1", on: "2031-03-11", mine: true,
  words: { text: "I noticed that I *wait to be asked*.\n\nThe goose never does.", takeaway: "One sentence, on the same day.", about: "session s9" },
};
const WAIT: ReflectionShown = { ...OF_SESSION, session: { id: "s9", start: "2031-03-04T16:30" } };
const FEW: readonly ReflectionShown[] = [
  WAIT,
  { id: "r2", on: "2031-03-02", mine: true, words: { text: "The harbour was empty, and so was I, in a good way.", takeaway: "", about: "goal g3" }, goal: HARBOUR },
  { id: "r4", on: "2031-02-20", mine: true, words: { text: "I sweep the chimney although it is clean.", takeaway: "", about: "" }, ending: "signs" },
  { id: "r3", on: "2031-02-18", mine: false, by: "Dr Ito", words: { text: "You said it before I had finished asking.", takeaway: "", about: "" } },
];
const ABOUTS: Abouts = { goals: [DRAGON, HARBOUR], sessions: [{ id: "s9", start: "2031-03-04T16:30" }] };

export const REFLECTIONS: ReflectionsShown = { on: ON, reflections: FEW, abouts: ABOUTS };
export const MANY_REFLECTIONS: ReflectionsShown = {
  on: ON,
  abouts: ABOUTS,
  reflections: Array.from({ length: 45 }, (_, at) => ({
    id: `r${at}`, on: "2031-01-15", mine: true, words: { text: `A day by the water, number ${45 - at}.`, takeaway: at % 2 ? "" : "The geese come back.", about: "" },
  })),
};

export const SESSIONS: SessionsShown = {
  on: ON,
  next: { id: "s1", start: "2031-03-18T16:30", who: "Dr Ito", place: "The round house" },
  topics: TODAY.topics,
  coming: [
    { id: "s2", start: "2031-03-25T16:30", place: "The round house", status: "cancelled" },
    { id: "s3", start: "2031-04-01T16:30", place: "The round house", status: "planned" },
  ],
  series: [
    { id: "e1", start: "2031-01-07T16:30", rhythm: "every week", words: { day: "2031-02-20", time: "16:30", minutes: "50", place: "", every: "" }, place: "The round house" },
    { id: "e2", start: "2030-06-04T10:00", rhythm: "every 2 weeks", words: { day: "2031-02-20", time: "10:00", minutes: "50", place: "", every: "" }, ended: "2030-12-20" },
  ],
  past: [
    { id: "s0", start: "2031-03-11T16:30", who: "Dr Ito", status: "planned", reflections: [] },
    { id: "s9", start: "2031-03-04T16:30", who: "Dr Ito", status: "held", reflections: [OF_SESSION] },
  ],
};

const WHEN = { day: "2031-03-11", time: "16:30", minutes: "50", place: "The round house", every: "" };
export const SESSION: OneSessionShown = {
  on: ON, id: "s0", start: "2031-03-11T16:30", place: "The round house", minutes: 50, status: "held", hasCome: true, words: WHEN,
  reflections: [OF_SESSION],
  alliance: {
    others: true, private: true,
    said: [
      { id: "l1", on: "2031-03-11", bond: 8, goals: 3, tasks: null, note: "We talked about the marmalade works the whole time.", shared: false },
      { id: "l2", on: "2031-03-12", bond: 7, goals: null, tasks: 6, note: "", shared: true },
    ],
  },
};
export const SESSION_TO_COME: OneSessionShown = {
  on: ON, id: "s3", start: "2031-04-01T16:30", zone: "Pacific/Apia", status: "planned", hasCome: false, words: { ...WHEN, day: "2031-04-01" },
  reflections: [], alliance: { others: false, private: true, said: [] },
};
export const SESSION_ALONE: OneSessionShown = {
  ...SESSION, status: "planned", reflections: [], alliance: { others: true, private: false, said: [] },
};

export const GOAL_EDITS: GoalEditsShown = {
  on: ON,
  goal: "g1",
  steps: [
    ...GOAL.steps.map(({ id, title, status, due = "" }) => ({ id, status, words: { title, due } })),
    { id: "m9", status: "dropped", words: { title: "Shout it over the fence", due: "" } },
  ],
  practices: [
    { id: "p2", status: "active", words: { title: "One sentence that begins with “I would like”", recurrence: "FREQ=WEEKLY;BYDAY=MO,TH", minutes: "2" } },
    { id: "p3", status: "paused", words: { title: "Rowing in the bath", recurrence: "FREQ=MONTHLY;BYMONTHDAY=1", minutes: "" } },
  ],
  said: GOAL.checkins.map(({ id, on, number, note = "" }) => ({ id, on, asked: GOAL.asked, words: { value: number ? Number(number) : null, note } })),
};

export const ENDING: EndingShown = {
  on: ON,
  own: {
    helped: "- Saying it on the same day\n- Being laughed *with*",
    signs: "I sweep the chimney although it is clean.",
  },
  helps: [{ id: "g1", title: DRAGON.title, text: "Writing it on paper first." }],
  plan: PLAN,
  takeaways: [
    { id: "r8", on: "2030-11-02", text: "Nobody has to be liked by a goose." },
    { id: "r1", on: "2031-03-11", text: "One sentence, on the same day." },
  ],
  thenNow: [
    {
      id: "g1", title: DRAGON.title, put: "Say what I need, even when it is hard",
      first: { on: "2030-12-28", text: "I said nothing, and swept the chimney instead." },
      latest: { on: "2031-03-10", text: "Said it at once, and the ceiling is still there." },
    },
  ],
  goals: [
    { id: "g6", title: "Answer the owl post within a week", status: "achieved", reflection: "The owl is patient, it turns out." },
    { id: "g3", title: HARBOUR.title, status: "open" },
    { id: "g7", title: "Be liked by every goose", status: "let_go", reflection: "They are geese." },
  ],
};
