/**
 * What shows that a server once had an event, whoever gives it back: the links of its chain, and receipts.
 *
 * A chain value stands for all that a log holds up to there. A server that signs one can be shown later what led to it:
 * the chain value at some place before, and a link for each event from there on.
 */

import { identityDigest, rankedAt, type Event } from "./envelope";
import type { Link, Proof } from "./generated/messages";

/** The link of an event, as it stands in a log. */
export function linkOf(journal: string, event: Event): Link {
  return [identityDigest(journal, event), event.received_at ?? 0, rankedAt(event), event.rejected ?? ""];
}

/** About how much proofs take in a request. */
export function bytesOf(proofs: readonly Proof[]): number {
  const ofLinks = (links: readonly Link[]) =>
    links.reduce((sum, [, , , rejected = ""]) => sum + 110 + 6 * rejected.length, 0);
  return proofs.reduce((sum, { links }) => sum + 200 + ofLinks(links), 0);
}
