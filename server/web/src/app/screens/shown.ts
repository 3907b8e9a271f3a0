/** What each screen is shown: plain values, already worked out. Knows no event, no store and no element. */

import type { Example } from "../parts/examples";
import type { Day } from "../words/days";

export type { Day };

/** What somebody may do in the journal that is open; what they may not is not offered. Without it they may do everything. */
export interface May {
  /** Check-ins, a rest, who is in it: what is the owners' alone. */
  readonly own: boolean;
  /** Goals and steps. */
  readonly change: boolean;
  /** Topics, sessions and reflections. */
  readonly talk: boolean;
  /** To propose what they may not change. */
  readonly propose: boolean;
}

export const EVERYTHING: May = { own: true, change: true, talk: true, propose: true };

/** Which of several journals is on the screen, and who else is in it. */
export interface OnScreen {
  readonly id: string;
  readonly title: string;
  readonly others: readonly string[];
  readonly isPrivate: boolean;
  /** The person is in it no more. */
  readonly left?: boolean;
}

/**
 * What a check-in asks for: a number, between ends where there are any. `levels` are five wordings from −2 to +2, and take the
 * place of numbers.
 */
export interface Asked {
  readonly question?: string;
  readonly low?: number;
  readonly high?: number;
  readonly lowWords?: string;
  readonly highWords?: string;
  readonly unit?: string;
  readonly levels?: readonly string[];
}

/** Something a check-in can be about. Without `asked` it is answered in words. */
export interface Subject {
  readonly id: string;
  readonly title: string;
  readonly asked: Asked | null;
  readonly saidToday?: CheckinShown;
}

export interface CheckinShown {
  readonly id: string;
  readonly on: Day;
  /** What was said, if more than a note: a number with its unit, or a level in the words of whoever described it. */
  readonly number?: string;
  readonly level?: string;
  readonly note?: string;
  readonly by?: string;
}

export interface PracticeShown {
  readonly id: string;
  readonly title: string;
  readonly minutes?: number;
  readonly when?: string;
  readonly done?: boolean;
}

export interface TopicShown {
  readonly id: string;
  readonly text: string;
  readonly by?: string;
}

export interface SessionShown {
  readonly id: string;
  readonly start: string;
  readonly who?: string;
  readonly place?: string;
}

export interface NearShown {
  readonly id: string;
  readonly goal: string;
  readonly title: string;
  readonly due: Day;
}

export interface TodayShown {
  readonly on: Day;
  readonly may?: May;
  readonly resting?: { readonly until?: Day };
  readonly subjects: readonly Subject[];
  readonly practices: readonly PracticeShown[];
  readonly near: readonly NearShown[];
  readonly session?: SessionShown;
  readonly topics: readonly TopicShown[];
  readonly toSettle: number;
  readonly proposals: number;
}

export type GoalStatus = "active" | "later" | "paused" | "achieved" | "let_go" | "ended";

export interface GoalLine {
  readonly id: string;
  readonly title: string;
  readonly status: GoalStatus;
  readonly due?: Day;
  /** The first value and the latest, as they are said in a sentence. */
  readonly first?: string;
  readonly latest?: string;
  readonly lastWords?: string;
  readonly steps?: { readonly reached: number; readonly all: number };
}

export interface GoalsShown {
  readonly on: Day;
  readonly may?: May;
  readonly active: readonly GoalLine[];
  readonly later: readonly GoalLine[];
  readonly past: readonly GoalLine[];
}

export interface StepShown {
  readonly id: string;
  readonly title: string;
  readonly status: "planned" | "reached" | "dropped";
  readonly due?: Day;
  readonly on?: Day;
}

export interface Point {
  readonly on: Day;
  readonly value: number;
}

/** One measure's numbers. An earlier measure of the same goal is a line of its own. */
export interface Series {
  readonly question?: string;
  readonly low: number;
  readonly high: number;
  readonly unit?: string;
  /** Five wordings from −2 to 2, where the values are levels. */
  readonly levels?: readonly string[];
  readonly points: readonly Point[];
}

/** Something that happened on a day of the chart. */
export interface Mark {
  readonly on: Day;
  readonly kind: "step" | "revised";
  readonly words: string;
}

export interface ProgressShown {
  readonly words: string;
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
}

/** One change of a goal's wording; `before` is empty where there was nothing. */
export interface Change {
  readonly id: string;
  readonly on: Day;
  readonly field: "title" | "why" | "looks_like" | "helps" | "due";
  readonly before: string;
  readonly after: string;
  readonly by?: string;
  readonly reason?: string;
}

/** The first and the latest words that were written about a goal, on two days. */
export interface ThenNow {
  readonly first: { readonly on: Day; readonly text: string };
  readonly latest: { readonly on: Day; readonly text: string };
}

export interface Hint {
  readonly question: string;
  readonly whyItMayHelp: string;
}

export interface GoalShown {
  readonly on: Day;
  readonly may?: May;
  readonly id: string;
  readonly title: string;
  readonly status: GoalStatus;
  readonly why?: string;
  readonly looksLike?: string;
  readonly helps?: string;
  readonly due?: Day;
  readonly reflection?: string;
  readonly steps: readonly StepShown[];
  readonly practices: readonly PracticeShown[];
  readonly progress?: ProgressShown;
  readonly thenNow?: ThenNow;
  readonly asked: Asked | null;
  readonly checkins: readonly CheckinShown[];
  readonly history: readonly Change[];
  /** The one hint that was asked for; null if there is none to give. */
  readonly hint?: Hint | null;
  readonly toSettle: number;
  /** How many proposals about it wait for an answer. */
  readonly proposed: number;
}

