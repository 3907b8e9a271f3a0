/**
 * What became of an entity, write by write; knows no store and no screen. All of it is worked out of events: a state
 * keeps only what nobody has overwritten. They come in a causal order, which makes no difference beyond that.
 */

import { hlcMs } from "../core/clock";
import { rankedAt, type Event, type Seen } from "../core/envelope";
import type { Change as Agreed, Json } from "../core/generated/payloads";
import { COMPOSITES } from "../core/generated/table";
import { isObject, isSame, parsePayload } from "../core/json";
import { byRegister, readFields, type Fields } from "../core/reading";
import { hasSeen, setAside, shown, write, type Registers, type Stamp } from "../core/register";
import { by } from "./entities";

/** One field, written once. `from` is what its author saw in its place (null where there was nothing yet). */
export interface Change {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
  /** Why, where they said so. */
  readonly reason: string | null;
  readonly actor: string;
  readonly device: string;
  readonly n: number;
  /** The merge clock in milliseconds since 1970. */
  readonly at: number;
  /** What it said was taken out for good, wholly or in part. */
  readonly redacted: boolean;
  /** The writes (`device.n`) that were made at the same time, neither author knowing of the other's. */
  readonly beside: readonly string[];
  /** The values that stood side by side and that this write, having seen them, put aside. */
  readonly settles: readonly Json[];
  /** It stands beside what is shown until somebody settles it. */
  readonly set_aside: boolean;
}

/** One write of one register, and why. */
interface Written {
  readonly stamp: Stamp;
  readonly register: string;
  readonly value: Json;
  readonly reason: string | null;
  readonly redacted: boolean;
}

type AtOnce = Pick<Change, "beside" | "settles" | "set_aside">;
type Row = readonly [at: string, device: string, n: number, field: string, place: number, change: Change];

const ALONE: AtOnce = { beside: [], settles: [], set_aside: false };

/**
 * Every write to an entity, the oldest first; empty for one that nobody wrote. The rows of a field, played one after
 * the other, end with what is shown of it now. Oldest means by the merge clock, save that a write never stands before
 * one that its author had seen.
 */
export function history(events: Iterable<Event>, journal: string, kind: string, id: string): Change[] {
  const ofRegister = new Map<string, Written[]>();
  for (const one of writesTo(events, journal, kind, id)) {
    const ours = ofRegister.get(one.register);
    if (ours) ours.push(one);
    else ofRegister.set(one.register, [one]);
  }
  return [...ofRegister]
    .flatMap(([register, writes]) => rowsOf(register, writes, register in (COMPOSITES[kind] ?? {})))
    .sort(by((row) => row.slice(0, 5) as (string | number)[]))
    .map((row) => row[5]);
}

function* writesTo(events: Iterable<Event>, journal: string, kind: string, id: string): Generator<Written> {
  const contexts = new Map<string, Seen>();
  for (const event of events) {
    const { device, n, actor = "" } = event;
    const seen = { ...contexts.get(device), ...event.seen };
    contexts.set(device, seen);
    const stamp: Stamp = { device, n, rankedAt: rankedAt(event), actor, seen };
    for (const [ofKind, entity, values] of partsOf(journal, event)) {
      if (ofKind !== kind || entity !== id) continue;
      for (const [register, value] of byRegister(kind, values)) {
        yield { stamp, register, value, reason: reasonOf(event), redacted: Boolean(event.data_digest) };
      }
    }
  }
}

/** What an event writes, and to which entities: to what was proposed too, where somebody agreed to it. */
export function partsOf(journal: string, event: Event): [kind: string, id: string, fields: Fields][] {
  const read = event.rejected ? undefined : readFields(journal, event);
  if (read === undefined) return [];
  const { accepted, ...fields } = read[2];
  if (read[0] !== "proposal") return [[read[0], read[1], read[2]]];
  const parts: [string, string, Fields][] = [[read[0], read[1], fields]];
  if (!isObject(accepted)) return parts;
  const agreed = accepted as unknown as Agreed;
  return [[agreed.kind, agreed.id, agreed.fields], ...parts];
}

function reasonOf(event: Event): string | null {
  const data = parsePayload(event.data ?? "");
  return isObject(data) ? ((data["reason"] ?? null) as string | null) : null;
}

