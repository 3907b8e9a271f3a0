/** Looks into a state: entities of a kind with what is shown of them, and who wrote them when; pure. */

import type { Entity, State } from "../core/journal";
import { isFresh } from "../core/journal";
import type { Fields } from "../core/reading";
import type { Stamp } from "../core/register";

/** Everything of a kind that is not taken back → what is shown of it, in the order in which it came. */
export function all(state: State, kind: string): [id: string, fields: Fields][] {
  return state.visible(kind).map((id) => [id, state.fields(kind, id)]);
}

/** A text field; empty where nothing is said. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

/** A number; undefined where none is said. */
export function number(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" ? value : undefined;
}

/** A status, or what it is before anybody said otherwise. */
export function status(fields: Fields, first: string): string {
  return text(fields, "status") || first;
}

/** Who wrote an entity first, and the merge clock of its newest write. */
export function written(entity: Entity): { first: Stamp; changedAt: string } {
  if (isFresh(entity)) return { first: entity.stamp, changedAt: entity.stamp.rankedAt };
  const stamps = [...entity.values()].flatMap((register) => register.map(({ stamp }) => stamp));
  const first = stamps.reduce((one, other) => (byAge(other, one) < 0 ? other : one));
  return { first, changedAt: stamps.reduce((newest, { rankedAt }) => (rankedAt > newest ? rankedAt : newest), "") };
}

function byAge(one: Stamp, other: Stamp): number {
  if (one.rankedAt !== other.rankedAt) return one.rankedAt < other.rankedAt ? -1 : 1;
  return one.actor < other.actor ? -1 : 1;
}

/** Those with optional members left out where they are undefined: what a screen is shown has none such. */
export function given<T extends object>(values: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Compares by text, as it sorts in every language that looks at code units. */
export function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
