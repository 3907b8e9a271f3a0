/** What somebody in a journal reads, may do and does not see: said before they are invited, and of each who is in it. */

import { say } from "../words/words";

export const ROLES = ["therapist", "reader", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** All that anybody in the journal reads, and what stays out of their sight. */
export interface ReadShown {
  /** How many of each kind, in words. */
  readonly kinds: readonly string[];
  readonly goals: readonly string[];
  readonly changes: number;
  /** The titles of the person's other journals. */
  readonly hidden: readonly string[];
}

/** Exactly what somebody reads, may do, and does not see. */
export function Sees({ reads, role }: { reads: ReadShown; role: Role }) {
  const { kinds, goals, changes, hidden } = reads;
  return (
    <div class="tight">
      <p>{say("sees.all")}</p>
      {kinds.length > 0 && <ul class="bullets">{kinds.map((one) => <li key={one}>{one}</li>)}</ul>}
      {goals.length > 0 && <p>{say("sees.goals")}</p>}
      {goals.length > 0 && <ul class="bullets own">{goals.map((one, i) => <li key={i}>{one}</li>)}</ul>}
      <p>{say("sees.changes", { n: changes })}</p>
      <p>{say(`may.${role}`)}</p>
      {hidden.length > 0 && <p>{say("sees.hidden")}</p>}
      {hidden.length > 0 && <ul class="bullets own">{hidden.map((one, i) => <li key={i}>{one}</li>)}</ul>}
    </div>
  );
}
