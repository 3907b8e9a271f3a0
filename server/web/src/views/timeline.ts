/** Everything with a date, past and coming, in one line; tells what stands, in codes and people's words, in no language; pure. */

import { UNTITLED } from "../core/generated/views";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { checkins } from "./checkins";
import { by, every, those } from "./entities";
import { text } from "./fields";
import { localDayIn } from "./moments";
import { daysAfter, sessionsBetween } from "./sessions";
import type { First } from "./then_now";

/** How far ahead a series of sessions is followed where no last day is given. */
const AHEAD_DAYS = 28;
/** Characters of a text that has no title of its own. */
const EXCERPT = 80;
const FIRST_DAY = "0001-01-01";
const NO_END = "~";
/** What parts words: what Unicode counts as a blank, and what separates records. */
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Kinds in the order in which they stand on one day. */
export const KINDS = ["goal", "milestone", "session", "checkin", "assessment", "reflection"] as const;
export type Kind = (typeof KINDS)[number];

/**
 * One thing on a local day. `title` is somebody's own words, or empty; of a session it is the place. `became` is a status, or
 * `written`, `due`, `said` or `filled_in`. The check-ins of a day are one, with the id of the first; `count` says how many.
 */
export interface Dated {
  readonly on: string;
  readonly kind: Kind;
  readonly id: string;
  readonly title: string;
  readonly became: string;
  /** A local time of day, with the zone where it has one of its own. */
  readonly at: string;
  readonly time_zone: string;
  readonly count: number;
}

/** What has a date from `first` to `last`, both included, the earliest first; `began` is how the goals began. */
export function dated(
  state: State,
  began: ReadonlyMap<string, First>,
  today: string,
  { first, last }: { first?: string; last?: string } = {},
): Dated[] {
  const [begins, ends] = [first ?? "", last ?? NO_END];
  const goals = those(state, "goal", () => true);
  const within = ({ on }: Dated) => on !== "" && begins <= on && on <= ends;
  const found = [
    ...[...goalDays(state, goals, began), ...stepDays(state), ...writtenDays(state)].filter(within),
    ...sessionsBetween(state, first ?? FIRST_DAY, last ?? daysAfter(today, AHEAD_DAYS)).map(({ id, start, place, status }) =>
      entry(start.at.slice(0, 10), "session", id, place, status, { at: start.at.slice(11, 16), time_zone: start.time_zone }),
    ),
    ...saidDays(state, goals, begins, last).filter(({ on }) => on !== ""),
  ];
  return found.sort(by((one) => [one.on, KINDS.indexOf(one.kind), one.at, one.time_zone, one.became, one.title, one.id]));
}

function entry(on: string, kind: Kind, id: string, title: string, became: string, more: Partial<Dated> = {}): Dated {
  return { on, kind, id, title, became, at: "", time_zone: "", count: 1, ...more };
}

function* goalDays(state: State, goals: ReadonlyMap<string, Fields>, began: ReadonlyMap<string, First>): Generator<Dated> {
  const zone = text(state.fields("journal", state.journal), "time_zone") || "UTC";
  for (const [id, fields] of goals) {
    const [title, status] = [titleOf(fields), text(fields, "status") || "active"];
    const begin = began.get(id);
    if (begin) yield entry(localDayIn(begin.at, zone), "goal", id, title, "written");
    yield entry(text(fields, "on"), "goal", id, title, status);
    if (status === "active") yield entry(text(fields, "due"), "goal", id, title, "due");
  }
}

function* stepDays(state: State): Generator<Dated> {
  for (const [id, fields] of those(state, "milestone", () => true)) {
    const [title, status, due] = [titleOf(fields), text(fields, "status") || "planned", fields["due"]];
    if (status === "reached") yield entry(text(fields, "on"), "milestone", id, title, "reached");
    if (status !== "planned" || !due) continue;
    const at = typeof due === "string" ? due : text(due as Fields, "at");
    yield entry(at.slice(0, 10), "milestone", id, title, "due", { at: at.slice(11, 16) });
  }
}

function* writtenDays(state: State): Generator<Dated> {
  for (const one of every(state, "reflection")) {
    yield entry(one.on, "reflection", one.id, excerpt(one.takeaway || one.text), "written");
  }
  for (const one of every(state, "assessment")) yield entry(one.on, "assessment", one.id, one.instrument, "filled_in");
}

/** One entry for each day on which somebody checked in, with the goals it was about. */
function saidDays(state: State, goals: ReadonlyMap<string, Fields>, first: string, last?: string): Dated[] {
  const days = new Map<string, { id: string; about: Set<string>; count: number }>();
  for (const { id, on, subject } of checkins(state)) {
    if (on < first || (last !== undefined && on > last)) continue;
    const day = days.get(on) ?? { id, about: new Set<string>(), count: 0 };
    days.set(on, day);
    day.count += 1;
    const goal = subject === null ? undefined : goals.get(subject);
    if (goal) day.about.add(excerpt(titleOf(goal)));
  }
  return [...days].map(([on, { id, about, count }]) => entry(on, "checkin", id, cut([...about].join(", ")), "said", { count }));
}

function titleOf(fields: Fields): string {
  return text(fields, "title") || UNTITLED;
}

/** The first words of a text, in one line. */
export function excerpt(words: string): string {
  return cut(words.split(BLANKS).filter(Boolean).join(" "));
}

function cut(line: string): string {
  const letters = [...line];
  return letters.length <= EXCERPT ? line : `${letters.slice(0, EXCERPT - 1).join("").replace(/ +$/, "")}…`;
}
