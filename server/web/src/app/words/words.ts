/** What the app says, in the reader's language. Knows no screen; the words themselves are data, in `first/` and `later/`. */

import { signal } from "@preact/signals";
import en from "./first/en.json";
import type later from "./later/en.json";

type Forms = { readonly [category in Intl.LDMLPluralRule]?: string };
export type Catalogue = Readonly<Record<string, string | Forms>>;
export type Key = keyof typeof en | keyof typeof later;
export type Given = Readonly<Record<string, string | number>>;

type Fetch = () => Promise<{ default: Catalogue }>;

/** Language → how its catalogue is fetched: the words of what is opened first, and the rest. English begins with the app. */
const KEPT: Readonly<Record<string, { readonly first: Fetch; readonly later: Fetch }>> = {
  en: { first: () => Promise.resolve({ default: en }), later: () => import("./later/en.json") },
  de: { first: () => import("./first/de.json"), later: () => import("./later/de.json") },
};
export const LANGUAGES: readonly string[] = Object.keys(KEPT);
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur", "yi", "ps", "ckb"]);

/** The reader's locale, as in `en-GB`: its language chooses the words, all of it how dates and numbers are written. */
export const locale = signal("en");
const catalogue = signal<Catalogue>(en);
let wantsAll = false;

/** The first of somebody's wished-for locales that there are words for, else English. */
export function choose(wished: readonly string[]): string {
  return wished.find((one) => LANGUAGES.includes(languageOf(one))) ?? "en";
}

/** Says everything in this locale from now on. */
export async function speak(wished: string): Promise<void> {
  const { first, later } = KEPT[languageOf(wished)] ?? (KEPT["en"] as (typeof KEPT)[string]);
  const found = await Promise.all([first(), ...(wantsAll ? [later()] : [])]);
  locale.value = wished;
  catalogue.value = Object.assign({}, ...found.map((part) => part.default));
}

/** From now on there are words for every page, and not only for what is opened first. */
export async function speakOfAll(): Promise<void> {
  if (wantsAll) return;
  wantsAll = true;
  await speak(locale.value);
}

/** Which way a locale is written. */
export function direction(of: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(languageOf(of)) ? "rtl" : "ltr";
}

export function isKey(name: string): name is Key {
  return Object.hasOwn(catalogue.value, name);
}

/** The words for a key, with `{name}` filled from what is given. Where the words differ by a number, that is `n`. */
export function say(key: Key, given: Given = {}): string {
  const found = catalogue.value[key] ?? key;
  const form = typeof found === "string" ? found : formFor(found, Number(given["n"] ?? 0));
  return filled(form, given);
}

/** A text with its `{places}` filled; one that nothing is given for stays as it is. */
export function filled(text: string, given: Given): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = given[name];
    if (value === undefined) return place;
    return typeof value === "number" ? numberWords(value) : value;
  });
}

/** A number, as the reader's locale writes it. */
export function numberWords(value: number): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: 2 }).format(value);
}

/** Several names, as in “Ada, Bo and Cy”. */
export function listWords(names: readonly string[]): string {
  return new Intl.ListFormat(locale.value, { type: "conjunction" }).format(names);
}

function formFor(forms: Forms, n: number): string {
  const category = new Intl.PluralRules(locale.value).select(n);
  return forms[category] ?? forms.other ?? "";
}

/** The language of a locale: `de` for `de-AT`. */
export function languageOf(tag: string): string {
  return tag.split("-")[0]?.toLowerCase() ?? "";
}
