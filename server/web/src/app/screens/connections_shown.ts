/** What the pages about calendars and connections are shown: plain values, already worked out. */

import type { Told } from "../parts/once";
import type { AllTyped, Setting, Values, Wrong } from "../parts/settings";

export type { AllTyped, Setting, Told, Values, Wrong };

export const KINDS = ["goals", "milestones", "practices", "sessions"] as const;
export const COLOURS = ["teal", "blue", "green", "olive", "orange", "brown", "purple", "gray", "navy", "maroon"] as const;
export const FEED_LANGUAGES = { en: "English", de: "Deutsch" } as const;
export const MOST_PAST_DAYS = 36_500;

/** What a calendar feed shows, as it is written in its form. */
export interface FeedWords {
  readonly name: string;
  readonly plain: boolean;
  readonly kinds: readonly string[];
  /** The goals that it is about alone; all where there are none. */
  readonly goals: readonly string[];
  readonly pastDays: string;
  readonly alarms: boolean;
  readonly colour: string;
  readonly language: string;
}

export const NO_FEED: FeedWords = { name: "", plain: false, kinds: KINDS, goals: [], pastDays: "365", alarms: true, colour: "teal", language: "" };

export interface FeedShown {
  readonly id: string;
  readonly words: FeedWords;
  /** It is in the calendar's own format: another one has other settings, which are changed at a terminal. */
  readonly isCalendar: boolean;
  readonly format: string;
}

/** Something that is told once, and which feed or connection it is of. */
export interface ToldOf {
  readonly of: string;
  readonly told: readonly Told[];
}

/** How a connection stands. Times are local, as in `2031-03-13T09:30`. */
export interface HowItStands {
  readonly state: "asks" | "new" | "paused" | "held" | "trouble" | "begins" | "works";
  /** Why it can't run, or what went wrong last, as the server says it. */
  readonly why: string;
  readonly success?: string;
  readonly next?: string;
  readonly behind: number;
  readonly letters: number;
}

export type Kind = "connector" | "inbox" | "notifier";

/** What a connection can be to. */
export interface Offer {
  readonly to: string;
  readonly kind: Kind;
  /** In its author's words. */
  readonly title: string;
  readonly scopes: readonly string[];
  readonly settings: readonly Setting[];
}

export interface ConnectionLine {
  readonly id: string;
  readonly to: string;
  readonly title: string;
  /** Whose it is; nothing where it is one's own. */
  readonly by?: string;
  readonly stands: HowItStands;
}

export const SCOPES = ["titles", "dates", "numbers", "free-text", "assessments", "sensitive"] as const;

/** What a connection may see, and in whose words. */
export interface Granted {
  readonly scopes: readonly string[];
  readonly plain: boolean;
}

/** What would leave about one thing: a text as it is sent, or its parts by name. */
export interface Leaving {
  readonly id: string;
  readonly kind: string;
  readonly what: "changed" | "removed" | "withdrawn";
  readonly text: string;
  readonly parts: readonly (readonly [string, string])[];
}
