/** What the app says, in the reader's language. Knows no screen; the words themselves are data, in en.json and de.json. */

import { signal } from "@preact/signals";
import en from "./en.json";

type Forms = { readonly [category in Intl.LDMLPluralRule]?: string };
export type Catalogue = Readonly<Record<string, string | Forms>>;
export type Key = keyof typeof en;
export type Given = Readonly<Record<string, string | number>>;

/** Language → how its catalogue is fetched. English comes with the app, and stands in for a key that another lacks. */
const KEPT: Record<string, () => Promise<{ default: Catalogue }>> = {
  de: () => import("./de.json"),
};
export const LANGUAGES = ["en", ...Object.keys(KEPT)] as const;
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur", "yi", "ps", "ckb"]);

/** The reader's locale, as in `en-GB`: its language chooses the words, all of it how dates and numbers are written. */
export const locale = signal("en");
const catalogue = signal<Catalogue>(en);

/** The first of somebody's wished-for locales that there are words for, else English. */
export function choose(wished: readonly string[]): string {
  return wished.find((one) => LANGUAGES.includes(languageOf(one))) ?? "en";
}

/** Says everything in this locale from now on. */
export async function speak(wished: string): Promise<void> {
  const fetch = KEPT[languageOf(wished)];
  const found = fetch ? (await fetch()).default : en;
  locale.value = wished;
  catalogue.value = found;
}

/** Which way a locale is written. */
export function direction(of: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(languageOf(of)) ? "rtl" : "ltr";
}

export function isKey(name: string): name is Key {
  return Object.hasOwn(en, name);
}

/** The words for a key, with `{name}` filled from what is given. Where the words differ by a number, that is `n`. */
export function say(key: Key, given: Given = {}): string {
  const found = catalogue.value[key] ?? (en as Catalogue)[key] ?? key;
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

function formFor(forms: Forms, n: number): string {
  const category = new Intl.PluralRules(locale.value).select(n);
  return forms[category] ?? forms.other ?? "";
}

function languageOf(tag: string): string {
  return tag.split("-")[0]?.toLowerCase() ?? "";
}
