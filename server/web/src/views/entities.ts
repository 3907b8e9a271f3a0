/** Entities as people see them, each read off its registers; pure. */

import { NOTHING, type Milestone, type Practice, type Shown } from "../core/generated/views";
import { isFresh, type Entity, type State } from "../core/journal";
import type { Fields } from "../core/reading";
import { isHidden } from "../core/register";

/** The merge clock of the newest write to an entity, and who was the first to write it. */
export function written(found: Entity): { at: string; actor: string } {
  if (isFresh(found)) return { at: found.stamp.rankedAt, actor: found.stamp.actor };
  const stamps = [...found.values()].flatMap((register) => register.map(({ stamp }) => stamp));
  const [begin] = stamps;
  if (begin === undefined) return { at: "", actor: "" };
  let [newest, oldest] = [begin, begin];
  for (const stamp of stamps) {
    if (stamp.rankedAt > newest.rankedAt) newest = stamp;
    else if (stamp.rankedAt < oldest.rankedAt || (stamp.rankedAt === oldest.rankedAt && stamp.actor < oldest.actor))
      oldest = stamp;
  }
  return { at: newest.rankedAt, actor: oldest.actor };
}

/** Whether an entity was taken back, by somebody who had seen all that is in it. */
export function isRetracted(found: Entity): boolean {
  return isFresh(found) ? found.fields["retracted"] === true : isHidden(found);
}

/** One entity: the shown values of the fields that a view knows, and what stands for those that nobody wrote. */
export function show<K extends keyof Shown>(state: State, kind: K, id: string): Shown[K] {
  const found = state.entities.get(kind)?.get(id);
  const shown = withFields(NOTHING[kind], state.fields(kind, id));
  if (found === undefined) return shown;
  const { at, actor } = written(found);
  const known: Fields = { id, changed_at: at, actor };
  return Object.assign(shown, Object.fromEntries(Object.entries(known).filter(([name]) => name in shown)));
}

/** What a journal has one of, as its rest. */
export function own<K extends keyof Shown>(state: State, kind: K): Shown[K] {
  return withFields(NOTHING[kind], state.fields(kind, state.journal));
}

/** All entities of a kind that are not retracted, in the order they came. */
export function every<K extends keyof Shown>(state: State, kind: K): Shown[K][] {
  return state.visible(kind).map((id) => show(state, kind, id));
}

/** The entities of a kind that are not retracted and whose fields fit. */
export function those(state: State, kind: string, fits: (fields: Fields) => boolean): Map<string, Fields> {
  const all = state.visible(kind).map((id): [string, Fields] => [id, state.fields(kind, id)]);
  return new Map(all.filter(([, fields]) => fits(fields)));
}

/** One milestone; a reached one is all done. */
export function milestone(state: State, id: string): Milestone {
  const found = show(state, "milestone", id);
  return found.status === "reached" ? { ...found, progress: 100 } : found;
}

/** Every practice, the first begun first. */
export function practices(state: State): Practice[] {
  return every(state, "practice").sort(by(({ start, id }) => [start, id]));
}

/** Puts things in the order of several texts. */
export function by<T>(keys: (one: T) => readonly (string | number)[]): (one: T, other: T) => number {
  return (one, other) => {
    const [ours, theirs] = [keys(one), keys(other)];
    const at = ours.findIndex((key, place) => key !== theirs[place]);
    return at < 0 ? 0 : (ours[at] as string) < (theirs[at] as string) ? -1 : 1;
  };
}

function withFields<T extends object>(nothing: T, fields: Fields): T {
  const known = Object.entries(fields).filter(([name, value]) => value !== null && name in nothing);
  return { ...nothing, ...Object.fromEntries(known) };
}
