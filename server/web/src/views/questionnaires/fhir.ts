/**
 * A questionnaire out of a FHIR R4 Questionnaire in JSON, which anybody may have written: each value is looked at, and all is
 * bounded. Pure. Twin of `milepost/measures/fhir.py` and of what it reads with; only what is said of a wrong file differs.
 */

import { BARE, valuesOf, type Instrument, type Item } from "./instruments";

export const MAX_BYTES = 1024 * 1024;
const MAX_TEXT = 2_000;
const MAX_WORD = 100;
const MAX_ITEMS = 200;
const MAX_OPTIONS = 20;
const MAX_VALUE = 1_000;
const MAX_DEPTH = 10;
const MAX_NODES = 2_000;
const MAX_ANY = 1_000;
const WEIGHTS = ["http://hl7.org/fhir/StructureDefinition/ordinalValue", "http://hl7.org/fhir/StructureDefinition/itemWeight"];
const LOINC = "http://loinc.org";
/** Types of items of which nothing can be chosen, or nothing that is kept. */
const NOT_CHOSEN = new Set(["attachment", "decimal", "quantity", "reference", "text", "url"]);
const UNSEEN = /[\p{Cc}\p{Cs}]/u;

/** A file that is no such form; `at` is the place of what is wrong, as in `item[2].text`. */
export class NoForm extends Error {
  override name = "NoForm";

  constructor(readonly at: string) {
    super(`There is something wrong at ${at || "the beginning"}.`);
  }
}

/** An object of the file, and where it stands. */
class Table {
  readonly value: Readonly<Record<string, unknown>>;

  constructor(value: unknown, readonly path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NoForm(path);
    this.value = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.value, name);
  }

  get(name: string): unknown {
    return this.has(name) ? this.value[name] : undefined;
  }

  wrong(name: string): NoForm {
    return new NoForm(this.path ? `${this.path}.${name}` : name);
  }

  text(name: string, most = MAX_TEXT): string | null {
    const value = this.get(name) ?? null;
    if (value === null) return null;
    if (typeof value !== "string" || [...value].length > most || UNSEEN.test(value.replace(/[\n\t]/g, ""))) throw this.wrong(name);
    const trimmed = value.replace(/^[^\S\ufeff]+|[^\S\ufeff]+$/g, "");
    if (!trimmed) throw this.wrong(name);
    return trimmed;
  }

  whole(name: string, low: number, high: number): number | null {
    const value = this.get(name) ?? null;
    if (value === null) return null;
    if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) throw this.wrong(name);
    return value;
  }

  table(name: string): Table | null {
    return this.has(name) ? new Table(this.value[name], this.wrong(name).at) : null;
  }

  tables(name: string, most: number): Table[] {
    const value = this.get(name) ?? null;
    if (value === null) return [];
    if (!Array.isArray(value) || value.length > most) throw this.wrong(name);
    return value.map((one, i) => new Table(one, `${this.wrong(name).at}[${i}]`));
  }
}

/** One way through the items of a questionnaire, groups before what they hold. */
class Walk {
  readonly items: Item[] = [];
  scored = true;
  passedOver = 0;
  #nodes = 0;

