/**
 * Taking the words of an event out of every log: the event that says so, and what is left of its target.
 *
 * What is left keeps its place, its identity and the names of its fields; their values are null. It carries the salted
 * digest of what it once said, so that digest and chain still come out the same, and no salt, so that nothing can be
 * guessed back from it.
 */

import { saltedDigest, type Event } from "./envelope";
import { COMPOSITES } from "./generated/table";
import type { Json, RedactionMade } from "./generated/payloads";
import { isObject, parsePayload } from "./json";
import { readPayload, type Fields } from "./reading";

export const REDACTION = "redaction.made";

/** Fields of a proposal that say which fields of which entity it is about: what these are called is no secret. */
const CHANGES: ReadonlySet<string> = new Set(["change", "accepted"]);

/** What a redaction asks for; undefined for every other event, and for one of a newer version. */
export function redactionOf(event: Event): RedactionMade | undefined {
  if (event.type !== REDACTION || event.rejected || event.data_digest) return undefined;
  const data = parsePayload(event.data ?? "");
  if (!isObject(data)) return undefined;
  const { event: tag = REDACTION, ...fields } = data;
  return tag === REDACTION ? (readPayload(REDACTION, fields) as RedactionMade | undefined) : undefined;
}

/** What is left of an event. Again changes nothing; a stub has nothing to lose. */
export function redacted(event: Event, of: RedactionMade): Event {
  if (event.rejected) return event;
  const { salt: _, ...rest } = event;
  const { event: __, ...fields } = JSON.parse(event.data ?? "{}") as Fields;
  const left = Object.entries(fields).map(([name, value]) => [name, name === "id" ? value : emptied(of, name, value)]);
  return { ...rest, data: JSON.stringify(Object.fromEntries(left)), data_digest: saltedDigest(event) };
}

/** The value of a register that a redacted event set; what its type alone says (`retracted`, `resting`) stays. */
export function emptiedRegister(kind: string, of: RedactionMade, register: string, value: Json): Json {
  if (COMPOSITES[kind]?.[register] && isObject(value)) {
    return mapped(value, (name, one) => (name === "resting" ? one : emptied(of, name, one)));
  }
  return register === "retracted" ? value : emptied(of, register, value);
}

/**
 * A redaction of an event that was itself written again names it as it is called now; any other event as it is.
 * `written` says under which name and counter that is.
 */
export function retargeted(event: Event, written: (device: string, n: number) => [string, number] | undefined): Event {
  const of = redactionOf(event);
  const now = of && written(of.device, of.n);
  return now ? { ...event, data: JSON.stringify({ ...of, device: now[0], n: now[1] }) } : event;
}

function emptied(of: RedactionMade, name: string, value: Json): Json {
  if (CHANGES.has(name) && isObject(value) && isObject(value["fields"]) && !Array.isArray(value["fields"])) {
    return { ...value, fields: mapped(value["fields"], (field, one) => emptied(of, field, one)) };
  }
  return of.fields === undefined || of.fields.includes(name) ? null : value;
}

function mapped(values: Fields, to: (name: string, value: Json) => Json): Fields {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(name, value)]));
}
