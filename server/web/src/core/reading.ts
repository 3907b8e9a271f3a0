/**
 * Reading a payload by the table of event types: which entity it is about, and which fields it sets. What breaks the
 * rules of its type can't be read, and is passed over by the fold.
 *
 * The table is made of the classes that a server checks events by. Two things it checks can't be seen here, since a
 * parsed number does not say how it was written (`7.0` is no whole number), nor a parsed object that it had a key
 * twice: neither comes out of a server.
 */

import type { Event } from "./envelope";
import { COMPOSITES, EVENT_TYPES, SHAPES } from "./generated/table";
import type { Json } from "./generated/payloads";
import { isObject, parsePayload } from "./json";

/** What a field may hold. The names of other shapes stand in it as they do in `EventType`. */
export type Shape =
  | readonly ["text", least: number, most: number, form?: string]
  | readonly ["whole", least: number, most: number]
  | readonly ["number"]
  | readonly ["flag"]
  | readonly ["one of", ...string[]]
  | readonly ["list", of: string, least: number, most: number]
  | readonly ["map", of: string, least: number, most: number]
  | readonly ["object", fields: Record<string, string>];

/**
 * A type's version, the kind of its entity, its fields (name → `Line`, `Text?` where it may be null, `Day!` where it
 * must be there, `Number|Line` where it is either) and what it sets by being what it is.
 */
export interface EventType {
  readonly kind: string;
  readonly v: number;
  readonly fields: Record<string, string>;
  readonly sets?: Fields;
}

export type Fields = Record<string, Json>;
/** Gives a value as it is kept, or undefined where it is no such value. */
export type Read = (value: unknown) => Json | undefined;

/** An event type that this version reads. */
export interface Known {
  readonly type: EventType;
  readonly read: (value: unknown) => Fields | undefined;
  /** What a redaction leaves: any field but the id may be null or absent. */
  readonly readRedacted: (value: unknown) => Fields | undefined;
}

/** What a payload says beside the fields that it sets: whose entity it is, and why it was done. */
const APART: ReadonlySet<string> = new Set(["id", "reason"]);
const NONE: ReadonlySet<string> = new Set();
const SURROGATE = /[\ud800-\udfff]/;

/** How a payload of one version becomes one of the next, by `type/version`. Pure, and never changed once released. */
export const UPCASTERS: Record<string, (fields: Fields) => Fields> = {};

const READERS = new Map<string, Read>();
/** Every event type that is read here. Nothing but a test of versions that know less or more ever changes it. */
export const KNOWN = new Map<string, Known>(
  Object.entries(EVENT_TYPES).map(([name, type]) => [
    name,
    { type, read: ofFields(type.fields, APART), readRedacted: ofFields(redactedFields(type.fields), APART) },
  ]),
);

/** By kind, the registers that fields share, and all those fields. */
const SHARED = new Map(
  Object.entries(COMPOSITES).map(([kind, registers]) => [
    kind,
    { registers: Object.entries(registers), members: new Set(Object.values(registers).flat()) },
  ]),
);

/** [kind, entity id, fields] that a core event sets, or undefined where this version can't read it. */
export function readFields(journal: string, event: Event): [kind: string, id: string, fields: Fields] | undefined {
  const known = KNOWN.get(event.type ?? "");
  if (known === undefined || (event.v ?? 1) > known.type.v) return undefined;
  let data = upcast(event, known.type.v, parsePayload(event.data ?? ""));
  if (!isObject(data)) return undefined;
  if ("event" in data) {
    const { event: tag, ...rest } = data;
    if (tag !== event.type || event.data_digest) return undefined;
    data = rest;
  }
  const fields = (event.data_digest ? known.readRedacted : known.read)(data);
  if (fields === undefined) return undefined;
  const id = "id" in known.type.fields ? (data["id"] as string) : journal;
  return [known.type.kind, id, known.type.sets ? { ...fields, ...known.type.sets } : fields];
}

/** All that a payload of a type says, in the order of its fields; undefined where it breaks a rule. */
export function readPayload(type: string, value: unknown): Fields | undefined {
  const known = EVENT_TYPES[type];
  return known && ofFields(known.fields, NONE)(value);
}

/** [register, value] of each: the fields that share a register as one object, every other as it is. */
export function byRegister(kind: string, fields: Fields): [register: string, value: Json][] {
  const composites = SHARED.get(kind);
  const all = Object.entries(fields);
  if (composites === undefined) return all;
  const found = all.filter(([name]) => !composites.members.has(name));
  for (const [register, members] of composites.registers) {
    let shared: Fields | undefined;
    for (const name of members) {
      const value = fields[name];
      if (value !== undefined) (shared ??= {})[name] = value;
    }
    if (shared !== undefined) found.push([register, shared]);
  }
  return found;
}

