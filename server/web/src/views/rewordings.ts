/** How a goal's wording changed, event by event; pure. */

import { hlcMs } from "../core/clock";
import { rankedAt, type Event } from "../core/envelope";
import { isObject, parsePayload } from "../core/json";
import { readFields } from "../core/reading";
import { by } from "./entities";
import { text } from "./fields";

/** The fields of a goal that hold a person's words, or a day. */
export const WORDED = ["title", "why", "looks_like", "helps", "due"] as const;
export type Worded = (typeof WORDED)[number];

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
  const ordered = [...events].sort(by((event) => [rankedAt(event), event.device, event.n]));
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
