/**
 * What a device does where a server refuses a request as a whole: finds the event that it can't read; pure.
 *
 * A server answers event by event as long as it can read a request. Where it can't, it refuses all of it, and one event
 * would block everything behind it for ever. So half as many events are sent, and half of these, until one is left. If
 * the same request is answered without that one, the event is to blame: it is set apart, and a stub goes out in its place.
 */

import type { Event } from "../core/envelope";
import { MAX_PUSH_EVENTS } from "../core/generated/table";

/** An event that was refused when it was sent alone, and why. */
export interface Suspect {
  readonly journal: string;
  readonly event: Event;
  readonly reason: string;
}

/** How many events a request may have, journals taken together, after what became of those before it. */
export class Narrowing {
  most = MAX_PUSH_EVENTS;
  #suspect: Suspect | undefined;

  /** The whole request was refused, with these events in it; throws that same error where none can be to blame. */
  refused(sent: readonly { journal: string; event: Event }[], error: Error): void {
    const [first] = sent;
    if (first === undefined || (sent.length === 1 && first.event.rejected)) throw error;
    this.most = Math.floor(sent.length / 2);
    this.#suspect = sent.length === 1 ? { ...first, reason: error.message } : undefined;
  }

  /** The request was answered. Returns the event that is to blame for an earlier one, where that is known now. */
  answered(): Suspect | undefined {
    const found = this.#suspect;
    this.#suspect = undefined;
    if (found) this.most = MAX_PUSH_EVENTS;
    return found;
  }
}
