/**
 * A state written down and read back, in the form in which servers give it in snapshots: contexts and stamps once each,
 * registers pointing at them. Knows no store.
 */

import { encodeEvent, type Event, type Seen } from "./envelope";
import { InvalidEvent } from "./errors";
import type { Json } from "./generated/payloads";
import { FOLD_VERSION } from "./generated/table";
import { State, isFresh, type Entity } from "./journal";
import { cutOut, parseMessage } from "./json";
import { readFields, type Fields } from "./reading";
import type { Register, Stamp, Write } from "./register";

interface Kept {
  fold: number;
  journal: string;
  contexts: Seen[];
  devices: [device: string, n: number, context: number][];
  stamps: [device: string, n: number, rankedAt: string, actor: string, context: number][];
  fresh: [kind: string, id: string, stamp: number, fields: Fields][];
  entities: [kind: string, id: string, registers: Record<string, [stamp: number, value: Json][]>][];
  newest: string;
}

/** The state as JSON. */
export function dumpState(state: State): string {
  const contexts = numbering<Seen>();
  const stamps = numbering<Stamp>();
  const fresh: Kept["fresh"] = [];
  const entities: Kept["entities"] = [];
  for (const [kind, ofKind] of state.entities) {
    for (const [id, found] of ofKind) {
      if (isFresh(found)) fresh.push([kind, id, stamps.place(found.stamp), found.fields]);
      else entities.push([kind, id, Object.fromEntries([...found].map(([name, of]) => [name, of.map(written)]))]);
    }
  }
  const devices = [...state.devices].map(([device, { n, seen }]): Kept["devices"][0] => [
    device,
    n,
    contexts.place(seen),
  ]);
  const stamped = stamps.items.map((s): Kept["stamps"][0] => [
    s.device,
    s.n,
    s.rankedAt,
    s.actor,
    contexts.place(s.seen),
  ]);
  const head = {
    fold: FOLD_VERSION,
    journal: state.journal,
    contexts: contexts.items,
    devices,
    stamps: stamped,
    fresh,
    entities,
  };
  const unfolded = state.unfolded.map(encodeEvent).join();
  return `${JSON.stringify(head).slice(0, -1)},"unfolded":[${unfolded}],"newest":${JSON.stringify(state.newest)}}`;

  function written({ stamp, value }: Write): [number, Json] {
    return [stamps.place(stamp), value];
  }
}

/**
 * The state that is written down in `text`, or undefined where another version folded it (fold the log anew then): one
 * that folds differently, or that knew less and passed over events which can be read by now. Where it need not be
 * `whole`, a state of that last kind is good enough.
 *
 * Throws InvalidEvent where that is no state.
 */
export function loadState(text: string, { whole = true } = {}): State | undefined {
  try {
    const [waiting, rest] = cutOut(text, "unfolded");
    const kept = JSON.parse(rest) as Kept;
    if (kept.fold !== FOLD_VERSION) return undefined;
    const unfolded = parseMessage(waiting) as Event[];
    if (whole && unfolded.some((event) => readFields(kept.journal, event) !== undefined)) return undefined;
    return restored(kept, unfolded);
  } catch (error) {
    throw new InvalidEvent(`This is not a kept state: ${error instanceof Error ? error.message : ""}`);
  }
}

function restored(kept: Kept, unfolded: Event[]): State {
  const state = new State(kept.journal);
  state.unfolded = unfolded;
  state.newest = kept.newest;
  for (const [device, n, at] of kept.devices) state.devices.set(device, { n, seen: there(kept.contexts, at) });
  const stamps = kept.stamps.map(([device, n, rankedAt, actor, at]): Stamp => ({
    device,
    n,
    rankedAt,
    actor,
    seen: there(kept.contexts, at),
  }));
  const put = (kind: string, id: string, entity: Entity) => {
    let ofKind = state.entities.get(kind);
    if (ofKind === undefined) state.entities.set(kind, (ofKind = new Map<string, Entity>()));
    ofKind.set(id, entity);
  };
  for (const [kind, id, at, fields] of kept.fresh) put(kind, id, { stamp: there(stamps, at), fields });
  for (const [kind, id, registers] of kept.entities) {
    const read = Object.entries(registers).map(([name, writes]): [string, Register] => [
      name,
      writes.map(([at, value]) => ({ stamp: there(stamps, at), value })) as unknown as Register,
    ]);
    put(kind, id, new Map(read));
  }
  return state;
}

function there<T>(items: readonly T[], at: number): T {
  const found = items[at];
  if (found === undefined) throw new RangeError("something in it is missing.");
  return found;
}

/** Gives each distinct object a place in a list. */
function numbering<T extends object>(): { items: T[]; place(item: T): number } {
  const places = new Map<T, number>();
  const items: T[] = [];
  const place = (item: T): number => {
    let at = places.get(item);
    if (at === undefined) {
      at = items.push(item) - 1;
      places.set(item, at);
    }
    return at;
  };
  return { items, place };
}
