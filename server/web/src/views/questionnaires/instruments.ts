/** What a questionnaire is, with how it is added up; pure, and knows nobody's answers. Twin of `milepost/measures/instruments.py`. */

export type Better = "up" | "down";

/** A published change from which on it counts, or the figures that one is worked out from; `citation` says where. */
export type ChangeRule =
  | { readonly type: "threshold"; readonly points: number; readonly citation: string }
  | { readonly type: "reliability"; readonly sd: number; readonly reliability: number; readonly citation: string };

/** A question: the answers it can have, and its words, if a file brought them. */
export interface Item {
  readonly options: readonly { readonly value: number; readonly label: string | null }[];
  readonly text: string | null;
}

/** Items are counted from 1. Without a `rule` answers are kept and not added up. */
export interface Instrument {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly items: readonly Item[];
  readonly rule: "sum" | null;
  readonly better: Better | null;
  readonly reverse: readonly number[];
  readonly subscales: Readonly<Record<string, readonly number[]>>;
  readonly prorate: number | null;
  readonly bands: readonly { readonly start: number; readonly name: string }[];
  readonly bands_citation: string | null;
  readonly change: ChangeRule | null;
  readonly loinc_total: string | null;
  readonly loinc_panel: string | null;
  readonly sensitive: readonly number[];
  readonly sensitive_about: string | null;
  readonly recall_days: number | null;
  readonly min_age: number | null;
  readonly max_age: number | null;
  readonly licence: string | null;
  readonly prompt: string | null;
  readonly passed_over: number;
}

/** One that a file describes: it says what stands in it, and nothing of where that was published. */
export const BARE: Omit<Instrument, "id" | "version" | "title" | "items"> = {
  rule: null, better: null, reverse: [], subscales: {}, prorate: null, bands: [], bands_citation: null, change: null, loinc_total: null,
  loinc_panel: null, sensitive: [], sensitive_about: null, recall_days: null, min_age: null, max_age: null, licence: null, prompt: null,
  passed_over: 0,
};

export function valuesOf(item: Item): number[] {
  return item.options.map(({ value }) => value);
}

/** The lowest total there can be, and the highest. */
export function rangeOf({ items }: Instrument): { low: number; high: number } {
  const sum = (end: (...values: number[]) => number) => items.reduce((total, item) => total + end(...valuesOf(item)), 0);
  return { low: sum(Math.min), high: sum(Math.max) };
}

/** Whether every item has its words, so that it can be asked. */
export function isWorded({ items }: Instrument): boolean {
  return items.every(({ text }) => text);
}
