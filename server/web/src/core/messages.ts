/** Messages to and from a server as text, in which the payloads of events stay what their authors wrote. */

import { encodeWithEvents } from "./envelope";
import type { JournalSync, Snapshot } from "./generated/messages";
import { cutOut, parseMessage } from "./json";
import type { Request } from "./steps";

export { parseMessage };

/** The body of a `sync` of these journals. */
export function encodeSync(journals: Readonly<Record<string, JournalSync>>): string {
  const parts = Object.entries(journals).map(([journal, { events = [], ...rest }]) => {
    return `${JSON.stringify(journal)}:${encodeWithEvents(rest, events)}`;
  });
  return `{"journals":{${parts.join()}}}`;
}

/** The body of a `repair`. */
export function encodeRepair({ events, proofs }: Request & { ask: "repair" }): string {
  return encodeWithEvents({}, events, proofs);
}

/** A snapshot: its state stays text, to be read when it is looked at. */
export function parseSnapshot(text: string): Snapshot {
  const [state, rest] = cutOut(text, "state");
  return { ...(JSON.parse(rest) as Snapshot), state };
}
