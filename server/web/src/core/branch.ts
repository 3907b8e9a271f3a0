/**
 * What stands on a branch that a server's log does not have, written again under other names; pure.
 *
 * Theory of operation
 * -------------------
 * Where a device was put back, or a server, one counter of one device can come to mean two events. The server's log
 * decides which of them has the name. The other one, all that followed it under that name, and all that had seen any
 * of it (and is not in the server's log) stand on a branch. They can't keep their names: whoever reads there that
 * somebody has seen the event would take it for the other.
 *
 * So they are written again, in the same order, each saying anew what it had seen, no more and no less. The new name
 * is worked out from the first event of the branch under the old one: several devices that hold the same branch write
 * the same events, and they are in the log once.
 */

import { identityDigest, isEmpty, unplaced, type Event, type Seen } from "./envelope";
import { hashOf } from "./hash";
import { retargeted } from "./redaction";

/** An event of a log: whether a server confirmed it once, and whether it has its place in the server's log now. */
export interface Held {
  readonly event: Event;
  readonly confirmed: boolean;
  readonly placed: boolean;
}

/** What comes instead of an event, and whether a server had confirmed that. */
export interface Again {
  readonly event: Event;
  readonly confirmed: boolean;
}

/** What has to go (device → from which counter on), what comes instead, and the new names. */
export interface Branch {
  readonly parted: Map<string, number>;
  readonly again: Again[];
  readonly names: Map<string, string>;
}

/** The event that a log has under a device and a counter. */
export type Find = (device: string, n: number) => Event | undefined | Promise<Event | undefined>;

type Dead = Held & { readonly context: Seen };

/**
 * The branch that begins with `device`'s event `first`, in a log that is given in causal order. `known` are the
 * contexts that devices had before the log begins, where it does not begin at the beginning. What was written again
 * before, and is found in the log, is not written twice.
 */
export async function writeAgain(
  journal: string,
  log: Iterable<Held> | AsyncIterable<Held>,
  known: ReadonlyMap<string, Seen>,
  device: string,
  first: number,
  find: Find,
): Promise<Branch> {
  const parted = new Map([[device, first]]);
  const dead = await onBranch(log, known, parted);
  if (dead.length === 0) return { parted: new Map(), again: [], names: new Map() };
  for (let attempt = 0; ; attempt++) {
    const names = new Map<string, string>();
    for (const { event } of dead) {
      if (event.n === parted.get(event.device)) names.set(event.device, nameOf(journal, event, attempt));
    }
    const again = renamed(dead, parted, names);
    const there = await Promise.all(again.map(({ event }) => find(event.device, event.n)));
    const isTaken = (event: Event | undefined, at: number) =>
      event && identityDigest(journal, event) !== identityDigest(journal, (again[at] as Again).event);
    if (!there.some(isTaken)) return { parted, again: again.filter((_, at) => there[at] === undefined), names };
  }
}

/** What stands on the branch, with the whole context of each; tells in `parted` where each device came to be on it. */
async function onBranch(
  log: Iterable<Held> | AsyncIterable<Held>,
  known: ReadonlyMap<string, Seen>,
  parted: Map<string, number>,
): Promise<Dead[]> {
  const contexts = new Map(known);
  const dead: Dead[] = [];
  for await (const held of log) {
    const { event, placed } = held;
    let context = contexts.get(event.device) ?? {};
    if (!isEmpty(event.seen)) contexts.set(event.device, (context = { ...context, ...event.seen }));
    if (!parted.has(event.device) && !placed && [...parted].some(([d, n]) => (context[d] ?? 0) >= n)) {
      parted.set(event.device, event.n);
    }
    if (event.n >= (parted.get(event.device) ?? Infinity)) dead.push({ ...held, context });
  }
  return dead;
}

/** The events under their new names; a rejected one, of which nothing but the name is left, stays away. */
function renamed(dead: readonly Dead[], parted: Map<string, number>, names: Map<string, string>): Again[] {
  const again: Again[] = [];
  const counters = new Map<string, number>();
  const counted = new Map<string, number>();
  const written = new Map<string, [string, number]>();
  const said = new Map<string, Seen>();
  for (const { event, confirmed, context } of dead) {
    const name = names.get(event.device) as string;
    if (!event.rejected) counters.set(name, (counters.get(name) ?? 0) + 1);
    const n = counters.get(name) ?? 0;
    counted.set(`${event.device}.${event.n}`, n);
    if (event.rejected) continue;
    const whole: Seen = { [event.device]: (parted.get(event.device) as number) - 1 };
    for (const [other, reached] of Object.entries(context)) {
      const start = parted.get(other) ?? reached + 1;
      whole[other] = Math.min(reached, start - 1);
      if (reached >= start) whole[names.get(other) as string] = counted.get(`${other}.${reached}`) ?? 0;
    }
    const before = said.get(name) ?? {};
    const seen = Object.fromEntries(Object.entries(whole).filter(([other, m]) => m > (before[other] ?? 0)));
    said.set(name, { ...before, ...seen });
    const made = { ...unplaced(event), device: name, n, seen };
    again.push({ event: retargeted(made, (device, m) => written.get(`${device}.${m}`)), confirmed });
    written.set(`${event.device}.${event.n}`, [name, n]);
  }
  return again;
}

/** A name-based UUID (version 5, RFC 9562), worked out from an event. */
function nameOf(journal: string, event: Event, attempt: number): string {
  const made = hashOf(`milepost again 1\n${journal}\n${identityDigest(journal, event)}\n${attempt}\n`);
  const variant = ((parseInt(made.charAt(16), 16) & 3) | 8).toString(16);
  const digits = `${made.slice(0, 12)}5${made.slice(13, 16)}${variant}${made.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
