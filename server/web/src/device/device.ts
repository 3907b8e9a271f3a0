/**
 * A local-first device in the browser: writes events into its own log at once, and carries out what a sync decides.
 *
 * Nothing here needs a network. What is written is in the log, in the outbox and in the state in one transaction; so is all
 * of what one answer of a server changes. Tabs of one browser share the database, and tell each other what changed.
 */

import { HLC_MIN, HybridClock } from "../core/clock";
import type { Draft } from "../core/checking";
import { decodeEvent, genesisChain, type Event } from "../core/envelope";
import { NOBODY } from "../core/generated/table";
import type { State } from "../core/journal";
import type { Fields } from "../core/reading";
import { writeDrafts } from "../core/writing";
import type { People } from "./belonging";
import { reading, writing, type Database, type JournalRow, type RefusedRow } from "./database";
import { newId } from "./ids";
import { Log } from "./log";
import { redactionsAmong } from "./redactions";
import { States } from "./states";

const TOLD = "milepost";

/** What the device knows besides its log, for what is done within a transaction. */
export interface Surroundings {
  readonly states: States;
  readonly account: string;
  readonly wall: () => number;
}

/** What others told last, and this browser wrote down. */
export type Settings =
  | "device" | "account" | "token" | "name" | "journal" | "roles" | "people" | "devices" | "preferences" | "instruments"
  | "clock" | "clock_seen";

/** What is known on a device besides what its journals say. */
export interface Known {
  readonly rows: readonly JournalRow[];
  readonly account: string;
  /** The journal that was shown last. */
  readonly chosen: string | undefined;
  readonly people: People;
  /** Journal → what the person is in it, where that is not `owner`. */
  readonly roles: Readonly<Record<string, string>>;
  /** Device → what it is called. */
  readonly devices: ReadonlyMap<string, string>;
  /** Journal → how many events no server has confirmed. */
  readonly unsent: ReadonlyMap<string, number>;
  /** What servers refused and waits for the person, all journals taken together. */
  readonly refused: readonly RefusedRow[];
}

const DRAFTS = IDBKeyRange.bound("draft:", "draft;", false, true);

export class Device {
  readonly states = new States();
  readonly #listeners = new Set<(journal: string) => void>();
  readonly #tabs = new BroadcastChannel(TOLD);

  constructor(
    readonly database: Database,
    readonly wall: () => number = Date.now,
  ) {
    this.#tabs.onmessage = ({ data }) => this.#listeners.forEach((tell) => tell(String(data)));
  }

  close(): void {
    this.#tabs.close();
    this.database.close();
  }

