/** What somebody may do in a journal, by their role in it: what a screen offers them. The server has the last word; pure. */

import type { State } from "../core/journal";

export interface Rights {
  /** Check-ins, a rest, the journal's own title and zone, who is in it: all that is the owners' alone. */
  readonly own: boolean;
  /** Goals, measures, steps and practices. */
  readonly change: boolean;
  /** Topics, sessions and reflections. */
  readonly talk: boolean;
  /** To propose what they may not change. */
  readonly propose: boolean;
}

/** The rights that a role gives; none where somebody is in the journal no more. */
export function rightsOf(state: State, role: string): Rights {
  const [owner, therapist] = [role === "owner", role === "therapist"];
  return { own: owner, change: owner || (therapist && mayChangeGoals(state)), talk: owner || therapist, propose: owner || therapist };
}

/** Whether the owners let a therapist change goals directly; until they do, a therapist proposes. */
export function mayChangeGoals(state: State): boolean {
  return state.fields("journal", state.journal)["owners_only"] === false;
}
