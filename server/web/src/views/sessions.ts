/** Sessions, whether somebody wrote them down or a series gives them, and what is meant for the next; knows no clock. */

import type { Topic } from "../core/generated/views";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { numberOf, textOf } from "./days";
import { by, every, those } from "./entities";
import { number, text } from "./fields";
import { instant, type Zoned } from "./moments";
import { isUuid, nameIn } from "./names";
import { occurrences } from "./recurrence";

export interface Session {
  readonly id: string;
  readonly start: Zoned;
  readonly place: string;
  readonly minutes: number | undefined;
  readonly status: string;
  readonly series: string;
  /** Nobody has written it down yet. */
  readonly isGiven: boolean;
}

const TIME = /^T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const AHEAD_DAYS = [31, 366];
const BACK_DAYS = 366;

/** Every session of these local days, the earliest first; one that somebody touched stands for its occurrence. */
export function sessionsBetween(state: State, first: string, last: string): Session[] {
  const touched = [...those(state, "session", ({ start }) => Boolean(start))];
  const taken = new Set(touched.filter(([, { original }]) => original).map(([, { series, original }]) => `${series} ${zoned(original).at}`));
  const found = touched.map(([id, fields]) => asSession(id, fields, false)).filter(({ start }) => first <= start.at.slice(0, 10) && start.at.slice(0, 10) <= last);
  for (const [id, fields] of those(state, "series", ({ start }) => Boolean(start))) found.push(...givenBy(id, fields, first, last, taken));
  return found.sort(by(({ start, id }) => [instant(start), id]));
}

/** One that somebody wrote down, on whatever day. */
export function writtenSession(state: State, id: string): Session | undefined {
  const fields = state.visible("session").includes(id) ? state.fields("session", id) : {};
  return fields["start"] ? asSession(id, fields, false) : undefined;
}

function givenBy(id: string, fields: Fields, first: string, last: string, taken: ReadonlySet<string>): Session[] {
  const { at, time_zone } = zoned(fields["start"]);
  const ended = text(fields, "ended");
  if (!isUuid(id) || !TIME.test(at.slice(10))) return [];
  const [begin, from, to] = [at, first, ended && ended < last ? ended : last].map((day) => numberOf(day.slice(0, 10)));
  if (begin === undefined || from === undefined || to === undefined) return [];
  return occurrences(text(fields, "recurrence") || "FREQ=WEEKLY", begin, from, to)
    .map((day) => textOf(day) + at.slice(10))
    .filter((start) => !taken.has(`${id} ${start}`))
    .map((start) => asSession(nameIn(id, start), { ...fields, start: { at: start, time_zone }, series: id, status: "planned" }, true));
}

function asSession(id: string, fields: Fields, isGiven: boolean): Session {
  return {
    id,
    start: zoned(fields["start"]),
    place: text(fields, "place"),
    minutes: number(fields, "minutes"),
    status: text(fields, "status") || "planned",
    series: text(fields, "series"),
    isGiven,
  };
}

function zoned(value: unknown): Zoned {
  return value as Zoned;
}

/** The day that lies so many days after another. */
export function daysAfter(on: string, days: number): string {
  return textOf((numberOf(on) ?? 0) + days);
}

/** The first session that is planned and has not begun at a moment. */
export function nextSession(state: State, on: string, now: number): Session | undefined {
  for (const days of AHEAD_DAYS) {
    const found = sessionsBetween(state, daysAfter(on, -1), daysAfter(on, days));
    const next = found.find((one) => one.status === "planned" && instant(one.start) >= now);
    if (next) return next;
  }
  return undefined;
}

/** The sessions that have begun, within a year, the latest first; those that did not take place are left out. */
export function pastSessions(state: State, on: string, now: number): Session[] {
  const found = sessionsBetween(state, daysAfter(on, -BACK_DAYS), on);
  return found.filter((one) => ["planned", "held"].includes(one.status) && instant(one.start) < now).reverse();
}

/** The open topics for a next session: those meant for it, and those meant for no other that is still to come. */
export function topicsFor(state: State, next: Session | undefined, on: string, now: number): Topic[] {
  const coming = sessionsBetween(state, daysAfter(on, -1), daysAfter(on, BACK_DAYS));
  const others = new Set(coming.filter((one) => one.status === "planned" && instant(one.start) >= now && one.id !== next?.id).map(({ id }) => id));
  return every(state, "topic").filter((topic) => topic.status === "open" && !others.has(topic.session ?? ""));
}