  /** Calls `tell` with the id of each journal that changed (none: what is about all of them), in this tab or in another; returns how to stop that. */
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
    this.tell("");
  }

  /** What was begun to be written here, by its place. */
  async drafts(): Promise<[place: string, draft: unknown][]> {
    const { store } = this.database.transaction("settings");
    const [places, texts] = await Promise.all([store.getAllKeys(DRAFTS), store.getAll(DRAFTS)]);
    return places.map((place, at) => [place.slice("draft:".length), JSON.parse(texts[at] as string)]);
  }

  /** Keeps what was begun at a place; undefined forgets it. All is asked for at once, since the page may be going away. */
  async keepDraft(place: string, draft: unknown): Promise<void> {
    const tx = this.database.transaction("settings", "readwrite");
    const asked = draft === undefined ? tx.store.delete(`draft:${place}`) : tx.store.put(JSON.stringify(draft), `draft:${place}`);
    tx.commit();
    await Promise.all([asked, tx.done]);
  }

  /** Every journal on this device. */
  rows(): Promise<JournalRow[]> {
    return this.database.getAll("journals");
  }

  /** Begins a journal here; returns its id. A server hears of it at the next sync. The first one is the private one. */
  async openJournal(title: string, timeZone: string, locale: string, { isPrivate = false } = {}): Promise<string> {
    const journal = newId();
    const device = (await this.setting("device")) as string;
    const isFirst = (await this.rows()).length === 0;
    await this.#addJournal(journal, device, { claimed: false, isPrivate: isPrivate || isFirst });
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
    this.tell(journal);
  }

  /** A server has the journal now. */
  async setClaimed(journal: string): Promise<void> {
    await writing(this.database, (tx) => new Log(tx, journal).changeRow({ claimed: true }));
  }

  /** Whether nobody else will ever be in the journal, as the server told. */
  async setPrivate(journal: string, isPrivate: boolean): Promise<void> {
    await writing(this.database, (tx) => new Log(tx, journal).changeRow({ private: isPrivate }));
    this.tell(journal);
  }

  /** What the journal's events add up to. It is shared: look, don't change. */
  state(journal: string): Promise<State> {
    return reading(this.database, (tx) => this.states.current(new Log(tx, journal)));
  }

  /** Writes events, all or none, each having seen everything applied here. */
  append(journal: string, drafts: readonly Draft[]): Promise<Event[]> {
    return this.appendMade(journal, () => drafts);
  }

  /** The same with drafts that `made` makes of the state that they come on top of; it may throw: nothing comes between. */
  async appendMade(journal: string, made: (state: State) => readonly Draft[]): Promise<Event[]> {
    return this.change(journal, async (log, around) => {
      const drafts = made(await this.states.current(log));
      return drafts.length ? this.appendTo(log, around, drafts) : [];
    });
  }

  /** The events, as text, in whose payload an entity is named. */
  async eventsAbout(journal: string, entity: string): Promise<string[]> {
    const rows = await reading(this.database, (tx) => new Log(tx, journal).rows());
    return rows.map(({ text }) => text).filter((text) => text.includes(entity));
  }

  /** Writes drafts within a transaction that is open already. */
  async appendTo(log: Log, { account }: Surroundings, drafts: readonly Draft[]): Promise<Event[]> {
    const state = await this.states.current(log);
    const clock = new HybridClock((await log.setting("clock")) ?? HLC_MIN, this.wall);
    const { device } = await log.row();
    const events = writeDrafts(state, { device, actor: account, clock, salt: newSalt }, drafts);
    await log.add(events, { confirmed: false });
    await log.set("clock", clock.last);
    await this.states.applied(log, events);
    await log.purge(redactionsAmong(events), account);
    await this.states.keep(log);
    return events;
  }

  /** Changes a journal; what fails changes nothing, in memory as little as in the database. */
  async change<T>(journal: string, work: (log: Log, around: Surroundings) => Promise<T>): Promise<T> {
    try {
      const made = await writing(this.database, async (tx) => {
        const log = new Log(tx, journal);
        const account = (await log.setting("account")) ?? NOBODY;
        return work(log, { states: this.states, account, wall: this.wall });
      });
      this.tell(journal);
      return made;
    } catch (error) {
      this.states.forget(journal);
      throw error;
    }
  }

  /** Tells all who look, in this tab and in others, that a journal changed. */
  tell(journal: string): void {
    this.#listeners.forEach((tell) => tell(journal));
    this.#tabs.postMessage(journal);
  }

  /** What is known here besides what the journals say, all of it as of one moment. */
  known(): Promise<Known> {
    return reading(this.database, async (tx) => {
      const setting = (name: Settings) => tx.objectStore("settings").get(name);
      const told = async <T>(name: Settings) => JSON.parse((await setting(name)) ?? "{}") as T;
      const [rows, account, chosen, people, roles, devices] = await Promise.all([
        tx.objectStore("journals").getAll(), setting("account"), setting("journal"),
        told<People>("people"), told<Known["roles"]>("roles"), told<Record<string, string>>("devices"),
      ]);
      const logs = rows.map(({ journal }) => new Log(tx, journal));
      const [unsent, refused] = await Promise.all([
        Promise.all(logs.map(async (log) => [log.journal, await log.count("unsent")] as const)), Promise.all(logs.map((log) => log.refused())),
      ]);
      const names = new Map(Object.entries(devices));
      return { rows, account: account ?? NOBODY, chosen, people, roles, devices: names, unsent: new Map(unsent), refused: refused.flat() };
    });
  }

  /** Writes what was refused again, as another event with the same words. */
  async writeAgain({ journal, device, n, text }: RefusedRow): Promise<void> {
    const { type = "", data = "" } = decodeEvent(text);
    await this.change(journal, async (log, around) => {
      const [event] = await this.appendTo(log, around, [{ type, fields: JSON.parse(data) as Fields }]);
      if (event) await log.noteRefused({ device, n }, `${event.device}.${event.n}`);
    });
  }

  /** What was refused does not wait any more, or waits again. It stays on this device. */
  async letGo({ journal, device, n }: RefusedRow, { again = false } = {}): Promise<void> {
    await this.change(journal, (log) => log.noteRefused({ device, n }, again ? undefined : "let-go"));
  }

  /** Writes down what was folded, where it is much: after a sync and not in it, since a long one has many pages. */
  async keepStates(): Promise<void> {
    for (const { journal } of await this.rows()) {
      await writing(this.database, (tx) => this.states.keep(new Log(tx, journal)));
    }
  }
}

/** 96 random bits as 16 characters of base64url: what keeps the digest of a short payload from being guessed back. */
function newSalt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
