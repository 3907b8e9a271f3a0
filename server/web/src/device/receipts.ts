/**
 * The receipts on a device: kept while a log grows, made into proofs when a server turns out to have lost it.
 *
 * A receipt is for a place of the log as it is known here. Those at every `STRIDE` are kept, and the last one: so any run
 * of the log is on the way from one kept receipt, or from where the run begins, to another, and the way is never long.
 * When places are forgotten because the server's log is another one, the ways to the receipts beyond are written down
 * as proofs, before the events come to stand elsewhere, or are written again under other names. Knows no network.
 */

import { encodeEvent, type Event } from "../core/envelope";
import type { Proof } from "../core/generated/messages";
import { MAX_COUNTER, MAX_LINKS, MAX_PUSH_BYTES, STRIDE } from "../core/generated/table";
import { sizeOf } from "../core/hash";
import { bytesOf, linkOf } from "../core/receipts";
import type { ProofRow, Transaction } from "./database";
import type { Log } from "./log";

export class Receipts {
  readonly tx: Transaction;
  readonly journal: string;

  constructor(readonly log: Log) {
    this.tx = log.tx;
    this.journal = log.journal;
  }

  /** The last place that there is a receipt for; 0 for none. */
  async last(): Promise<number> {
    const cursor = await this.tx.objectStore("receipts").openKeyCursor(this.#after(0), "prev");
    return cursor ? cursor.key[1] : 0;
  }

  /** Keeps receipts for places up to `end`, and lets those go that are not needed beside them. */
  async keep(given: Record<number, string>, end: number): Promise<void> {
    const store = this.#put("receipts");
    for (const [place, receipt] of Object.entries(given)) {
      const seq = Number(place);
      if (seq > 0 && seq <= end) await store.put({ journal: this.journal, seq, receipt });
    }
    const last = await this.last();
    for (const [journal, seq] of await store.getAllKeys(this.#after(0))) {
      if (seq < last && seq % STRIDE) await store.delete([journal, seq]);
    }
  }

  /** The places after `after` are about to be forgotten: writes down what shows that these events were there. */
  async setAside(after: number): Promise<void> {
    const rows = await this.tx.objectStore("receipts").getAll(this.#after(after));
    for (const { seq, receipt } of rows) {
      await this.#prove(after, seq, receipt);
      after = seq;
      await this.#put("receipts").delete([this.journal, seq]);
    }
  }

  async #prove(after: number, seq: number, receipt: string): Promise<void> {
    const chain = await this.log.chainAt(after);
    if (!chain || seq - after > MAX_LINKS) return;
    const events = await this.log.placed(after, seq);
    if (events.length !== seq - after) return;
    const proof: Proof = { chain, links: events.map((event) => linkOf(this.journal, event)), seq, receipt };
    await this.#put("proofs").add({ journal: this.journal, proof, of: events.map((event) => this.#name(event)) });
  }

  /** As many of these events, from the first, as fit one request together with the proofs of those that need one. */
  async proofs(events: readonly Event[], needed: (event: Event) => boolean): Promise<[events: Event[], proofs: Proof[]]> {
    const taken: Event[] = [];
    const found = new Map<number, Proof>();
    let size = 0;
    let links = 0;
    for (const event of events) {
      size += sizeOf(encodeEvent(event)) + 1;
      const row = needed(event) ? await this.#proofOf(event) : undefined;
      const isNew = row?.id !== undefined && !found.has(row.id);
      if (row && isNew) [size, links] = [size + bytesOf([row.proof]), links + row.proof.links.length];
      if (taken.length && (size > MAX_PUSH_BYTES || links > MAX_LINKS)) break;
      if (row?.id !== undefined) found.set(row.id, row.proof);
      taken.push(event);
    }
    return [taken, [...found.values()]];
  }

  async #proofOf(event: Event): Promise<ProofRow | undefined> {
    return (await this.tx.objectStore("proofs").index("event").getAll(this.#name(event))).at(-1);
  }

  /** Nothing is left to be given back: proofs are not needed any more. */
  async settle(): Promise<void> {
    for (const key of await this.tx.objectStore("proofs").index("journal").getAllKeys(this.journal)) {
      await this.#put("proofs").delete(key);
    }
  }

  /** The places of others' events that lost their words here and have no receipt yet, as far as the server's log is known here. */
  async bare(): Promise<number[]> {
    const rows = await this.tx.objectStore("bare").getAll(IDBKeyRange.bound([this.journal], [this.journal, []]));
    if (rows.length === 0) return [];
    const { cursor } = await this.log.row();
    const events = await Promise.all(rows.map(({ device, n }) => this.log.find(device, n)));
    const places = events.map((event) => event?.seq ?? 0).filter((seq) => seq > 0 && seq <= cursor.seq);
    return places.sort((one, other) => one - other);
  }

  /** It has its receipt. */
  async dressed(event: Event): Promise<void> {
    await this.#put("bare").delete([this.journal, event.device, event.n]);
    await this.log.rewrite(event);
  }

  #name(event: Event): string {
    return `${this.journal} ${event.device} ${event.n}`;
  }

  #after(seq: number): IDBKeyRange {
    return IDBKeyRange.bound([this.journal, seq], [this.journal, MAX_COUNTER], true);
  }

  #put<Name extends "receipts" | "proofs" | "bare">(name: Name) {
    return (this.tx as Transaction<"readwrite">).objectStore(name);
  }
}
