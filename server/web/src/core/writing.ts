/** Turns drafts into a device's next events; knows no log. The clock and the salts, which are chance, come in. */

import { encodePayload, type Draft } from "./checking";
import type { HybridClock } from "./clock";
import type { Event, Seen } from "./envelope";
import { InvalidInput } from "./errors";
import { EVENT_TYPES, MAX_EVENT_BYTES } from "./generated/table";
import { sizeOf } from "./hash";
import type { State } from "./journal";
import { retargeted } from "./redaction";

export type { Draft };

/** Who writes, and what each event takes from outside. */
export interface Pen {
  readonly device: string;
  readonly actor: string;
  readonly clock: HybridClock;
  /** 96 random bits as 16 characters of base64url. */
  readonly salt: () => string;
}

/** The events that a device appends to a journal in this state. Throws InvalidEvent or InvalidInput. */
export function writeDrafts(state: State, pen: Pen, drafts: readonly Draft[]): Event[] {
  const payloads = drafts.map(encodePayload);
  if (payloads.some((data) => sizeOf(data) > MAX_EVENT_BYTES)) {
    throw new InvalidInput(`That is too long for one entry: keep it under ${MAX_EVENT_BYTES / 1024} kB.`);
  }
  const { device, actor } = pen;
  const n = state.counter(device) + 1;
  return drafts.map(({ type }, at): Event => {
    const seen = at === 0 ? unsaid(state, device) : {};
    const v = EVENT_TYPES[type]?.v ?? 1;
    const data = payloads[at] as string;
    return { device, n: n + at, seen, hlc: pen.clock.tick(), actor, type, v, salt: pen.salt(), data };
  });
}

/**
 * The same, for events that were written in another journal: what redactions among them take out goes by its new
 * name.
 */
export function writtenOver(
  state: State,
  { device, actor }: Omit<Pen, "clock" | "salt">,
  events: Iterable<Event>,
): Event[] {
  const names = new Map<string, [string, number]>();
  const over: Event[] = [];
  let n = state.counter(device);
  for (const event of events) {
    n += 1;
    const again = retargeted(event, (of, m) => names.get(`${of}.${m}`));
    names.set(`${event.device}.${event.n}`, [device, n]);
    const { hlc, type, v, salt, data_digest, data } = again;
    const kept = Object.entries({ hlc, type, v, salt, data_digest, data }).filter(([, value]) => value !== undefined);
    const seen = over.length === 0 ? unsaid(state, device) : {};
    over.push({ device, n, seen, actor, ...(Object.fromEntries(kept) as Partial<Event>) });
  }
  return over;
}

/** What a device has seen and not yet said. */
export function unsaid(state: State, device: string): Seen {
  const said = state.devices.get(device)?.seen ?? {};
  return Object.fromEntries(Object.entries(state.context(device)).filter(([other, n]) => (said[other] ?? 0) < n));
}
