/** Turns drafts into a device's next events; knows no log. The clock and the salts, which are chance, come in. */

import { encodePayload, type Draft } from "./checking";
import type { HybridClock } from "./clock";
import type { Event, Seen } from "./envelope";
import { InvalidInput } from "./errors";
import { EVENT_TYPES, MAX_EVENT_BYTES } from "./generated/table";
import { sizeOf } from "./hash";
import type { State } from "./journal";

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

/** What a device has seen and not yet said. */
export function unsaid(state: State, device: string): Seen {
  const said = state.devices.get(device)?.seen ?? {};
  return Object.fromEntries(Object.entries(state.context(device)).filter(([other, n]) => (said[other] ?? 0) < n));
}
