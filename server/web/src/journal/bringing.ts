/**
 * Bringing in a copy of a journal that was made here or by `milepost export json`: what it comes to, and the events that it
 * becomes. What is in the file has an id of its own in this journal, made of its id there, so nothing comes in twice. Nothing
 * that is here is changed by it. The file may hold anything: every field is looked at where events are.
 */

import { encodePayload, type Draft } from "../core/checking";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { isObject } from "../core/json";
import { LISTS, type Copied, type Kind } from "../views/copying";
import { goals } from "../views/goals";
import { nameIn } from "../views/names";
import { BEGINNINGS, drafted } from "./bringing_drafts";
import { placeBetween } from "./placing";

export const MAX_BYTES = 20 * 1024 * 1024;
/** So many entries are brought in at once. */
export const MAX_ENTRIES = 20_000;
const SOURCE = "import json";
const MAX_ID = 200;
/** So many of those that can't be taken are named. */
const MAX_NAMED = 5;

/** A file that is no copy of a journal (`none`), or one of more than is taken at once (`much`). */
export class NoCopy extends Error {
  override name = "NoCopy";

  constructor(readonly why: "none" | "much") {
    super(why);
  }
}

/** A copy that was read: the journal that it is of, and what is in it, those before others that these name. */
export interface Copy {
  readonly journal: string;
  readonly entries: readonly { readonly kind: Kind; readonly place: number; readonly of: Copied }[];
}

export interface Found {
  readonly kind: Kind;
  readonly id: string;
}

/** What bringing a copy in comes to. */
export interface Plan {
  readonly coming: readonly Found[];
  readonly drafts: readonly Draft[];
  /** Those that are here already, and of these those that came from such a file. */
  readonly here: readonly Found[];
  readonly brought: readonly Found[];
  /** Those that were taken back here, and what lets each stand again. */
  readonly gone: readonly (Found & { readonly again: Draft })[];
  readonly refused: number;
  /** The first ones of those that can't be taken: the list, and the place in it from 1. */
  readonly named: readonly string[];
}

const ORDER: readonly (keyof typeof LISTS)[] = ["goals", "measures", "milestones", "practices", "series", "sessions", "checkins", "topics", "reflections", "assessments"];

/** Reads a copy; throws NoCopy for anything else. */
export function readCopy(text: string): Copy {
  const value = parsed(text);
  if (!isPlain(value) || typeof value["id"] !== "string" || !isId(value["id"]) || !Array.isArray(value["goals"])) throw new NoCopy("none");
  const lists = ORDER.map((name) => [LISTS[name], own(value, name) ?? []] as const);
  if (lists.some(([, list]) => !Array.isArray(list))) throw new NoCopy("none");
  const entries = lists.flatMap(([kind, list]) => (list as unknown[]).map((of, at) => ({ kind, place: at + 1, of: (isPlain(of) ? of : {}) as Copied })));
  if (entries.length > MAX_ENTRIES) throw new NoCopy("much");
  return { journal: value["id"], entries };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new NoCopy("none");
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}

function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}

/** What bringing a copy into a journal comes to, on a day; writes nothing. */
export function planned(state: State, copy: Copy, on: string): Plan {
  const planning = new Planning(state, copy, on);
  for (const entry of copy.entries) planning.add(entry);
  return planning.plan;
}

type Entry = Copy["entries"][number];

/** Goes through a copy, entry by entry. */
class Planning {
  readonly plan = { coming: [] as Found[], drafts: [] as Draft[], here: [] as Found[], brought: [] as Found[], gone: [] as Plan["gone"][number][], refused: 0, named: [] as string[] };
  readonly #names: Names;
  /** Goal and measure, of each goal that is followed by one there. */
  readonly #followed: ReadonlySet<string>;
  /** The last place in the order of goals; empty where each keeps the one that it has in the copy. */
  #last = "";

