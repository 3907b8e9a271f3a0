/** What waits to be settled: fields that were written twice at once; pure. */

import type { Json } from "../core/generated/payloads";
import { UNTITLED } from "../core/generated/views";
import { isFresh, type State } from "../core/journal";
import { isHidden, setAside, type Register, type Write } from "../core/register";
import { by } from "./entities";

/** One of several values that people wrote at the same time; `write` identifies it, `at` is its merge clock. */
export interface Version {
  readonly value: Json;
  readonly actor: string;
  readonly device: string;
  readonly at: string;
  readonly write: string;
}

/** A field that was written twice at once. `a` is what is shown now, `b` (and `others`) what was set aside. */
export interface Conflict {
  readonly id: string;
  readonly kind: string;
  readonly field: string;
  readonly title: string;
  readonly a: Version;
  readonly b: Version;
  readonly others: readonly Version[];
}

/** Every field that was written twice at once and that nobody has settled. */
export function conflicts(state: State): Conflict[] {
  const found: Conflict[] = [];
  for (const [kind, ofKind] of state.entities) {
    for (const [id, registers] of ofKind) {
      if (isFresh(registers)) continue;
      const twice = [...registers].filter(([, register]) => setAside(register).length > 0);
      if (twice.length === 0 || isHidden(registers)) continue;
      found.push(...twice.map(([field, register]) => conflictIn(state, kind, id, field, register)));
    }
  }
  return found.sort(by(({ kind, title, id, field }) => [kind, title, id, field]));
}

function conflictIn(state: State, kind: string, id: string, field: string, register: Register): Conflict {
  const [b, ...others] = setAside(register).map(versionOf);
  const fields = state.fields(kind, id);
  const title = fields["title"] || fields["question"] || fields["on"] || UNTITLED;
  return { id, kind, field, title: String(title), a: versionOf(register[0]), b: b as Version, others };
}

function versionOf({ stamp, value }: Write): Version {
  const { actor, device, n, rankedAt } = stamp;
  return { value, actor, device, at: rankedAt, write: `${device}.${n}` };
}