/** A goal's words as they are now. Without an id it is a new one. */
export interface GoalFormShown {
  readonly id?: string;
  /** Others are in the journal, so that it can be proposed to them: `only` that, where somebody may not change goals. */
  readonly proposes?: "only" | "also";
  readonly words: GoalWords;
  /** Goals to begin from, once they were asked for. */
  readonly examples?: readonly Example[];
}

/** How a goal is followed, as the form holds it; numbers as they were typed. `levels` go from −2 to 2. */
export interface Follow {
  readonly how: "words" | "number" | "amount" | "levels" | "other";
  readonly question: string;
  readonly low: string;
  readonly high: string;
  readonly lowWords: string;
  readonly highWords: string;
  readonly unit: string;
  readonly levels: readonly string[];
  readonly target: string;
  readonly better: "up" | "down" | "keep";
}

/** Something to do again and again; `recurrence` is the value of an RRULE. */
export interface PracticeWords {
  readonly title: string;
  readonly recurrence: string;
  readonly minutes: number | null;
}

/** The words of a goal. An empty one is not given. */
export interface GoalWords {
  readonly title: string;
  readonly why: string;
  readonly looksLike: string;
  readonly helps: string;
  /** Steps and practices of a new goal; an empty one is left out. */
  readonly steps: readonly string[];
  readonly practices: readonly PracticeWords[];
  /** The area and the kind of the example that it began from, and what that asks about the reason. */
  readonly area: string;
  readonly kind: "" | "open" | "smart";
  readonly whyPrompt: string;
  readonly follow: Follow;
  readonly due: string;
  readonly importance: number | null;
  readonly confidence: number | null;
}

const IN_WORDS: Follow = {
  how: "words", question: "", low: "0", high: "10", lowWords: "", highWords: "", unit: "", levels: ["", "", "", "", ""], target: "", better: "up",
};

export const NO_WORDS: GoalWords = {
  title: "", why: "", looksLike: "", helps: "", steps: [""], practices: [], area: "", kind: "", whyPrompt: "", follow: IN_WORDS, due: "", importance: null, confidence: null,
};

export const PLAN_PARTS = ["signs", "helps", "people", "places"] as const;
export type PlanPart = (typeof PLAN_PARTS)[number];
export type PlanShown = Readonly<Partial<Record<PlanPart, string>>>;

export interface HelpLine {
  readonly region: string;
  readonly name: string;
  /** How it is reached, at which numbers, and by which word where one is sent; where it is otherwise, `word` says how. */
  readonly by: "call" | "text" | "call_or_text" | "other";
  readonly numbers: readonly string[];
  readonly word: string;
  readonly hours: string;
  readonly source: string;
}

export interface HelpShown {
  readonly plan: PlanShown;
  /** What else was written at the same time as what the plan shows, and waits to be settled. */
  readonly also?: readonly string[];
  /** The country that was chosen on this device, as in `GB`. */
  readonly region: string;
  /** The number that is called there where somebody is in danger. */
  readonly emergency?: string;
  readonly lines: readonly HelpLine[];
  readonly asOf: Day;
}

/** A brief, to be read before a session or printed. */
export interface BriefShown {
  readonly session: SessionShown;
  readonly since: Day;
  readonly topics: readonly TopicShown[];
  readonly goals: readonly { readonly title: string; readonly words: string; readonly changes: readonly string[] }[];
  readonly worthTalkingAbout: readonly string[];
  /** What is proposed and waits for an answer. */
  readonly proposed: readonly string[];
  readonly takeaway?: string;
}

export interface Version {
  readonly write: string;
  readonly words: string;
  readonly by: string;
  readonly device: string;
  readonly on: Day;
}

export interface ConflictShown {
  readonly id: string;
  readonly title: string;
  /** Which part of it, in words. */
  readonly about: string;
  /** A third wording can take the place of all. */
  readonly inWords: boolean;
  /** The person may look at it, and not choose. */
  readonly readOnly?: boolean;
  readonly versions: readonly [Version, Version, ...Version[]];
}

export interface ConflictsShown {
  readonly on: Day;
  readonly conflicts: readonly ConflictShown[];
  /** How many more there are that only the terminal can settle. */
  readonly elsewhere: number;
}

export interface SettingsShown {
  /** Empty where the device's own counts. */
  readonly language: string;
  readonly theme: "system" | "light" | "dark";
  readonly timeZone: string;
  /** No words of the person's in titles and notices. */
  readonly discreet: boolean;
  /** The country whose lines are shown on Help now; empty until one was chosen. */
  readonly region: string;
  readonly resting?: { readonly until?: Day };
  /** What is the journal's, and not this device's, is somebody else's to set. */
  readonly readOnly?: boolean;
}

/** How things stand between this device and a server. */
export interface Standing {
  readonly online: boolean;
  /** A server that this device is paired with. */
  readonly paired: boolean;
  readonly unsent: number;
  /** How many changes a server did not take, which wait for the person. */
  readonly refused?: number;
  /** The server does not know this device any more: nothing goes there before it is connected again. */
  readonly signedOut?: boolean;
  /** No words of the person's on the window. */
  readonly discreet: boolean;
  /** Absent where there is no other journal. */
  readonly journal?: OnScreen;
  /** They are in somebody's journal as a therapist. */
  readonly works?: boolean;
  /** The journal on the screen is somebody else's. */
  readonly isGuest?: boolean;
}

/** Whether this browser is connected to a server, and what was wrong the last time. */
export interface ConnectShown {
  readonly paired: boolean;
  /** A code that came with the address. */
  readonly code: string;
  readonly trouble: string;
  readonly signedOut: boolean;
}
