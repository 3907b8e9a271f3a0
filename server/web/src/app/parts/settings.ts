/**
 * What a plugin asks a person for: read off the JSON Schema of its settings, begun with what is so now, and made JSON again of
 * what was typed. Pure; knows no plugin.
 */

import type { Json } from "../../core/generated/payloads";
import type { Key } from "../words/words";

type Choice = string | number;
type Schema = { readonly [name: string]: Json };

/** How a setting is asked for. */
export type Form =
  | { readonly as: "words"; readonly type: "text" | "date" | "time" | "email" | "password"; readonly pattern?: string; readonly least?: number; readonly most?: number }
  | { readonly as: "number"; readonly whole: boolean; readonly low?: number; readonly high?: number }
  | { readonly as: "yes" }
  /** `words` says what each is called, where that is not what it is. */
  | { readonly as: "one"; readonly of: readonly Choice[]; readonly words?: Readonly<Record<string, string>> }
  | { readonly as: "some"; readonly of: readonly Choice[] }
  /** Texts, one in a line. */
  | { readonly as: "list" }
  /** Whatever has no form of its own is written as JSON. */
  | { readonly as: "json"; readonly type: "text" | "password" };

export interface Setting {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly needed: boolean;
  /** It is never told again: what is typed takes the place of what there is. */
  readonly secret: boolean;
  readonly default: Json | undefined;
  readonly form: Form;
}

/** What stands in the fields: a text, a tick, or all that are chosen. */
export type Typed = string | boolean | readonly string[];
export type AllTyped = Readonly<Record<string, Typed>>;
export type Values = Readonly<Record<string, Json>>;

/** Which setting something is wrong with, and what; the setting is empty where it is about all. */
export interface Wrong {
  readonly name: string;
  readonly words: string;
}

/** Things in the journal that a setting can name: what is of these kinds, by id, with what it is called. */
export type Named = (kinds: readonly string[]) => Readonly<Record<string, string>>;

/** The word in a schema for the kinds of things that a setting may name. */
const NAMES = "x-milepost-names";
const NOTHING: Named = () => ({});

const INPUTS = { date: "date", time: "time", email: "email" } as const;

/** The settings that a schema describes, in its order; `named` is what there is to be named in them. */
export function settingsOf(schema: Values, named: Named = NOTHING): readonly Setting[] {
  const needed = list(schema["required"]);
  const defs = object(schema["$defs"]);
  return Object.entries(object(schema["properties"])).map(([name, about]) => settingOf(name, object(about), defs, needed.includes(name), named));
}

function settingOf(name: string, about: Schema, defs: Schema, needed: boolean, named: Named): Setting {
  const kinds = kindsOf(about, defs, 0);
  const said = (what: string): string => [about, ...kinds].map((one) => one[what]).find((words) => typeof words === "string" && words !== "") as string ?? "";
  const secret = isSecret(about, defs, 0);
  return {
    name,
    label: typeof about["title"] === "string" ? about["title"] : name.replaceAll("_", " "),
    hint: said("description"),
    needed,
    secret,
    default: about["default"],
    form: namingOf(about, named) ?? formOf(kinds.filter((one) => one["type"] !== "null"), defs, secret),
  };
}

/** A choice among things in the journal, where that is what a setting is for. */
function namingOf(about: Schema, named: Named): Form | undefined {
  const kinds = about[NAMES];
  if (!Array.isArray(kinds) || about["type"] !== "string") return undefined;
  const words = named(kinds.map(String));
  return { as: "one", of: Object.keys(words), words };
}

/** How deep references are followed: settings are shallow, and a schema may go round in a circle. */
const DEEPEST = 8;

/** All that a value may be: the parts of an `anyOf`, and what a reference leads to. */
function kindsOf(about: Schema, defs: Schema, depth: number): Schema[] {
  if (depth > DEEPEST) return [];
  const ref = about["$ref"];
  if (typeof ref === "string") return kindsOf(object(defs[ref.split("/").at(-1) ?? ""]), defs, depth + 1);
  if (Array.isArray(about["anyOf"])) return about["anyOf"].flatMap((one) => kindsOf(object(one), defs, depth + 1));
  return [about];
}

function isSecret(about: Json | undefined, defs: Schema, depth: number): boolean {
  if (depth > DEEPEST || typeof about !== "object" || about === null) return false;
  if (Array.isArray(about)) return about.some((one) => isSecret(one, defs, depth + 1));
  const ref = about["$ref"];
  if (typeof ref === "string") return isSecret(defs[ref.split("/").at(-1) ?? ""], defs, depth + 1);
  return about["writeOnly"] === true || Object.values(about).some((one) => isSecret(one, defs, depth + 1));
}

function formOf(kinds: readonly Schema[], defs: Schema, secret: boolean): Form {
  const [kind, ...others] = kinds;
  const asJson: Form = { as: "json", type: secret ? "password" : "text" };
  if (!kind || others.length) return asJson;
  const choices = choicesOf(kind);
  if (choices) return { as: "one", of: choices };
  switch (kind["type"]) {
    case "boolean":
      return { as: "yes" };
    case "integer":
    case "number":
      return { as: "number", whole: kind["type"] === "integer", ...bounds(kind) };
    case "string":
      return wordsOf(kind, secret);
    case "array":
      return arrayOf(kindsOf(object(kind["items"]), defs, 0)) ?? asJson;
    default:
      return asJson;
  }
}

