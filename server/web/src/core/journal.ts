/**
 * The fold: a journal's state as a pure function of its events; knows no clock, no store and no network.
 *
 * `State.apply` takes events in a causal order (any order in which each device's own events count up and what an event
 * has seen comes before it), and every such order gives the same state.
 */

import { isOf, rankedAt, type Event, type Seen } from "./envelope";
import { InvalidEvent } from "./errors";
import { COMPOSITES } from "./generated/table";
import type { Change, RedactionMade } from "./generated/payloads";
import { hashing } from "./hash";
import { byRegister, isPluginType, readFields, type Fields } from "./reading";
import { emptiedRegister, redacted } from "./redaction";
import { empty, isHidden, shown, write, type Register, type Registers, type Stamp } from "./register";

/**
 * An entity that nobody has changed since it was made, as most check-ins are: one stamp, and its fields flat. None of
 * them was taken out by a redaction.
 */
export interface Fresh {
  readonly stamp: Stamp;
  readonly fields: Fields;
}

export type Entity = Fresh | Registers;

/** How far one device's events are applied: its counter, and the whole context of its last event. */
export interface Progress {
  n: number;
  seen: Seen;
}

/** What a journal's events add up to: entities by kind and id, each a set of registers. */
export class State {
  readonly devices = new Map<string, Progress>();
  readonly entities = new Map<string, Map<string, Entity>>();
  /** Events that this version can't read. */
  unfolded: Event[] = [];
  /** The merge clock of the newest change; empty where nothing was ever changed. */
  newest = "";
  /** Grows whenever an entity is set, so that what a view made of them can be kept for as long as it holds. */
  changes = 0;

  constructor(readonly journal: string) {}

  /**
   * Folds one event in; applying one again changes nothing. Returns [kind, id] of the entity it set, if any.
   *
   * Throws InvalidEvent where the event does not follow its device's previous one.
   */
  apply(event: Event): [kind: string, id: string] | undefined {
    const { device, n } = event;
    let progress = this.devices.get(device);
    if (progress === undefined) this.devices.set(device, (progress = { n: 0, seen: {} }));
    if (n <= progress.n) return undefined;
    if (n !== progress.n + 1) {
      throw new InvalidEvent(`Event ${n} of device ${device} came after ${progress.n}: some are missing.`);
    }
    progress.n = n;
    for (const _ in event.seen) {
      progress.seen = { ...progress.seen, ...event.seen };
      break;
    }
    if (event.rejected) return undefined;
    const read = readFields(this.journal, event);
    if (read === undefined) {
      this.unfolded.push(event);
      return undefined;
    }
    const [kind, id, fields] = read;
    const stamp: Stamp = { device, n, rankedAt: rankedAt(event), actor: event.actor ?? "", seen: progress.seen };
    if (stamp.rankedAt > this.newest) this.newest = stamp.rankedAt;
    const isWhole = !event.data_digest;
    if (kind === "proposal" && "accepted" in fields) {
      const agreed = fields["accepted"] as unknown as Change | null;
      delete fields["accepted"];
      if (agreed !== null) this.#write(agreed.kind, agreed.id, stamp, agreed.fields, isWhole);
    }
    this.#write(kind, id, stamp, fields, isWhole);
    if (kind === "redaction" && isWhole) this.takeOut({ id, ...fields } as unknown as RedactionMade);
    return [kind, id];
  }

  /**
   * The words of one event go: its writes stay where they are and lose their values. Folding what is left of the event
   * does the same, so it does not matter whether an event or its redaction comes first into a log.
   */
  takeOut(of: RedactionMade): void {
    this.changes += 1;
    this.unfolded = this.unfolded.map((event) => (isOf(event, of) ? redacted(event, of) : event));
    for (const [kind, ofKind] of this.entities) {
      for (const [id, found] of ofKind) {
        if (isFresh(found) && !isOf(found.stamp, of)) continue;
        empty(this.registers(kind, id), of, (name, value) => emptiedRegister(kind, of, name, value));
      }
    }
  }

