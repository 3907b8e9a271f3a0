/** The log in the device's database, which is its outbox as well; knows no network and no rule of sync. */

import type { Held } from "../core/branch";
import { decodeEvent, encodeEvent, genesisChain, saltedDigest, type Event } from "../core/envelope";
import type { RedactionMade } from "../core/generated/payloads";
import { MAX_COUNTER, MAX_PUSH_BYTES } from "../core/generated/table";
import { sizeOf } from "../core/hash";
import { redacted } from "../core/redaction";
import type { EventRow, JournalRow, RefusedRow, Transaction } from "./database";

const WORDLESS = "wordless ";

/** The log of one journal within one transaction; what writes needs a transaction that may. */
export class Log {
  constructor(
    readonly tx: Transaction,
    readonly journal: string,
  ) {}

  /** The journal's row. Throws where it is not on this device. */
  async row(): Promise<JournalRow> {
    const row = await this.tx.objectStore("journals").get(this.journal);
    if (row === undefined) throw new RangeError("That journal is not on this device.");
    return row;
  }

  async changeRow(change: Partial<JournalRow>): Promise<JournalRow> {
    const row = { ...(await this.row()), ...change };
    await this.#put("journals").put(row);
    return row;
  }

  /** Says that events already in the log changed: what was made of them is stale. */
  async bump(): Promise<void> {
    await this.changeRow({ generation: (await this.row()).generation + 1 });
  }

  async setting(name: string): Promise<string | undefined> {
    return this.tx.objectStore("settings").get(name);
  }

  async set(name: string, value: string | undefined): Promise<void> {
    if (value === undefined) await this.#put("settings").delete(name);
    else await this.#put("settings").put(value, name);
  }

  /** Appends events in causal order; one that comes from a server has its place and chain value. */
  async add(events: readonly Event[], { confirmed, chains }: { confirmed: boolean; chains?: readonly string[] }): Promise<void> {
    let { last } = await this.row();
    const store = this.#put("events");
    for (const [at, event] of events.entries()) {
      void store.add(asRow(this.journal, ++last, event, confirmed, chains?.[at]));
    }
    await this.changeRow({ last });
  }

  async find(device: string, n: number): Promise<Event | undefined> {
    const row = await this.#named(device, n);
    return row && decoded(row);
  }

  /** An event that is here already has its place on the server now; without a chain value, that comes with its run. */
  async place(event: Event, chain: string | undefined): Promise<void> {
    const row = await this.#named(event.device, event.n);
    if (row) await this.#put("events").put(asRow(this.journal, row.ordinal, event, true, chain));
  }

  /** Changes what an event says, and nothing about where it stands. */
  async rewrite(event: Event): Promise<void> {
    const row = await this.#named(event.device, event.n);
    if (row) await this.#put("events").put({ ...row, text: encodeEvent(event) });
  }

  /** Forgets the places of all events after `after` and up to `to`; the events stay. Returns how many. */
  async unplace(after: number, to = MAX_COUNTER): Promise<number> {
    const range = IDBKeyRange.bound([this.journal, after], [this.journal, to], true);
    const rows = await this.tx.objectStore("events").index("place").getAll(range);
    for (const { seq: _, chain: __, ...row } of rows) await this.#put("events").put({ ...row, waits: "lost" });
    return rows.length;
  }

  /** The last place that an event here is said to have, 0 for none. */
  async placedTo(): Promise<number> {
    const range = IDBKeyRange.bound([this.journal, 0], [this.journal, MAX_COUNTER]);
    const cursor = await this.tx.objectStore("events").index("place").openKeyCursor(range, "prev");
    return cursor ? cursor.key[1] : 0;
  }

