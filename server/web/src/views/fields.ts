/** Reads single fields, whatever somebody wrote into them; pure. */

import type { Fields } from "../core/reading";

/** A text; empty where nothing is said. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

/** A number; undefined where none is said. */
export function number(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" ? value : undefined;
}

/** The day of a date that may be a zoned moment; empty where there is none. */
export function dayIn(due: unknown): string {
  const at = typeof due === "object" && due !== null ? (due as { at?: unknown }).at : due;
  return typeof at === "string" ? at.slice(0, 10) : "";
}

/** Those with optional members left out where they are undefined. */
export function given<T extends object>(values: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
