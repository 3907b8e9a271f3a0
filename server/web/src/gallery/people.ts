/** Plainly fictional people and their goals, for looking at the screens. None of it is part of the app. */

import type {
  BriefShown, Change, ConflictsShown, GoalLine, GoalShown, HelpShown, PlanShown, Point, SettingsShown, TodayShown,
} from "../app/screens/shown";

export const ON = "2031-03-13";
const ASKED = { low: 0, high: 10, lowWords: "very hard", highWords: "comes easily" };
const PICNIC = { id: "t1", text: "The row about the picnic with the talking geese" };

export const GOAL_LINES: readonly GoalLine[] = [
  { id: "g1", title: "Say what I need, even to the dragon next door", status: "active", first: "2", latest: "6", steps: { reached: 1, all: 3 } },
  { id: "g2", title: "Sleep without going over the day on the moon ferry", status: "active", lastWords: "Woke once, and was not cross about it." },
  { id: "g3", title: "Walk down to the harbour", status: "active", due: "2031-03-16", steps: { reached: 2, all: 2 }, first: "1", latest: "3 times a week" },
];
export const LATER: readonly GoalLine[] = [
  { id: "g4", title: "Learn to row the cloud boat", status: "later" },
  { id: "g5", title: "Ask for Tuesdays off at the marmalade works", status: "later" },
];
export const PAST: readonly GoalLine[] = [
  { id: "g6", title: "Answer the owl post within a week", status: "achieved", first: "3", latest: "8" },
  { id: "g7", title: "Be liked by every goose", status: "let_go", lastWords: "They are geese." },
];

export const TODAY: TodayShown = {
  on: ON,
  subjects: [
    { id: "g1", title: "Say what I need, even to the dragon next door", asked: ASKED },
    { id: "g2", title: "Sleep without going over the day on the moon ferry", asked: null },
    { id: "g3", title: "Walk down to the harbour", asked: { ...ASKED, low: 0, high: 7, lowWords: "", highWords: "" }, saidToday: { id: "c0", on: ON, number: "3" } },
  ],
  practices: [
    { id: "p1", title: "Ten slow breaths by the window", minutes: 5 },
    { id: "p2", title: "One sentence that begins with “I would like”", done: true },
  ],
  near: [
    { id: "m2", goal: "g1", title: "Tell the dragon that Sundays are too much", due: "2031-03-16" },
    { id: "g3", goal: "g3", title: "Walk down to the harbour", due: "2031-03-25" },
  ],
  session: { id: "s1", start: "2031-03-18T16:30", who: "Dr Ito" },
  topics: [PICNIC, { id: "t2", text: "Whether the harbour still scares me", by: "Dr Ito" }],
  toSettle: 0,
  proposals: 1,
};

const POINTS: readonly Point[] = [
  ["2030-12-28", 2], ["2031-01-04", 3], ["2031-01-11", 2], ["2031-01-20", 3], ["2031-01-29", 4], ["2031-02-06", 4],
  ["2031-02-15", 5], ["2031-02-24", 4], ["2031-03-03", 6], ["2031-03-10", 6],
].map(([on, value]) => ({ on: String(on), value: Number(value) }));

const HISTORY: readonly Change[] = [
  { id: "h2", on: "2031-02-10", field: "title", before: "Say what I need, even when it is hard", after: "Say what I need, even to the dragon next door", reason: "It is mostly about the dragon." },
  { id: "h1", on: "2031-01-20", field: "why", before: "", after: "Because I go quiet, and then I am cross for a week.", by: "you" },
];

export const GOAL: GoalShown = {
  on: ON,
  id: "g1",
  title: "Say what I need, even to the dragon next door",
  status: "active",
  why: "Because I go quiet, and then I am cross for a week and **nobody knows why**.\n\nThe dragon least of all.",
  looksLike: "- I say one sentence on the same day.\n- I can hear a no and stay in the room.",
  due: "2031-05-30",
  steps: [
    { id: "m1", title: "Write down three things I need", status: "reached", on: "2031-02-02" },
    { id: "m2", title: "Tell the dragon that Sundays are too much", status: "planned", due: "2031-03-16" },
    { id: "m3", title: "Ask for a day off at the marmalade works", status: "planned" },
  ],
  practices: [{ id: "p2", title: "One sentence that begins with “I would like”", when: "every day", minutes: 2 }],
  progress: {
    words: "It began at 2. Now it is 6. Lately it has been getting better.",
    series: [{ low: 0, high: 10, points: POINTS }],
    marks: [
      { on: "2031-02-02", kind: "step", words: "Reached: Write down three things I need" },
      { on: "2031-02-10", kind: "revised", words: "Other words for the goal" },
    ],
  },
  thenNow: {
    first: { on: "2030-12-28", text: "I said nothing, and swept the chimney instead." },
    latest: { on: "2031-03-10", text: "Said it at once, and the ceiling is still there." },
  },
  asked: ASKED,
  checkins: [
    { id: "c3", on: "2031-03-10", number: "6", note: "Said it at once, and the ceiling is still there." },
    { id: "c2", on: "2031-03-03", number: "6" },
    { id: "c1", on: "2031-02-24", number: "4", note: "Wrote it on paper first." },
  ],
  history: HISTORY,
  toSettle: 0, proposed: 1,
};

export const BARE_GOAL: GoalShown = {
  on: ON, id: "g2", title: "Sleep without going over the day on the moon ferry", status: "active", steps: [],
  practices: [], asked: null, checkins: [], history: [], toSettle: 0, proposed: 0,
};

export const PLAN: PlanShown = {
  signs: "I stop opening the curtains. I count the geese twice.",
  helps: "- Cold water on my wrists\n- The long playlist\n- Feeding the cloud fish",
  people: "Sam Example +1 555 0100, any time before ten\n\nAunt Fable +1 555 0101",
  places: "The library with the green lamps.",
};

export const HELP: HelpShown = {
  plan: PLAN,
  region: "GB", emergency: "999",
  lines: [
    { region: "GB", name: "A made-up line that listens", by: "call", numbers: ["555 0100", "555 0102"], word: "", hours: "day and night", source: "example.org" },
    { region: "DE", name: "Eine erfundene Nummer", by: "text", numbers: ["555 0101"], word: "HALLO", hours: "8–22 Uhr", source: "example.org" },
  ],
  asOf: "2031-01-01",
};

export const BRIEF: BriefShown = {
  session: { id: "s1", start: "2031-03-18T16:30", who: "Dr Ito" },
  since: "2031-03-11",
  topics: TODAY.topics,
  goals: [
    { title: "Say what I need, even to the dragon next door", words: "It began at 2. Now it is 6.", changes: ["Reached: Write down three things I need"] },
    { title: "Sleep without going over the day on the moon ferry", words: "Said in words: “Woke once, and was not cross about it.”", changes: [] },
  ],
  proposed: ["Dr Ito proposes other words for a goal: Fly past the lighthouse"],
  worthTalkingAbout: ["Walking down to the harbour has been harder lately."],
  takeaway: "One sentence, on the same day.",
};

export const CONFLICTS: ConflictsShown = {
  on: ON,
  conflicts: [{
    id: "g1.title", title: "Say what I need, at once", about: "The goal", inWords: true,
    versions: [
      { write: "w1", words: "Say what I need, at once", by: "You", device: "phone", on: "2031-03-12" },
      { write: "w2", words: "Say what I need, kindly", by: "You", device: "laptop", on: "2031-03-12" },
    ],
  }],
  elsewhere: 1,
};

export const SETTINGS: SettingsShown = { language: "", theme: "system", timeZone: "Europe/Berlin", discreet: false, region: "" };