  go(table: Table, depth = 1): void {
    for (const item of table.tables("item", MAX_NODES)) {
      this.#nodes += 1;
      if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) throw new NoForm(item.path);
      this.#take(item);
      if (item.has("item")) this.go(item, depth + 1);
    }
  }

  #take(item: Table): void {
    const kind = item.text("type", MAX_WORD);
    if (kind === "group" || kind === "display") return;
    const isGiven = item.has("answerOption");
    if (kind !== null && NOT_CHOSEN.has(kind) && (isGiven || item.has("answerValueSet"))) throw item.wrong("type");
    if (item.has("answerValueSet") && !isGiven) throw item.wrong("answerValueSet");
    if (!isGiven && kind !== "boolean") {
      this.passedOver += 1;
      return;
    }
    if (item.get("repeats") === true) throw item.wrong("repeats");
    if (this.items.length >= MAX_ITEMS) throw new NoForm(item.path);
    const text = item.text("text");
    const last = this.items.at(-1);
    if (last && (text === null) !== (last.text === null)) throw new NoForm(item.path);
    this.items.push({ options: this.#options(item), text });
  }

  #options(item: Table): Item["options"] {
    if (!item.has("answerOption")) {
      this.scored = false;
      return [{ value: 0, label: "no" }, { value: 1, label: "yes" }];
    }
    const given = item.tables("answerOption", MAX_OPTIONS);
    if (given.length < 2) throw item.wrong("answerOption");
    let weights = given.map(weightOf);
    const labels = given.map(labelOf);
    if (weights.includes(null)) {
      this.scored = false;
      const numbers = given.map((option) => option.whole("valueInteger", -MAX_VALUE, MAX_VALUE));
      weights = numbers.includes(null) ? given.map((_, i) => i) : numbers;
    }
    return weights.map((value, i) => ({ value: value ?? 0, label: labels[i] ?? null }));
  }
}

/** The number that an answer counts for. */
function weightOf(option: Table): number | null {
  const places = [option, ...["valueCoding", "_valueInteger", "_valueString"].filter((name) => option.has(name)).map((name) => option.table(name))];
  for (const place of places) {
    for (const extension of place?.tables("extension", MAX_ANY) ?? []) {
      if (WEIGHTS.includes(extension.get("url") as string)) return extension.whole("valueDecimal", -MAX_VALUE, MAX_VALUE);
    }
  }
  return null;
}

function labelOf(option: Table): string | null {
  const coding = option.table("valueCoding");
  if (coding) return coding.text("display") ?? coding.text("code");
  const number = option.whole("valueInteger", -(2 ** 31), 2 ** 31 - 1);
  return number === null ? option.text("valueString") : String(number);
}

/** The questionnaire in a file's text; one with the id of one of `known` is that with the file's words. `name` is the file's. */
export function readQuestionnaire(text: string, name: string, known: readonly Instrument[]): Instrument {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new NoForm("");
  }
  const dot = name.lastIndexOf(".");
  const found = questionnaire(new Table(value, ""), (dot > 0 && name.slice(0, dot)) || name);
  const base = known.find(({ id }) => id === found.id);
  if (!base) return found;
  const isSame = JSON.stringify(found.items.map(valuesOf)) === JSON.stringify(base.items.map(valuesOf));
  if (!isSame) throw new NoForm("id");
  return { ...base, items: found.items, licence: found.licence };
}

function questionnaire(table: Table, fallback: string): Instrument {
  if (table.get("resourceType") !== "Questionnaire") throw table.wrong("resourceType");
  const walk = new Walk();
  walk.go(table);
  if (!walk.items.length) throw table.wrong("item");
  const named = table.text("id") ?? table.text("name") ?? ((table.text("url") ?? "").split("/").pop() || fallback);
  return {
    ...BARE,
    id: slug(named) || slug(fallback) || "questionnaire",
    version: table.text("version", MAX_WORD) ?? "unversioned",
    title: [...(table.text("title") ?? table.text("name") ?? named)].slice(0, MAX_WORD).join(""),
    licence: table.text("copyright"),
    items: walk.items,
    rule: walk.scored ? "sum" : null,
    loinc_panel: panelOf(table),
    passed_over: walk.passedOver,
  };
}

function panelOf(table: Table): string | null {
  const panel = table.tables("code", MAX_ANY).find((code) => code.get("system") === LOINC);
  return panel?.text("code", MAX_WORD) ?? null;
}

/** Any name as an id: small letters, digits, `-`, `_` and `.`, at most 64. */
function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9._-]+/g, "-").replace(/^[-._]+|[-._]+$/g, "").slice(0, 64).replace(/[-._]+$/, "");
}
