/** The events that undo what was done; nothing is erased by them. */

import { COMPOSITES, REVISIONS } from "../core/generated/table";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { settled } from "../views/settling";
import type { Draft } from "./refusing";

/** Fields of an entity as they are now, to be written again; null where there is nothing. */
export function asNow(state: State, kind: string, id: string, names: readonly string[]): Fields {
  const fields = state.fields(kind, id);
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}

/** Gives fields of an entity again what they have in `before`; one that was not there is taken back. */
export function putBack(before: State, kind: string, id: string, names: readonly string[]): Draft[] {
  if (!before.entities.get(kind)?.has(id)) return [{ type: `${kind}.retracted`, fields: { id } }];
  const together = Object.entries(COMPOSITES[kind] ?? {});
  const registers = new Map(names.map((name) => together.find(([, members]) => members.includes(name)) ?? ([name, [name]] as const)));
  return [...registers].flatMap(([register, members]) => {
    const was = asNow(before, kind, id, members);
    return settled(before, kind, id, register, members.length > 1 ? was : (was[register] ?? null)) ?? [];
  });
}

/** What a thing is said by: the first that is there is written again. */
const SAID_BY = ["title", "text", "note", "on"];

/** Makes what was taken back stand again, as it is in `before`: something in it is written that the taking back had not seen. */
export function broughtBack(before: State, kind: string, id: string): Draft[] {
  const fields = before.fields(kind, id);
  const again = SAID_BY.find((name) => fields[name]);
  return again ? [{ type: REVISIONS[kind] as string, fields: { id, [again]: fields[again] ?? null } }] : [];
}