  #write(kind: string, id: string, stamp: Stamp, fields: Fields, isWhole: boolean): void {
    this.changes += 1;
    let ofKind = this.entities.get(kind);
    if (ofKind === undefined) this.entities.set(kind, (ofKind = new Map<string, Entity>()));
    const found = ofKind.get(id);
    if (found === undefined && isWhole) {
      ofKind.set(id, { stamp, fields });
      return;
    }
    if (found === undefined) ofKind.set(id, new Map());
    const registers = this.registers(kind, id);
    for (const [name, value] of byRegister(kind, fields)) write(registers, name, stamp, value);
  }

  /** The registers of one entity; empty where it is not known. */
  registers(kind: string, id: string): Registers {
    const ofKind = this.entities.get(kind);
    const found = ofKind?.get(id);
    if (ofKind === undefined || found === undefined) return new Map();
    if (!isFresh(found)) return found;
    const { stamp, fields } = found;
    const made: Registers = new Map(
      byRegister(kind, fields).map(([name, value]): [string, Register] => [name, [{ stamp, value }]]),
    );
    ofKind.set(id, made);
    return made;
  }

  /** What is shown of one entity, as flat fields; empty where it is not known. */
  fields(kind: string, id: string): Fields {
    const found = this.entities.get(kind)?.get(id);
    if (found === undefined) return {};
    if (isFresh(found)) return found.fields;
    const flat = Object.fromEntries([...found].map(([name, register]) => [name, shown(register)]));
    for (const name in COMPOSITES[kind]) {
      if (!(name in flat)) continue;
      const shared = flat[name] as Fields;
      delete flat[name];
      Object.assign(flat, shared);
    }
    return flat;
  }

  /** The ids of all entities of a kind that are not retracted, in the order they came. */
  visible(kind: string): string[] {
    return [...(this.entities.get(kind) ?? [])]
      .filter(([, found]) => !(isFresh(found) ? found.fields["retracted"] === true : isHidden(found)))
      .map(([id]) => id);
  }

  /** What the device `own` may say it has seen: all it applied, up to its first unfolded event of another's. */
  context(own: string): Seen {
    const seen = new Map([...this.devices].filter(([device]) => device !== own).map(([device, { n }]) => [device, n]));
    for (const { device, n, type = "" } of this.unfolded) {
      if (device !== own && !isPluginType(type)) seen.set(device, Math.min(seen.get(device) ?? 0, n - 1));
    }
    return Object.fromEntries([...seen].filter(([, n]) => n > 0));
  }

  /** The highest counter of `device` applied here, 0 for none. */
  counter(device: string): number {
    return this.devices.get(device)?.n ?? 0;
  }
}

/** Whether nobody has changed the entity since it was made. */
export function isFresh(entity: Entity): entity is Fresh {
  return !(entity instanceof Map);
}

/** What a log adds up to. */
export function fold(journal: string, events: Iterable<Event>): State {
  const state = new State(journal);
  for (const event of events) state.apply(event);
  return state;
}

/** Every redaction that a state has in it. */
export function redactionsIn(state: State): RedactionMade[] {
  const ids = [...(state.entities.get("redaction") ?? new Map<string, Entity>()).keys()];
  return ids
    .map((id) => ({ id, ...state.fields("redaction", id) }) as unknown as RedactionMade)
    .filter((of) => of.device && of.n && of.digest && of.fields !== null);
}

/**
 * SHA-256 over the sorted lines `kind/id/field:device.n,…`, the shown write first, the rest sorted. It names writes and
 * no values, so that every language makes the same bytes. Plugins' own entities are left out.
 */
export function stateHash(state: State): string {
  const hash = hashing();
  for (const kind of [...state.entities.keys()].sort()) {
    const orders = new Map<string, string[]>();
    const ofKind = state.entities.get(kind) ?? new Map<string, Entity>();
    // All ids are of one length, so that blocks in the order of ids are lines in the order of text.
    const lines = [...ofKind.keys()].sort().map((id) => {
      const found = ofKind.get(id) as Entity;
      const begin = `${kind}/${id}/`;
      if (!isFresh(found)) return linesOf(begin, found);
      const names = Object.keys(found.fields).join();
      let order = orders.get(names);
      if (order === undefined)
        orders.set(
          names,
          (order = byRegister(kind, found.fields)
            .map(([name]) => `${name}:`)
            .sort()),
        );
      const end = `${found.stamp.device}.${found.stamp.n}\n`;
      return begin + order.join(end + begin) + end;
    });
    hash.add(lines.join(""));
  }
  return hash.end();
}

function linesOf(begin: string, registers: Registers): string {
  const lines = [...registers].map(([name, register]) => {
    const [first, ...rest] = register.map(({ stamp }) => `${stamp.device}.${stamp.n}`);
    return `${begin}${name}:${[first, ...rest.sort()].join()}\n`;
  });
  return lines.sort().join("");
}
