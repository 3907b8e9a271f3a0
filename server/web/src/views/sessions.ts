/** Sessions, whether somebody wrote them down or a series gives them, and what is meant for the next; knows no clock. */

import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { dayAt, instant, numberOf, type Day, type Zoned } from "./days";
import { nameIn } from "./names";
import { all, byText, status, text } from "./reading";
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

const AHEAD_DAYS = [31, 366];
const BACK_DAYS = 366;

/** Every session of these local days, the earliest first; one that somebody touched stands for its occurrence. */
export function sessionsBetween(state: State, first: Day, last: Day): Session[] {
  const touched = all(state, "session").filter(([, fields]) => fields["start"]);
  const taken = new Set(
    touched.filter(([, fields]) => fields["original"]).map(([, fields]) => `${text(fields, "series")} ${(fields["original"] as unknown as Zoned).at}`),
  );
  const found = touched.map(([id, fields]) => asSession(id, fields, false)).filter(({ start }) => first <= start.at.slice(0, 10) && start.at.slice(0, 10) <= last);
  for (const [id, fields] of all(state, "series")) found.push(...given(id, fields, first, last, taken));
  return found.sort((one, other) => instant(one.start) - instant(other.start) || byText(one.id, other.id));
}

function given(id: string, fields: Fields, first: Day, last: Day, taken: ReadonlySet<string>): Session[] {
  const start = fields["start"] as unknown as Zoned;
  const time = start.at.slice(10);
  return occurrences(text(fields, "recurrence") || "FREQ=WEEKLY", start.at.slice(0, 10), first, last, text(fields, "ended") || undefined)
    .map((day) => day + time)
    .filter((at) => !taken.has(`${id} ${at}`))
    .map((at) => asSession(nameIn(id, at), { ...fields, start: { at, time_zone: start.time_zone }, series: id, status: "planned" }, true));
}

function asSession(id: string, fields: Fields, isGiven: boolean): Session {
  return {
    id,
    start: fields["start"] as unknown as Zoned,
    place: text(fields, "place"),
    minutes: typeof fields["minutes"] === "number" ? fields["minutes"] : undefined,
    status: status(fields, "planned"),
    series: text(fields, "series"),
    isGiven,
  };
}

/** The first session that is planned and has not begun at a moment. */
export function nextSession(state: State, on: Day, now: number): Session | undefined {
  for (const days of AHEAD_DAYS) {
    const found = sessionsBetween(state, dayAt(numberOf(on) - 1), dayAt(numberOf(on) + days));
    const next = found.find((one) => one.status === "planned" && instant(one.start) >= now);
    if (next) return next;
  }
  return undefined;
}

/** The sessions that have begun, within a year, the latest first; those that did not take place are left out. */
export function pastSessions(state: State, on: Day, now: number): Session[] {
  const found = sessionsBetween(state, dayAt(numberOf(on) - BACK_DAYS), on);
  return found.filter((one) => ["planned", "held"].includes(one.status) && instant(one.start) < now).reverse();
}

/** The open topics for a next session: those meant for it, and those meant for no other that is still to come. */
export function topicsFor(state: State, next: Session | undefined, on: Day, now: number): [id: string, fields: Fields][] {
  const coming = sessionsBetween(state, dayAt(numberOf(on) - 1), dayAt(numberOf(on) + BACK_DAYS));
  const others = new Set(coming.filter((one) => one.status === "planned" && instant(one.start) >= now && one.id !== next?.id).map(({ id }) => id));
  return all(state, "topic").filter(([, fields]) => status(fields, "open") === "open" && !others.has(text(fields, "session")));
}