/** Whether this version reads events of that type and version. */
export function isKnown(type: string, v: number): boolean {
  const known = KNOWN.get(type);
  return known !== undefined && v <= known.type.v;
}

/** `x.<plugin>.<name>` belongs to a plugin: relayed by everyone, folded only by who knows it. */
export function isPluginType(type: string): boolean {
  return type.startsWith("x.");
}

function upcast(event: Event, to: number, data: Json | undefined): Json | undefined {
  for (let v = event.v ?? 1; v < to && isObject(data); v++) data = UPCASTERS[`${event.type}/${v}`]?.(data);
  return data;
}

function redactedFields(fields: Record<string, string>): Record<string, string> {
  const anyOf = ([name, form]: [string, string]) => [name, name === "id" ? form : `${form.replace("!", "")}?`];
  return Object.fromEntries(Object.entries(fields).map(anyOf));
}

/** Reads an object of these fields and no others; those that stand `apart` are looked at and not kept. */
function ofFields(fields: Record<string, string>, apart: ReadonlySet<string>): (value: unknown) => Fields | undefined {
  const known = Object.entries(fields).map(([name, form]) => ({
    name,
    read: readerOf(form),
    isRequired: form.includes("!"),
    isKept: !apart.has(name),
  }));
  return (value) => {
    if (!isObject(value) || Array.isArray(value)) return undefined;
    const found: Fields = {};
    let left = Object.keys(value).length;
    for (const { name, read, isRequired, isKept } of known) {
      const given = value[name];
      if (given === undefined) {
        if (isRequired) return undefined;
        continue;
      }
      const kept = read(given);
      if (kept === undefined) return undefined;
      if (isKept) found[name] = kept;
      left--;
    }
    return left === 0 ? found : undefined;
  };
}

/** Reads a value of a field's form. */
export function readerOf(form: string): Read {
  let found = READERS.get(form);
  if (found === undefined) READERS.set(form, (found = made(form)));
  return found;
}

function made(form: string): Read {
  const names = form.replace(/[!?]/g, "").split("|");
  const readers = names.map((name) => ofShape(SHAPES[name]));
  const [read, other] = readers as [Read, Read?];
  const either: Read = other ? (value) => read(value) ?? other(value) : read;
  return form.includes("?") ? (value) => (value === null ? null : either(value)) : either;
}

function ofShape(shape: Shape | undefined): Read {
  switch (shape?.[0]) {
    case "text":
      return ofText(shape[1], shape[2]);
    case "whole": {
      const [, least, most] = shape;
      return (value) =>
        Number.isInteger(value) && least <= (value as number) && (value as number) <= most
          ? (value as number)
          : undefined;
    }
    case "number":
      return (value) => (Number.isFinite(value) ? (value as number) : undefined);
    case "flag":
      return (value) => (typeof value === "boolean" ? value : undefined);
    case "one of":
      return (value) => (shape.indexOf(value as never, 1) > 0 ? (value as string) : undefined);
    case "list":
      return ofList(readerOf(shape[1]), shape[2], shape[3]);
    case "map":
      return ofMap(readerOf(shape[1]), shape[2], shape[3]);
    case "object":
      return ofFields(shape[1], NONE);
    case undefined:
      return (value) => value as Json;
  }
}

/** Text of so many letters; one beyond the first 65,536 of Unicode is one letter as well. */
function ofText(least: number, most: number): Read {
  return (value) => {
    if (typeof value !== "string" || value.length < least) return undefined;
    if (value.length <= most && (least <= 1 || !SURROGATE.test(value))) return value;
    const length = value.length > 2 * most ? value.length : [...value].length;
    return least <= length && length <= most ? value : undefined;
  };
}

function ofList(read: Read, least: number, most: number): Read {
  return (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return undefined;
    const found = value.map(read);
    return found.includes(undefined) ? undefined : (found as Json[]);
  };
}

function ofMap(read: Read, least: number, most: number): Read {
  return (value) => {
    if (!isObject(value) || Array.isArray(value)) return undefined;
    const found = Object.entries(value).map(([name, one]) => [name, read(one)] as const);
    if (found.length < least || found.length > most || found.some(([, one]) => one === undefined)) return undefined;
    return Object.fromEntries(found) as Fields;
  };
}
