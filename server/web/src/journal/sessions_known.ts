/** Sessions by their ids, be they written down or given by a series, and writing down one that was not. */

import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { given } from "../views/fields";
import { daysAfter, sessionsBetween, writtenSession, type Session } from "../views/sessions";
import type { Draft } from "./refusing";

/** How far from today an occurrence can be found by its id. */
const FAR_DAYS = 366;

/** The session with an id: one that is written down, or an occurrence up to a year before or after today. */
export function sessionOf(state: State, id: string, on: string): Session | undefined {
  return writtenSession(state, id) ?? around(state, on).get(id);
}

/** Finds sessions by their ids; the occurrences are worked out once. */
export function sessionsById(state: State, on: string): (id: string) => Session | undefined {
  let near: ReadonlyMap<string, Session> | undefined;
  return (id) => writtenSession(state, id) ?? (near ??= around(state, on)).get(id);
}

function around(state: State, on: string): ReadonlyMap<string, Session> {
  return new Map(sessionsBetween(state, daysAfter(on, -FAR_DAYS), daysAfter(on, FAR_DAYS)).map((one) => [one.id, one]));
}

/** An occurrence as its series gives it; nothing where somebody has written it down already. */
export function writtenDown({ isGiven, id, start, series, place, minutes }: Session): Draft[] {
  if (!isGiven) return [];
  const more = given<Record<string, Json>>({ minutes, place: place || undefined });
  return [{ type: "session.scheduled", fields: { id, start: { ...start }, ...more, series, original: { ...start } } }];
}