  constructor(readonly state: State, readonly copy: Copy, readonly on: string) {
    this.#names = new Names(state, copy);
    const inUse = copy.entries.filter(({ kind }) => kind === "goal").map(({ of }) => `${String(of["id"])} ${String(of["measure"])}`);
    this.#followed = new Set(inUse);
    if (this.#names.isForeign) this.#last = goals(state).reduce((highest, { rank }) => (rank > highest ? rank : highest), "");
  }

  add(entry: Entry): void {
    const { kind, of } = entry;
    const id = this.#names.idOf(kind, of);
    if (id === undefined) return this.#refuse(entry);
    const found = { kind, id };
    if (this.#names.isTaken(found)) return void this.plan.here.push(found);
    const rank = kind === "goal" && this.#last ? placeBetween(this.#last, "") : undefined;
    const drafts = this.#drafts(entry, id, rank);
    if (!drafts?.every(isWritable)) return this.#refuse(entry);
    this.#names.take(found, String(of["id"]));
    this.#last = rank ?? this.#last;
    this.#put(found, drafts);
  }

  #drafts({ kind, of }: Entry, id: string, rank: string | undefined): Draft[] | undefined {
    const { state, copy, on } = this;
    const names = this.#names;
    const nameOf = (kinds: readonly Kind[], name: Json | undefined) => names.nameOf(kinds, name);
    const isUsed = kind === "measure" && this.#followed.has(`${String(of["goal"])} ${String(of["id"])}`);
    return drafted(state, kind, of, { id, on, rank, isUsed, nameOf, journal: state.journal, from: copy.journal, source: names.isForeign ? SOURCE : "" });
  }

  #put(found: Found, drafts: readonly Draft[]): void {
    const { state, plan } = this;
    if (!state.entities.get(found.kind)?.has(found.id)) {
      plan.coming.push(found);
      plan.drafts.push(...drafts);
    } else if (state.visible(found.kind).includes(found.id)) {
      plan.here.push(found);
      if (this.#names.isForeign) plan.brought.push(found);
    } else {
      const again = standing(found.kind, drafts[0] as Draft);
      if (again && isWritable(again)) plan.gone.push({ ...found, again });
    }
  }

  #refuse({ kind, place }: Entry): void {
    this.plan.refused += 1;
    if (this.plan.named.length < MAX_NAMED) this.plan.named.push(`${ORDER.find((list) => LISTS[list] === kind)} ${place}`);
  }
}

/** What takes back all that came from such a file. */
export function takenBack(found: readonly Found[]): Draft[] {
  return [...found].reverse().map(({ kind, id }) => ({ type: `${kind}.retracted`, fields: { id } }));
}

/** What is called how in this journal. */
class Names {
  readonly isForeign: boolean;
  readonly #taken = new Set<string>();
  readonly #known = new Map<string, string>();
  readonly #state: State;

  constructor(state: State, copy: Copy) {
    this.#state = state;
    this.isForeign = copy.journal !== state.journal;
  }

  /** The id that an entry has here or is to have; undefined where it has none there. */
  idOf(kind: Kind, of: Copied): string | undefined {
    const there = of["id"];
    if (typeof there !== "string" || !there || there.length > MAX_ID) return undefined;
    return this.#made(kind, there, of);
  }

  /** An occurrence of a series is called by it and by its day, as everywhere. */
  #made(kind: Kind, there: string, of: Copied): string | undefined {
    if (!this.isForeign) return isId(there) ? there : undefined;
    const [series, original] = [of["series"], of["original"]];
    const given = kind === "session" && typeof series === "string" ? this.#known.get(`series ${series}`) : undefined;
    const at = isPlain(original) ? original["at"] : undefined;
    if (given && typeof at === "string") return nameIn(given, at);
    return nameIn(this.#state.journal, `${SOURCE}/${there}`);
  }

  /** What something that an entry names is called here; undefined where there is no such thing. */
  nameOf(kinds: readonly Kind[], there: Json | undefined): string | undefined {
    if (typeof there !== "string") return undefined;
    for (const kind of kinds) {
      const known = this.#known.get(`${kind} ${there}`);
      if (known !== undefined) return known;
      if (this.#state.entities.get(kind)?.has(there)) return there;
    }
    return undefined;
  }

  isTaken({ kind, id }: Found): boolean {
    return this.#taken.has(`${kind} ${id}`);
  }

  take({ kind, id }: Found, there: string): void {
    this.#taken.add(`${kind} ${id}`);
    this.#known.set(`${kind} ${there}`, id);
  }
}

function isWritable(draft: Draft): boolean {
  try {
    encodePayload(draft);
    return true;
  } catch {
    return false;
  }
}

/** A word of it that is written once more: what was taken back stands again by that. */
function standing(kind: Kind, begun: Draft): Draft | undefined {
  const revision = BEGINNINGS[kind].revised;
  const name = ["title", "text", "question", "note", "start", "on", "low", "subject"].find((one) => (begun.fields[one] ?? null) !== null);
  return revision && name ? { type: revision, fields: { id: begun.fields["id"] ?? "", [name]: begun.fields[name] as Json } } : undefined;
}
