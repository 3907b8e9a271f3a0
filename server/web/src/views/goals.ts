/** Goals in the person's own order, what is near, and how a goal's wording changed; pure. */

import { rankedAt, type Event } from "../core/envelope";
import type { State } from "../core/journal";
import { hlcMs } from "../core/clock";
import { isObject, parsePayload } from "../core/json";
import { readFields, type Fields } from "../core/reading";
import { numberOf, type Day } from "./days";
import { all, byText, status, text } from "./reading";

const NEAR_DAYS = 14;
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
/** The fields of a goal that hold a person's words, or a day. */
export const WORDED = ["title", "why", "looks_like", "helps", "due"] as const;
export type Worded = (typeof WORDED)[number];

/** Every goal that is not taken back, in the person's own order. */
export function goalsOf(state: State): [id: string, fields: Fields][] {
  const rank = (fields: Fields) => text(fields, "rank") || "~";
  return all(state, "goal").sort(([one, a], [other, b]) => byText(rank(a), rank(b)) || byText(one, other));
}

/** A goal's steps in order: by their own order, then as they came. */
export function stepsOf(state: State, goal: string): [id: string, fields: Fields][] {
  const rank = (fields: Fields) => text(fields, "rank") || "~";
  const found = all(state, "milestone").filter(([, fields]) => fields["goal"] === goal);
  return found.sort(([one, a], [other, b]) => byText(rank(a), rank(b)) || byText(one, other));
}

/** The day of a date that may be a zoned moment; empty where there is none. */
export function dueOf(fields: Fields): Day {
  const due = fields["due"] as unknown;
  const at = typeof due === "object" && due !== null ? (due as { at: string }).at : due;
  return typeof at === "string" ? at.slice(0, 10) : "";
}

/** Active goals and their open steps that are due within two weeks, the soonest first; then those past their date. */
export function nearOf(state: State, on: Day): { id: string; goal: string; title: string; due: Day }[] {
  const goals = new Map(all(state, "goal").filter(([, fields]) => status(fields, "active") === "active"));
  const steps = all(state, "milestone").filter(([, fields]) => status(fields, "planned") === "planned" && goals.has(text(fields, "goal")));
  const found = [...[...goals].map(([id, fields]) => [id, fields, id] as const), ...steps.map(([id, fields]) => [id, fields, text(fields, "goal")] as const)];
  return found
    .map(([id, fields, goal]) => ({ id, goal, title: text(fields, "title"), due: dueOf(fields), days: numberOf(dueOf(fields)) - numberOf(on) }))
    .filter(({ days }) => days <= NEAR_DAYS)
    .sort((a, b) => Number(a.days < 0) - Number(b.days < 0) || Math.abs(a.days) - Math.abs(b.days) || byText(a.title, b.title) || byText(a.id, b.id))
    .map(({ days: _, ...one }) => one);
}

/** One change of a goal's wording; `before` is empty where there was nothing. */
export interface Reworded {
  readonly id: string;
  readonly at: number;
  readonly field: Worded;
  readonly before: string;
  readonly after: string;
  readonly actor: string;
  readonly reason: string;
}

/** How a goal's wording changed, the latest change first. */
export function rewordings(journal: string, goal: string, events: readonly Event[]): Reworded[] {
  const now = new Map<Worded, string>();
  const found: Reworded[] = [];
  const ordered = [...events].sort((a, b) => byText(rankedAt(a), rankedAt(b)) || byText(a.device, b.device) || a.n - b.n);
  for (const event of ordered) {
    const read = readFields(journal, event);
    if (read === undefined || read[0] !== "goal" || read[1] !== goal) continue;
    const fields = read[2];
    for (const field of WORDED) {
      if (!(field in fields)) continue;
      const after = text(fields, field);
      const before = now.get(field) ?? "";
      now.set(field, after);
      const isFirst = event.type === "goal.created";
      if (isFirst || before === after) continue;
      const said = parsePayload(event.data ?? "");
      const reason = isObject(said) && !Array.isArray(said) ? text(said, "reason") : "";
      found.push({ id: `${event.device}.${event.n}.${field}`, at: hlcMs(rankedAt(event)), field, before, after, actor: event.actor ?? "", reason });
    }
  }
  return found.reverse();
}

/**
 * A key above `before` and below `after`, of digits and small letters; an empty one stands for the very first or the very last
 * place. Undefined where there is none: two may share a place that were made at once.
 */
export function rankBetween(before: string, after: string): string | undefined {
  const isKey = (key: string) => [...key].every((sign) => DIGITS.includes(sign)) && !key.endsWith("0");
  if (!isKey(before) || !isKey(after) || (after && before >= after)) return undefined;
  let key = "";
  let end = after;
  for (let at = 0; ; at++) {
    const low = at < before.length ? DIGITS.indexOf(before.charAt(at)) : 0;
    const high = at < end.length ? DIGITS.indexOf(end.charAt(at)) : DIGITS.length;
    // Near the open ends steps are small, so that keys of a list that only grows stay short.
    if (high - low > 1) return key + DIGITS.charAt(low + (end ? (high - low) >> 1 : 1));
    key += DIGITS.charAt(low);
    if (high - low === 1) end = "";
  }
}
