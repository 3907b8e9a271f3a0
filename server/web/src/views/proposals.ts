/** Proposals: what somebody suggests to change, beside what there is; whether it changed since; and what became of it; pure. */

import { hlcMs } from "../core/clock";
import type { Json } from "../core/generated/payloads";
import { COMPOSITES } from "../core/generated/table";
import { UNTITLED } from "../core/generated/views";
import type { State } from "../core/journal";
import { isObject, isSame } from "../core/json";
import type { Fields } from "../core/reading";
import { hasSeen, shown, type Stamp } from "../core/register";
import { isOf } from "../core/envelope";
import { by } from "./entities";

/** One field: as it is now and as it would be. `stale`: somebody changed it, and who proposed had not seen that. */
export interface ProposedField {
  readonly field: string;
  readonly now: Json;
  readonly proposed: Json;
  readonly stale: boolean;
}

/** About which entity, by which account, when (milliseconds since 1970), why, and each field; `decision` is null while it is open. */
export interface Proposal {
  readonly id: string;
  readonly kind: string;
  readonly entity: string;
  readonly title: string;
  readonly by: string;
  readonly at: number;
  readonly why: string | null;
  /** The proposal that this one answers. */
  readonly counters: string | null;
  readonly fields: readonly ProposedField[];
  readonly stale: boolean;
  readonly decision: string | null;
  readonly on: string | null;
  readonly decided_by: string | null;
  readonly decided_at: number | null;
}

/** What a proposal would change. */
export interface Wanted {
  readonly kind: string;
  readonly id: string;
  readonly fields: Fields;
}

/** Every proposal that was not taken back, the oldest first. */
export function proposals(state: State): Proposal[] {
  const found = state.visible("proposal").flatMap((id) => proposalOf(state, id) ?? []);
  return found.sort(by(({ at, id }) => [at, id]));
}

/** What one would change; undefined where there is no such proposal, or its words are gone. */
export function changeIn(state: State, proposal: string): Wanted | undefined {
  const register = state.registers("proposal", proposal).get("change");
  const found = register && shown(register);
  return isObject(found) && isObject(found["fields"]) && !Array.isArray(found["fields"]) ? (found as unknown as Wanted) : undefined;
}

function proposalOf(state: State, id: string): Proposal | undefined {
  const [registers, change] = [state.registers("proposal", id), changeIn(state, id)];
  const made = registers.get("change")?.[0].stamp;
  if (change === undefined || made === undefined) return undefined;
  const { kind, id: entity, fields } = change;
  const each = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, value]) => fieldOf(state, kind, entity, name, value, made));
  const decided = registers.get("decision")?.[0].stamp;
  const said = state.fields("proposal", id);
  const of = state.fields(kind, entity);
  return {
    id,
    kind,
    entity,
    title: String(of["title"] || of["text"] || of["question"] || fields["title"] || UNTITLED),
    by: made.actor,
    at: hlcMs(made.rankedAt),
    why: (said["why"] ?? null) as string | null,
    counters: (said["counters"] ?? null) as string | null,
    fields: each,
    stale: decided === undefined && each.some(({ stale }) => stale),
    decision: decided ? ((said["decision"] ?? null) as string | null) : null,
    on: decided ? ((said["on"] ?? null) as string | null) : null,
    decided_by: decided?.actor ?? null,
    decided_at: decided ? hlcMs(decided.rankedAt) : null,
  };
}

/** A field is stale where a write stands in its register that who proposed had not seen, with another value. */
function fieldOf(state: State, kind: string, entity: string, field: string, proposed: Json, made: Stamp): ProposedField {
  const together = Object.entries(COMPOSITES[kind] ?? {}).find(([, members]) => members.includes(field))?.[0];
  const register = state.registers(kind, entity).get(together ?? field) ?? [];
  const valueIn = (value: Json): Json => (together === undefined ? value : isObject(value) ? ((value as Fields)[field] ?? null) : null);
  const stale = register.some(({ stamp, value }) => !isOf(stamp, made) && !hasSeen(made, stamp) && !isSame(valueIn(value), proposed));
  return { field, now: state.fields(kind, entity)[field] ?? null, proposed, stale };
}
