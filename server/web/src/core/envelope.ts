/**
 * The envelope that every event travels in, its digest and the chain over a log; knows no event type.
 *
 * An event's `data` is the text of the payload's JSON as its author wrote it, never encoded again, so the same bytes
 * give the same digest everywhere and for ever. What has its default may be left out of an event. The exact byte
 * layouts are part of the protocol.
 */

import { MAX_REASON } from "./generated/table";
import type { Event, Proof, Seen } from "./generated/messages";
import { hashAfter, hashOf } from "./hash";
import { parseMessage } from "./json";

export type { Event, Seen };

/** The envelope's fields in the order in which they are written; the payload comes last. */
const FIELDS = [
  "seq",
  "device",
  "n",
  "seen",
  "hlc",
  "actor",
  "type",
  "v",
  "salt",
  "received_at",
  "merge_hlc",
  "rejected",
  "digest",
  "data_digest",
  "receipt",
] as const;

/** The clock reading that merging uses. */
export function rankedAt(event: Event): string {
  return event.merge_hlc || event.hlc || "";
}

/** Whether somebody wrote that very event: its device and counter. */
export function isOf(one: { device: string; n: number }, other: { device: string; n: number }): boolean {
  return one.n === other.n && one.device === other.device;
}

/** The event as the JSON object that is stored and sent; the payload goes in verbatim, defaults are left out. */
export function encodeEvent(event: Event): string {
  const head: Record<string, unknown> = {};
  for (const name of FIELDS) {
    const value = event[name];
    if (name === "v" ? value !== undefined && value !== 1 : name === "seen" ? !isEmpty(event.seen) : value)
      head[name] = value;
  }
  const text = JSON.stringify(head);
  return event.data === undefined ? text : `${text.slice(0, -1)},"data":${event.data}}`;
}

/** The event in one JSON object. */
export function decodeEvent(text: string): Event {
  return parseMessage(text) as Event;
}

/** A message with events in it, and what stands beside them. */
export function encodeWithEvents(beside: object, events: readonly Event[], proofs: readonly Proof[] = []): string {
  const head = JSON.stringify(proofs.length ? { ...beside, proofs } : beside).slice(0, -1);
  return `${head}${head === "{" ? "" : ","}"events":[${events.map(encodeEvent).join()}]}`;
}

/** The event without the place that a server gave it. */
export function unplaced(event: Event): Event {
  const { seq: _, ...rest } = event;
  return rest;
}

/** The event without all that a server added: what is pushed. */
export function authored(event: Event): Event {
  const { seq: _, received_at: __, merge_hlc: ___, ...rest } = event;
  return rest;
}

/** SHA-256 over the salt and the payload; of a redacted event, what it was before. */
export function saltedDigest(event: Event): string {
  return event.data_digest || hashOf(`milepost data 1\n${event.salt ?? ""}\n${event.data ?? ""}`);
}

/**
 * SHA-256 over the author's fields, one to a line, and the salted digest of the payload.
 *
 * With (device, n) it is the event's identity: the same counter with another digest is a fork.
 */
export function identityDigest(journal: string, event: Event): string {
  if (event.rejected) return event.digest ?? "";
  const seen = isEmpty(event.seen)
    ? ""
    : Object.entries(event.seen ?? {})
        .sort(byName)
        .map((one) => one.join("="))
        .join();
  return hashOf(
    `milepost event 1\n${journal}\n${event.device}\n${event.n}\n${seen}\n${event.hlc ?? ""}\n${event.actor ?? ""}\n` +
      `${event.type ?? ""}\n${event.v ?? 1}\n${saltedDigest(event)}\n`,
  );
}

/** The chain value before a journal's first event. */
export function genesisChain(journal: string): string {
  return hashOf(`milepost chain 1\n${journal}\n`);
}

/** The chain value after `event`, given the one before it and the event's digest. */
export function nextChain(chain: string, digest: string, event: Event): string {
  return hashAfter(chain + digest, `${event.received_at ?? 0}\n${rankedAt(event)}\n${event.rejected ?? ""}\n`);
}

/**
 * What is kept of a rejected event: its context stays, since its device's next one is told as the difference from it.
 */
export function asStub(journal: string, event: Event, reason: string): Event {
  const { device, n, seen = {} } = event;
  const rejected = [...reason].slice(0, MAX_REASON).join("");
  return { device, n, seen, rejected, digest: identityDigest(journal, event) };
}

/** Whether a context names no device. */
export function isEmpty(seen: Seen | undefined): boolean {
  for (const _ in seen) return false;
  return true;
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