/** The rows of one register. A write of a shared one empties what it leaves out, even what its author never saw. */
function rowsOf(register: string, writes: readonly Written[], isShared: boolean): Row[] {
  const together = atOnce(writes);
  const played = new Set<string>();
  let latest: Stamp | undefined;
  return inOrder(writes).flatMap(([one, before], place) => {
    if (latest === undefined || byRank(latest, one.stamp) < 0) latest = one.stamp;
    const { rankedAt: at, device, n } = latest;
    const after = isShared ? (one.value as Fields) : { [register]: one.value };
    const was = isShared ? ((before ?? {}) as Fields) : { [register]: before };
    for (const field of [...Object.keys(after), ...Object.keys(was)]) played.add(field);
    const told = together.get(one) ?? ALONE;
    return [...played].map((field): Row => {
      const settles = isShared ? told.settles.map((value) => (value as Fields)[field] ?? null) : told.settles;
      const change = changeOf(field, was[field] ?? null, after[field] ?? null, one, { ...told, settles });
      return [at, device, n, field, place, change];
    });
  });
}

function changeOf(field: string, from: Json, to: Json, one: Written, told: AtOnce): Change {
  const { stamp, reason, redacted } = one;
  const { actor, device, n } = stamp;
  const at = stamp.rankedAt ? hlcMs(stamp.rankedAt) : 0;
  return { field, from, to, reason, actor, device, n, at, redacted, ...told };
}

/** Of one register: the writes that were made at the same time as others, and those that settled such. */
function atOnce(writes: readonly Written[]): Map<Written, AtOnce> {
  const ranked = [...writes].sort((one, other) => byRank(one.stamp, other.stamp));
  const found = new Map<Written, AtOnce>();
  if (isInTurn(ranked)) return found;
  const whole = registerOf(ranked);
  const aside = new Set((whole ? setAside(whole) : []).map(({ stamp }) => stamp));
  for (const one of ranked) {
    const blind = ranked.filter(
      ({ stamp }) => stamp !== one.stamp && !hasSeen(one.stamp, stamp) && !hasSeen(stamp, one.stamp),
    );
    const seen = registerOf(ranked.filter(({ stamp }) => hasSeen(one.stamp, stamp)));
    const twice = seen && setAside(seen).length ? seen : [];
    const settles = twice.map(({ value }) => value).filter((value) => !isSame(value, one.value));
    const beside = blind.map(({ stamp }) => `${stamp.device}.${stamp.n}`).sort();
    if (beside.length || settles.length) found.set(one, { beside, settles, set_aside: aside.has(one.stamp) });
  }
  return found;
}

/**
 * The writes of one register by the merge clock, none before one that it has seen, each with what its author saw. Built
 * from the end: the last is the one that is shown, since nothing has seen it and it ranks highest of those. A device
 * whose events were written again under another name has clocks that contradict its counters.
 */
function inOrder(writes: readonly Written[]): [Written, Json][] {
  const left = [...writes].sort((one, other) => byRank(one.stamp, other.stamp));
  if (isInTurn(left)) return left.map((one, at) => [one, left[at - 1]?.value ?? null]);
  const ordered: Written[] = [];
  while (left.length) {
    let at = left.length - 1;
    while (at > 0 && left.some((other) => hasSeen(other.stamp, (left[at] as Written).stamp))) at -= 1;
    ordered.unshift(...left.splice(at, 1));
  }
  return ordered.map((one, place) => {
    const seen = registerOf(ordered.slice(0, place).filter((other) => hasSeen(one.stamp, other.stamp)));
    return [one, seen ? shown(seen) : null];
  });
}

function isInTurn(ranked: readonly Written[]): boolean {
  return ranked.every((one, at) => at === 0 || hasSeen(one.stamp, (ranked[at - 1] as Written).stamp));
}

function registerOf(writes: readonly Written[]) {
  const registers: Registers = new Map();
  for (const { stamp, value } of writes) write(registers, "", stamp, value);
  return registers.get("");
}

function byRank(one: Stamp, other: Stamp): number {
  return by(({ rankedAt: at, device, n }: Stamp) => [at, device, n])(one, other);
}
