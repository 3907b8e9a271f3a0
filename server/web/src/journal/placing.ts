/** New entries in an order of one's own. */

import type { State } from "../core/journal";
import { rankBetween } from "../core/rank";
import { text } from "../views/fields";
import type { Draft } from "./refusing";

/** A place between two; undefined where there is none, since two were made at once, or by a device that orders otherwise. */
export function placeBetween(before: string, after: string): string | undefined {
  try {
    return rankBetween(before, after);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A step of a goal, behind `last` or all that there are. */
export function step(state: State, id: string, goal: string, title: string, last = lastStep(state)): Draft {
  const rank = placeBetween(last, "");
  return { type: "milestone.added", fields: { id, goal, title: title.replace(/\s+/g, " "), ...(rank ? { rank } : {}) } };
}

function lastStep(state: State): string {
  return [...(state.entities.get("milestone")?.keys() ?? [])].reduce((highest, one) => {
    const rank = text(state.fields("milestone", one), "rank");
    return rank > highest ? rank : highest;
  }, "");
}