  /** Takes one device's events out, from counter `first` on: they are written again under another name. */
  async remove(device: string, first: number): Promise<void> {
    for (const key of await this.tx.objectStore("events").index("name").getAllKeys(this.#counters(device, first))) {
      await this.#put("events").delete(key);
    }
  }

  /** The highest counter of a device that a server confirmed, 0 for none. */
  async confirmedCounter(device: string): Promise<number> {
    const index = this.tx.objectStore("events").index("name");
    let cursor = await index.openCursor(this.#counters(device, 0), "prev");
    while (cursor && cursor.value.waits === "unsent") cursor = await cursor.continue();
    return cursor?.value.n ?? 0;
  }

  /** The next events of the outbox, or those that a server lost, after an ordinal, within the limits of one request. */
  async waiting(of: "unsent" | "lost", after: number, most: number, bytes = MAX_PUSH_BYTES): Promise<[ordinal: number, event: Event][]> {
    const rows = await this.tx.objectStore("events").index("waiting").getAll(this.#waits(of, after), most === Infinity ? undefined : most);
    const taken: [number, Event][] = [];
    let size = 0;
    for (const row of rows) {
      size += sizeOf(row.text) + 1;
      if (taken.length && size > bytes * 0.9) break;
      taken.push([row.ordinal, decoded(row)]);
    }
    return taken;
  }

  /** How many events no server has confirmed, or how many one has lost. */
  async count(of: "unsent" | "lost"): Promise<number> {
    return this.tx.objectStore("events").index("waiting").count(this.#waits(of, 0));
  }

  /** The events after an ordinal, in the order in which they were applied here, and where each stands. */
  async rows(after = 0, most?: number): Promise<EventRow[]> {
    const range = IDBKeyRange.bound([this.journal, after], [this.journal, MAX_COUNTER], true);
    return this.tx.objectStore("events").getAll(range, most);
  }

  /** The whole log, with where each event stands. */
  async held(): Promise<Held[]> {
    return (await this.rows()).map((row) => ({
      event: decoded(row),
      confirmed: row.waits !== "unsent",
      placed: row.seq !== undefined,
    }));
  }

  /** The events at the places after `after` and up to `to`. */
  async placed(after: number, to: number): Promise<Event[]> {
    const range = IDBKeyRange.bound([this.journal, after], [this.journal, to], true);
    return (await this.tx.objectStore("events").index("place").getAll(range)).map(decoded);
  }

  /** The chain value at a place of the server's log as known here; empty where it is not. */
  async chainAt(seq: number): Promise<string> {
    if (seq === 0) return genesisChain(this.journal);
    return (await this.tx.objectStore("events").index("place").get([this.journal, seq]))?.chain ?? "";
  }

  /** Keeps an own event that a server refused, with its words. */
  async setApart(event: Event, reason: string): Promise<void> {
    const { device, n } = event;
    await this.#put("refused").put({ journal: this.journal, device, n, reason, text: encodeEvent(event) });
  }

  /** What was refused and waits for the person. */
  async refused(): Promise<RefusedRow[]> {
    const rows = await this.tx.objectStore("refused").getAll(IDBKeyRange.bound([this.journal], [this.journal, []]));
    return rows.filter(({ done }) => !done);
  }

  /** Notes what became of something that was refused; undefined: it waits again. */
  async noteRefused({ device, n }: Pick<Event, "device" | "n">, done: string | undefined): Promise<void> {
    const row = await this.tx.objectStore("refused").get([this.journal, device, n]);
    if (!row) return;
    const { done: _, ...waiting } = row;
    await this.#put("refused").put(done === undefined ? waiting : { ...waiting, done });
  }

  /** Takes the words out of events, wherever this device has them; somebody else's event needs a receipt for what is left. */
  async purge(redactions: readonly RedactionMade[], account: string): Promise<void> {
    if (redactions.length) await this.#put("states").delete(this.journal);
    for (const of of redactions) {
      const row = await this.#named(of.device, of.n);
      const event = row && decoded(row);
      if (event && saltedDigest(event) === of.digest) {
        await this.rewrite(redacted(event, of));
        const { device, n, receipt, actor } = event;
        if (!receipt && actor !== account) await this.#put("bare").put({ journal: this.journal, device, n });
      }
      const apart = await this.tx.objectStore("refused").get([this.journal, of.device, of.n]);
      const refused = apart && decodeEvent(apart.text);
      if (apart && refused && saltedDigest(refused) === of.digest) {
        await this.#put("refused").put({ ...apart, text: encodeEvent(redacted(refused, of)) });
      }
    }
  }

  /** Keeps in mind whether any of these came without its words: who took them may come later, or never. */
  async noteWordless(run: readonly Event[]): Promise<void> {
    if (run.some((event) => event.data_digest)) await this.set(WORDLESS + this.journal, "1");
  }

  /** The events here without their words, if any came since this was last asked. */
  async wordless(): Promise<Event[]> {
    if ((await this.setting(WORDLESS + this.journal)) === undefined) return [];
    await this.set(WORDLESS + this.journal, undefined);
    return (await this.rows()).map(decoded).filter((event) => event.data_digest);
  }

  /** Forgets the journal: its events were moved elsewhere. */
  async removeJournal(): Promise<void> {
    const all = IDBKeyRange.bound([this.journal], [this.journal, []]);
    await this.#put("events").delete(all);
    await this.#put("refused").delete(all);
    await this.#put("states").delete(this.journal);
    await this.#put("journals").delete(this.journal);
  }

  #named(device: string, n: number): Promise<EventRow | undefined> {
    return this.tx.objectStore("events").index("name").get([this.journal, device, n]);
  }

  #counters(device: string, first: number): IDBKeyRange {
    return IDBKeyRange.bound([this.journal, device, first], [this.journal, device, MAX_COUNTER]);
  }

  #waits(of: "unsent" | "lost", after: number): IDBKeyRange {
    return IDBKeyRange.bound([this.journal, of, after], [this.journal, of, MAX_COUNTER], true);
  }

  #put<Name extends "settings" | "journals" | "events" | "refused" | "states" | "bare">(name: Name) {
    return (this.tx as Transaction<"readwrite">).objectStore(name);
  }
}

/** The event of a row, with its place if it has one: a place that was forgotten may still stand in the text. */
export function decoded(row: EventRow): Event {
  const { seq: _, ...event } = decodeEvent(row.text);
  return row.seq === undefined ? event : { ...event, seq: row.seq };
}

function asRow(journal: string, ordinal: number, event: Event, confirmed: boolean, chain: string | undefined): EventRow {
  const row: EventRow = { journal, ordinal, device: event.device, n: event.n, text: encodeEvent(event) };
  if (event.seq) {
    row.seq = event.seq;
    if (chain) row.chain = chain;
  } else {
    row.waits = confirmed ? "lost" : "unsent";
  }
  return row;
}
