/** What anybody in a journal reads: how many of each kind, all titles of goals, and how many changes; pure. */

import type { State } from "../core/journal";
import { text } from "./fields";

export interface Reads {
  /** Kind → how many there are, by name; what there is none of is left out. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly goals: readonly string[];
  readonly events: number;
}

export function reads(state: State): Reads {
  const counts = [...state.entities.keys()].sort().map((kind) => [kind, state.visible(kind).length] as const);
  return {
    kinds: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    goals: state.visible("goal").map((goal) => text(state.fields("goal", goal), "title")),
    events: [...state.devices.values()].reduce((sum, { n }) => sum + n, 0),
  };
}