function wordsOf(kind: Schema, secret: boolean): Form {
  const format = kind["format"] as keyof typeof INPUTS;
  const { pattern, minLength: least, maxLength: most } = kind;
  return {
    as: "words",
    type: secret ? "password" : (INPUTS[format] ?? "text"),
    ...(typeof pattern === "string" && { pattern }),
    ...(typeof least === "number" && { least }),
    ...(typeof most === "number" && { most }),
  };
}

function arrayOf(items: readonly Schema[]): Form | undefined {
  const [item, ...others] = items;
  if (!item || others.length) return undefined;
  const choices = choicesOf(item);
  if (choices) return { as: "some", of: choices };
  return item["type"] === "string" && item["writeOnly"] !== true ? { as: "list" } : undefined;
}

function choicesOf(kind: Schema): readonly Choice[] | undefined {
  const given = kind["enum"];
  if (!Array.isArray(given) || !given.every((one) => typeof one === "string" || typeof one === "number")) return undefined;
  return given as Choice[];
}

function bounds(kind: Schema): { low?: number; high?: number } {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = kind;
  const step = kind["type"] === "integer" ? 1 : 0;
  const low = typeof minimum === "number" ? minimum : typeof exclusiveMinimum === "number" ? exclusiveMinimum + step : undefined;
  const high = typeof maximum === "number" ? maximum : typeof exclusiveMaximum === "number" ? exclusiveMaximum - step : undefined;
  return { ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
}

/** What the fields begin with: what is so now, else what is so by default. A secret is never shown. */
export function begun(settings: readonly Setting[], now: Values = {}): AllTyped {
  return Object.fromEntries(settings.map((one) => [one.name, one.secret ? "" : typedOf(one.form, now[one.name] ?? one.default)]));
}

function typedOf(form: Form, value: Json | undefined): Typed {
  if (form.as === "yes") return value === true;
  if (form.as === "some") return list(value).map(String);
  if (form.as === "list") return list(value).map(String).join("\n");
  if (value === undefined || value === null) return "";
  return form.as === "json" && typeof value !== "string" ? JSON.stringify(value) : String(value);
}

/** Why something typed can't be used, before any server is asked. */
export interface Unusable {
  readonly key: Key;
  readonly given: Readonly<Record<string, number>>;
}

/** The value of what was typed: undefined where nothing was, so that what is so by default counts. */
export function valueOf({ form, needed }: Setting, typed: Typed): { value?: Json; wrong?: Unusable } {
  if (form.as === "yes") return { value: typed === true };
  if (form.as === "some") return { value: form.of.filter((one) => (typed as readonly string[]).includes(String(one))) };
  const text = String(typed).trim();
  if (text === "") return needed ? unusable("setting_wrong.missing") : {};
  switch (form.as) {
    case "number":
      return numberOf(form, text);
    case "words":
      return checkedWords(form, form.type === "password" ? String(typed) : text);
    case "one":
      return { value: form.of.find((one) => String(one) === text) ?? text };
    case "list":
      return { value: text.split("\n").map((line) => line.trim()).filter(Boolean) };
    case "json":
      return jsonOf(text);
  }
}

function unusable(key: Unusable["key"], given: Unusable["given"] = {}): { wrong: Unusable } {
  return { wrong: { key, given } };
}

function numberOf({ whole, low = -Infinity, high = Infinity }: Form & { as: "number" }, text: string): ReturnType<typeof valueOf> {
  const value = Number(text.replace(",", "."));
  if (Number.isNaN(value)) return unusable("setting_wrong.number");
  if (whole && !Number.isInteger(value)) return unusable("setting_wrong.whole");
  if (value < low) return unusable("setting_wrong.low", { low });
  return value > high ? unusable("setting_wrong.high", { high }) : { value };
}

function checkedWords({ pattern, least = 0, most = Infinity }: Form & { as: "words" }, text: string): ReturnType<typeof valueOf> {
  const n = [...text].length;
  if (n > most) return unusable("refused.too_long", { n, most });
  if (n < least) return unusable("setting_wrong.short", { least });
  return pattern !== undefined && !fits(text, pattern) ? unusable("setting_wrong.pattern") : { value: text };
}

/** Whether a text is as a pattern says. One that browsers read otherwise is left to the server. */
function fits(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

function jsonOf(text: string): { value: Json } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return { value: text };
  }
}

/**
 * Settings as they are to be asked for: those that were changed from what the fields began with. Without `now` they are new, and
 * those that are needed are asked for in any case; with it, what was emptied goes back to its default.
 */
export function asked(settings: readonly Setting[], typed: AllTyped, now?: Values): { values: Values; wrong: ReadonlyMap<string, Unusable> } {
  const values: Record<string, Json> = {};
  const wrong = new Map<string, Unusable>();
  const first = begun(settings, now);
  for (const one of settings) {
    const is = typed[one.name] ?? "";
    if (JSON.stringify(is) === JSON.stringify(first[one.name]) && (now !== undefined || !one.needed)) continue;
    const found = valueOf(one, is);
    if (found.wrong) wrong.set(one.name, found.wrong);
    else if (found.value !== undefined) values[one.name] = found.value;
    else if (now !== undefined) values[one.name] = null;
  }
  return { values, wrong };
}

/** Which setting a server's words are about: it names one in backticks, as in `url` or `$.rooms[0]`. */
export function wrongIn(words: string, names: readonly string[]): Wrong {
  const told = [...words.matchAll(/`(?:\$\.)?(\w+)[^`]*`/g)].map((match) => match[1] ?? "");
  const bare = words.replace(/^These settings can't be used: /, "").replace(/ - at `\$[^`]*`$/, "");
  return { name: told.find((one) => names.includes(one)) ?? "", words: bare };
}

function object(value: Json | undefined): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
