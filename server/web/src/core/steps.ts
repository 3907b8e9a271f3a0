/**
 * What a sync knows of a device, what it asks of a server, and what it has the device do about an answer: values
 * alone.
 */

import type { Event } from "./envelope";
import type {
  ChainAnswer,
  Cursor,
  JournalAnswer,
  JournalSync,
  Proof,
  PushAnswer,
  PushResult,
  Snapshot,
} from "./generated/messages";
import type { State } from "./journal";

/**
 * What is still missing of the log under a snapshot: all after `known` up to `place`, where the snapshot was made. It
 * is not `readable` where it was written by another version of the fold than this one.
 */
export interface Behind {
  readonly place: Cursor;
  readonly known: Cursor;
  readonly readable: boolean;
}

type Later<T> = T | Promise<T>;

/**
 * Where a device stands in one journal, read afresh for each request. What may be much is asked for when it is
 * needed.
 */
export interface Standing {
  readonly device: string;
  readonly cursor: Cursor;
  /** The highest own counter that a server ever confirmed. */
  readonly acknowledged: number;
  /** The next own events to send, in order. */
  readonly unsent: readonly Event[];
  /** Whether others follow them. */
  readonly moreUnsent: boolean;
  /** The own log's chain value at a place; empty where it is not known. */
  chainAt(seq: number): Later<string>;
  /**
   * In the order they were applied here and each with its ordinal, events that a server confirmed once and that have no
   * place now, after the given ordinal.
   */
  held(after: number): Later<readonly (readonly [ordinal: number, event: Event])[]>;
  /** The last place that an event here is said to have: beyond the cursor, where own events were confirmed there. */
  readonly placedTo: number;
  /** There while the log begins with a snapshot. */
  readonly behind: Behind | undefined;
  /** Whether another snapshot, made at `seq`, has all in it that it would take the place of. */
  mayBeginFrom(state: State, seq: number): Later<boolean>;
  /**
   * As many of the events that are to be given back, from the first, as fit one request with what shows that the
   * server had them.
   */
  proofs(events: readonly Event[]): Later<{ events: readonly Event[]; proofs: readonly Proof[] }>;
  /** The last place that there is a receipt for. */
  readonly receipted: number;
  /** The places of others' events that lost their words here and have no receipt. */
  readonly bare: readonly number[];
}

export type Request =
  /** One journal's part of `POST /v1/sync`. */
  | { readonly ask: "sync"; readonly part: JournalSync }
  /** `GET …/chain` at these places. */
  | { readonly ask: "chain"; readonly seqs: readonly number[] }
  /** `POST …/repair`. */
  | { readonly ask: "repair"; readonly events: readonly Event[]; readonly proofs: readonly Proof[] }
  /** `GET …/snapshot`, of a place no earlier than `least`. */
  | { readonly ask: "snapshot"; readonly least: number }
  /** `GET …/events` after a place, and none after `until`. */
  | { readonly ask: "history"; readonly after: Cursor; readonly until: number };

/** The answer to each kind of request. A server that gives no snapshots answers with none. */
export type Answer =
  | { readonly to: "sync" | "history"; readonly answer: JournalAnswer }
  | { readonly to: "chain"; readonly answer: ChainAnswer }
  | { readonly to: "repair"; readonly answer: PushAnswer }
  | { readonly to: "snapshot"; readonly answer: Snapshot | undefined };

/** What became of an event that was sent, and the id it was written under. */
export interface Settled {
  readonly device: string;
  readonly result: PushResult;
}

export type Step =
  /** Stamp the events that the server stored, and set those apart that it rejected. */
  | { readonly do: "acknowledge"; readonly settled: readonly Settled[] }
  /** Apply a run of the server's log that begins at `after`; `settled` fill the places of own events in it. */
  | {
      readonly do: "take";
      readonly after: Cursor;
      readonly events: readonly Event[];
      readonly settled: readonly Settled[];
      readonly cursor: Cursor;
    }
  /** Keep the server's receipts for places up to `end`, if its log is known here up to there. */
  | { readonly do: "keep receipts"; readonly end: Cursor; readonly given: Readonly<Record<number, string>> }
  /** Keep the server's receipt for what is left of an event that lost its words, if the same is left of it here. */
  | { readonly do: "attest"; readonly event: Event }
  /** Keep every event, but forget the places of those after `seq`, where the logs no longer agree. */
  | { readonly do: "rewind"; readonly seq: number }
  /**
   * Write again, under another name, `event`, all that its device wrote after it, and all that had seen it: the
   * server's log has something else there. If that is this device, it goes on under the new name.
   */
  | { readonly do: "fork"; readonly event: Event }
  /**
   * Begin from a snapshot, which was read as `state`, and hold what is known beyond it on top. With `anew`, what can't
   * stand there as it is, since the log lost what it comes from, is written again as something new.
   */
  | { readonly do: "leap"; readonly snapshot: Snapshot; readonly state: State; readonly anew: boolean }
  /** Put a run of the log in its place under the snapshot; it begins at `after`. */
  | { readonly do: "take history"; readonly after: Cursor; readonly events: readonly Event[]; readonly cursor: Cursor }
  /** Fetch all of the log under the snapshot again: what is known of it is not what the server has. */
  | { readonly do: "history anew" }
  /** Offer the journal to the server, which does not know it. */
  | { readonly do: "claim" }
  /** End for now; `problem` says why, in the server's word. */
  | { readonly do: "stop"; readonly problem: string; readonly detail: string };
