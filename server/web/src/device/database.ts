/**
 * The device's database in the browser: which stores it has, and how they are opened. Knows no rule of sync.
 *
 * All that belongs together is written in one transaction, which the browser has put on the disk before it says so.
 */

import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";

import type { Cursor, Proof } from "../core/generated/messages";
import { newId } from "./ids";

export const NAME = "milepost";
const VERSION = 1;

/** A journal on this device: its writing id there, how far the server's log is known, whether a server has it. */
export interface JournalRow {
  journal: string;
  device: string;
  cursor: Cursor;
  claimed: boolean;
  private: boolean;
  /** The ordinal of the last event; it is never given again. */
  last: number;
  /** It grows when events already in the log change: what was made of them is stale then. */
  generation: number;
}

/**
 * An event as it is kept. `ordinal` is the order in which events were applied here, a causal one. `waits` says that no
 * server has it (`unsent`), or that one had it and lost it (`lost`); else it is not there, so that the index stays small.
 */
export interface EventRow {
  journal: string;
  ordinal: number;
  device: string;
  n: number;
  seq?: number;
  chain?: string;
  waits?: "unsent" | "lost";
  text: string;
}

/** An own event that a server refused for good. `done` is what became of it since: the event it was written again as, or `let-go`. */
export interface RefusedRow {
  journal: string;
  device: string;
  n: number;
  reason: string;
  text: string;
  done?: string;
}

/** A folded state as it was written down, with the last event in it. It is a cache: the log counts. */
export interface StateRow {
  journal: string;
  ordinal: number;
  generation: number;
  text: string;
}

/** What shows that a server had these events, and their names. */
export interface ProofRow {
  id?: number;
  journal: string;
  proof: Proof;
  of: string[];
}

export interface Schema extends DBSchema {
  settings: { key: string; value: string };
  journals: { key: string; value: JournalRow };
  events: {
    key: [journal: string, ordinal: number];
    value: EventRow;
    indexes: {
      name: [journal: string, device: string, n: number];
      place: [journal: string, seq: number];
      waiting: [journal: string, waits: string, ordinal: number];
    };
  };
  refused: { key: [journal: string, device: string, n: number]; value: RefusedRow };
  states: { key: string; value: StateRow };
  receipts: { key: [journal: string, seq: number]; value: { journal: string; seq: number; receipt: string } };
  proofs: { key: number; value: ProofRow; indexes: { journal: string; event: string } };
  bare: { key: [journal: string, device: string, n: number]; value: { journal: string; device: string; n: number } };
}

export type Database = IDBPDatabase<Schema>;
type Mode = "readonly" | "readwrite";
export type Transaction<M extends Mode = Mode> = IDBPTransaction<Schema, StoreNames<Schema>[], M>;

/**
 * Opens the database, and makes what is missing in it. `away` is called when another tab needs it in a newer form: this one
 * has to be loaded again then.
 */
export function openDatabase(name = NAME, away: () => void = () => undefined): Promise<Database> {
  return openDB<Schema>(name, VERSION, {
    upgrade(made) {
      // The device is there with its database: two tabs that open at once are one.
      void made.createObjectStore("settings").put(newId(), "device");
      made.createObjectStore("journals", { keyPath: "journal" });
      const events = made.createObjectStore("events", { keyPath: ["journal", "ordinal"] });
      events.createIndex("name", ["journal", "device", "n"], { unique: true });
      events.createIndex("place", ["journal", "seq"]);
      events.createIndex("waiting", ["journal", "waits", "ordinal"]);
      made.createObjectStore("refused", { keyPath: ["journal", "device", "n"] });
      made.createObjectStore("states", { keyPath: "journal" });
      made.createObjectStore("receipts", { keyPath: ["journal", "seq"] });
      const proofs = made.createObjectStore("proofs", { keyPath: "id", autoIncrement: true });
      proofs.createIndex("journal", "journal");
      proofs.createIndex("event", "of", { multiEntry: true });
      made.createObjectStore("bare", { keyPath: ["journal", "device", "n"] });
    },
    blocking: away,
    terminated: away,
  });
}

/** Reads in one view of the database, which nobody changes meanwhile. Only the database may be waited for inside. */
export async function reading<T>(database: Database, work: (tx: Transaction<"readonly">) => Promise<T>): Promise<T> {
  const tx = database.transaction([...database.objectStoreNames], "readonly");
  const found = await work(tx);
  await tx.done;
  return found;
}

/** Writes all or nothing. Only the database may be waited for inside. */
export async function writing<T>(database: Database, work: (tx: Transaction<"readwrite">) => Promise<T>): Promise<T> {
  const tx = database.transaction([...database.objectStoreNames], "readwrite", { durability: "strict" });
  tx.done.catch(() => undefined); // told below
  let made: T;
  try {
    made = await work(tx);
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // it has ended already, by the very error
    }
    throw error;
  }
  await tx.done;
  return made;
}
