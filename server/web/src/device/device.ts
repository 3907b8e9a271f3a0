/**
 * A local-first device in the browser: writes events into its own log at once, and carries out what a sync decides.
 *
 * Nothing here needs a network. What is written is in the log, in the outbox and in the state in one transaction; so is all
 * of what one answer of a server changes. Tabs of one browser share the database, and tell each other what changed.
 */

import { HLC_MIN, HybridClock } from "../core/clock";
import type { Draft } from "../core/checking";
import { asStub, genesisChain, unplaced, type Event } from "../core/envelope";
import { NOBODY, MAX_PUSH_BYTES, MAX_PUSH_EVENTS } from "../core/generated/table";
import type { State } from "../core/journal";
import { redactAgain, redactionsAmong } from "./redacting";
import type { Standing, Step } from "../core/steps";
import { writeDrafts } from "../core/writing";
import { writtenOver } from "./moving";
import { openDatabase, reading, writing, type Database, type JournalRow } from "./database";
import { Log } from "./log";
import { States } from "./states";
import { carryOut, type Surroundings } from "./taking";

const TOLD = "milepost";

/** What others told last, and this browser wrote down. */
export type Settings =
  | "device" | "account" | "token" | "name" | "journal" | "roles" | "members" | "devices" | "clock" | "clock_seen";

export class Device {
  readonly #states = new States();
  readonly #listeners = new Set<(journal: string) => void>();
  readonly #tabs = new BroadcastChannel(TOLD);

  private constructor(
    readonly database: Database,
    readonly wall: () => number,
  ) {
    this.#tabs.onmessage = ({ data }) => this.#listeners.forEach((tell) => tell(String(data)));
  }

  /** Opens this browser's device, and makes it where there is none. */
  static async open({ name, wall = Date.now, away }: { name?: string; wall?: () => number; away?: () => void } = {}): Promise<Device> {
    const device = new Device(await openDatabase(name, away), wall);
    if ((await device.setting("device")) === undefined) await device.set("device", newId());
    return device;
  }

  close(): void {
    this.#tabs.close();
    this.database.close();
  }

  /** Calls `tell` with the id of each journal that changed, in this tab or in another; returns how to stop that. */
  onChange(tell: (journal: string) => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  setting(name: Settings): Promise<string | undefined> {
    return this.database.get("settings", name);
  }

  async set(name: Settings, value: string | undefined): Promise<void> {
    await writing(this.database, (tx) => new Log(tx, "").set(name, value));
  }

  /** Keeps what a server told, and tells who looks where that is something new. */
  async note(name: Settings, value: string): Promise<void> {
    if ((await this.setting(name)) === value) return;
    await this.set(name, value);
    this.#tell((await this.setting("journal")) ?? "");
  }

  /** The member id that this device writes as; a placeholder until it is paired. */
  async account(): Promise<string> {
    return (await this.setting("account")) ?? NOBODY;
  }

  /** Every journal on this device. */
  rows(): Promise<JournalRow[]> {
    return this.database.getAll("journals");
  }

  /** Begins a journal here; returns its id. A server hears of it at the next sync. */
  async openJournal(title: string, timeZone: string, locale: string): Promise<string> {
    const journal = newId();
    const device = (await this.setting("device")) as string;
    const isFirst = (await this.rows()).length === 0;
    await this.#addJournal(journal, device, { claimed: false, isPrivate: isFirst });
    await this.append(journal, [{ type: "journal.opened", fields: { title, time_zone: timeZone, locale } }]);
    return journal;
  }

  /** A journal of the account's that is new here; its events come with the next sync. */
  async welcome(journal: string, { isPrivate }: { isPrivate: boolean }): Promise<void> {
    if (await this.database.get("journals", journal)) return;
    await this.#addJournal(journal, (await this.setting("device")) as string, { claimed: true, isPrivate });
  }

  async #addJournal(journal: string, device: string, { claimed, isPrivate }: { claimed: boolean; isPrivate: boolean }): Promise<void> {
    const cursor = { seq: 0, chain: genesisChain(journal) };
    const row: JournalRow = { journal, device, cursor, claimed, private: isPrivate, last: 0, generation: 0 };
    await writing(this.database, (tx) => tx.objectStore("journals").put(row));
    this.#tell(journal);
  }

  /** A server has the journal now. */
  async setClaimed(journal: string): Promise<void> {
    await writing(this.database, (tx) => new Log(tx, journal).changeRow({ claimed: true }));
  }

  /** What the journal's events add up to. It is shared: look, don't change. */
  state(journal: string): Promise<State> {
    return reading(this.database, (tx) => this.#states.current(new Log(tx, journal)));
  }

  /** Writes events, all or none, each having seen everything applied here. */
  append(journal: string, drafts: readonly Draft[]): Promise<Event[]> {
    return this.appendMade(journal, () => drafts);
  }

  /** The same with drafts that `made` makes of the state that they come on top of; it may throw: nothing comes between. */
  async appendMade(journal: string, made: (state: State) => readonly Draft[]): Promise<Event[]> {
    return this.#write(journal, async (log, around) => {
      const drafts = made(await this.#states.current(log));
      return drafts.length ? this.#appendTo(log, around, drafts) : [];
    });
  }

  /** The events, as text, in whose payload an entity is named. */
  async eventsAbout(journal: string, entity: string): Promise<string[]> {
    const rows = await reading(this.database, (tx) => new Log(tx, journal).rows());
    return rows.map(({ text }) => text).filter((text) => text.includes(entity));
  }

  async #appendTo(log: Log, { account }: Surroundings, drafts: readonly Draft[]): Promise<Event[]> {
    const state = await this.#states.current(log);
    const clock = new HybridClock((await log.setting("clock")) ?? HLC_MIN, this.wall);
    const { device } = await log.row();
    const events = writeDrafts(state, { device, actor: account, clock, salt: newSalt }, drafts);
    await log.add(events, { confirmed: false });
    await log.set("clock", clock.last);
    await this.#states.applied(log, events);
    await log.purge(redactionsAmong(events), account);
    await this.#states.keep(log);
    return events;
  }

  /** Does what one answer of a server calls for, all of it or, if it does not add up, nothing. */
  async carryOut(journal: string, decide: (log: Log) => Promise<readonly Step[]>): Promise<{ steps: readonly Step[]; again: boolean }> {
    return this.#write(journal, async (log, around) => {
      const steps = await decide(log);
      return { steps, again: steps.length > 0 && (await carryOut(log, steps, around)) };
    });
  }

  /** Changes a journal; what fails changes nothing, in memory as little as in the database. */
  async #write<T>(journal: string, work: (log: Log, around: Surroundings) => Promise<T>): Promise<T> {
    try {
      const made = await writing(this.database, async (tx) => {
        const log = new Log(tx, journal);
        const account = (await log.setting("account")) ?? NOBODY;
        return work(log, { states: this.#states, account, wall: this.wall });
      });
      this.#tell(journal);
      return made;
    } catch (error) {
      this.#states.forget(journal);
      throw error;
    }
  }

  #tell(journal: string): void {
    this.#listeners.forEach((tell) => tell(journal));
    this.#tabs.postMessage(journal);
  }

  /**
   * Sets an own event apart that a server can't even answer for, before it has a place there: a stub takes its place, and is
   * sent as that. Returns whether it did.
   */
  async refuseHere(journal: string, event: Event, reason: string): Promise<boolean> {
    const did = await this.#write(journal, async (log) => {
      const held = await log.find(event.device, event.n);
      if (held === undefined || held.received_at || held.rejected) return false; // another tab was first
      await log.setApart(held, reason);
      await log.rewrite(asStub(journal, held, reason));
      await log.bump();
      return true;
    });
    this.#states.forget(journal);
    return did;
  }

  /**
   * Once all is here that a server has: where events came without their words, and the redactions that took them are lost,
   * writes others. Returns whether it did.
   */
  async takeOutAgain(journal: string): Promise<boolean> {
    return this.#write(journal, async (log, around) => {
      const wordless = await log.wordless();
      if (wordless.length === 0) return false;
      const drafts = redactAgain(await this.#states.current(log), wordless, newId);
      await this.#appendTo(log, around, drafts);
      return drafts.length > 0;
    });
  }

  /** How many events no server has confirmed, all journals taken together. */
  async unsentCount(): Promise<number> {
    const rows = await this.rows();
    const counts = await reading(this.database, (tx) => Promise.all(rows.map(({ journal }) => new Log(tx, journal).count("unsent"))));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Writes down what was folded, where it is much: after a sync and not in it, since a long one has many pages. */
  async keepStates(): Promise<void> {
    for (const { journal } of await this.rows()) {
      await writing(this.database, (tx) => this.#states.keep(new Log(tx, journal)));
    }
  }

  /** From now on this device writes as `account`; what was never sent is rewritten as written by them. */
  async adoptAccount(account: string): Promise<void> {
    for (const { journal } of await this.rows()) {
      await this.#write(journal, async (log) => {
        for (const [, event] of await log.waiting("unsent", 0, Infinity, Infinity)) {
          if (event.actor !== account && !event.rejected) await log.rewrite({ ...event, actor: account });
        }
        await log.bump();
      });
      this.#states.forget(journal);
    }
    await this.set("account", account);
  }

  /** Moves what was written in a journal that was never sent into another; the ids of what it is about stay. */
  async moveInto(source: string, target: string): Promise<void> {
    const rows = await this.database.get("journals", source);
    if (rows?.claimed) throw new RangeError("That journal is on a server already and can't be moved into another.");
    await this.#write(target, async (log, { account }) => {
      const from = new Log(log.tx, source);
      const events = (await from.held()).map(({ event }) => event).filter(({ type = "" }) => !type.startsWith("journal."));
      const { device } = await log.row();
      await log.add(writtenOver(await this.#states.current(log), { device, actor: account }, events), { confirmed: false });
      await from.removeJournal();
    });
    this.#states.forget(source);
    this.#tell(source);
  }

  /** Where this device stands in a journal, with at most so much to send. */
  standing(journal: string, maxEvents = MAX_PUSH_EVENTS, maxBytes = MAX_PUSH_BYTES): Promise<Standing> {
    return reading(this.database, async (tx) => {
      const log = new Log(tx, journal);
      const { device, cursor } = await log.row();
      const unsent = maxEvents > 0 ? (await log.waiting("unsent", 0, maxEvents, maxBytes)).map(([, event]) => event) : [];
      return {
        device,
        cursor,
        acknowledged: await log.confirmedCounter(device),
        unsent,
        moreUnsent: (await log.count("unsent")) > unsent.length,
        placedTo: await log.placedTo(),
        behind: undefined,
        receipted: await log.receipts.last(),
        bare: await log.receipts.bare(),
        ...(await this.#asking(journal)),
      };
    });
  }

  /** What a session asks for when it needs it; within a transaction, if there is one already. */
  async #asking(journal: string): Promise<Pick<Standing, "chainAt" | "held" | "mayBeginFrom" | "proofs">> {
    const inside = <T>(work: (log: Log) => Promise<T>) => reading(this.database, (tx) => work(new Log(tx, journal)));
    return askingWithin(inside);
  }
}

type Within = <T>(work: (log: Log) => Promise<T>) => Promise<T>;

/** The questions of a session about a log that `within` opens. */
export function askingWithin(within: Within): Pick<Standing, "chainAt" | "held" | "mayBeginFrom" | "proofs"> {
  return {
    chainAt: (seq) => within((log) => log.chainAt(seq)),
    held: (after) =>
      within(async (log) => {
        const lost = await log.waiting("lost", after, MAX_PUSH_EVENTS);
        return lost.map(([ordinal, event]) => [ordinal, unplaced(event)] as const);
      }),
    mayBeginFrom: () => false,
    proofs: (events) =>
      within(async (log) => {
        const account = (await log.setting("account")) ?? NOBODY;
        const roles = JSON.parse((await log.setting("roles")) ?? "{}") as Record<string, string>;
        const isOwner = (roles[log.journal] ?? "owner") === "owner";
        const [taken, proofs] = await log.receipts.proofs(events, (event) => Boolean(event.rejected) || event.actor !== account || !isOwner);
        return { events: taken, proofs };
      }),
  };
}

/** A random id (UUID version 4). */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** 96 random bits as 16 characters of base64url: what keeps the digest of a short payload from being guessed back. */
function newSalt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
