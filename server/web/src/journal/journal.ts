/**
 * The journal that the screens show, as signals: its state, how it stands with the server, and today. Every act is written
 * into the device's log and painted from it at once; the network comes after, and never in between.
 */

import { computed, signal, type ReadonlySignal } from "@preact/signals";

import { Refusal, type Draft } from "./refusing";
import { decodeEvent } from "../core/envelope";
import { NOBODY } from "../core/generated/table";
import { State } from "../core/journal";
import type { Device } from "../device/device";
import type { Goal } from "../core/generated/views";
import { conflicts, type Conflict } from "../views/conflicts";
import { goals } from "../views/goals";
import type { Change } from "../views/history";
import { localDay } from "../views/moments";
import type { Link } from "./link";

const DAY_CHECK_MS = 60_000;

/** What is shown of a state; made anew whenever the journal changed. */
export interface Seen {
  readonly state: State;
}

/** Somebody in the journal, as the server told last. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: "owner" | "therapist" | "reader";
}

export class Journal {
  readonly id = signal("");
  readonly seen = signal<Seen>({ state: new State("") });
  readonly today = signal(localDay(new Date()));
  readonly unsent = signal(0);
  readonly account = signal(NOBODY);
  readonly members = signal<readonly Member[]>([]);
  readonly devices = signal<ReadonlyMap<string, string>>(new Map());
  readonly goals: ReadonlySignal<readonly Goal[]> = computed(() => goals(this.seen.value.state));
  readonly conflicts: ReadonlySignal<readonly Conflict[]> = computed(() => conflicts(this.seen.value.state));
  readonly #histories = signal<ReadonlyMap<string, readonly Change[]>>(new Map());

  constructor(
    readonly device: Device,
    readonly link: Link,
    readonly newJournal: { readonly title: string; readonly locale: string },
  ) {}

  /** Reads what is here, and follows it from now on. */
  async begin(): Promise<void> {
    await this.#choose();
    await this.refresh();
    this.device.onChange((journal) => {
      if (journal === this.id.value || !this.id.value) void this.refresh();
    });
    setInterval(() => (this.today.value = localDay(new Date())), DAY_CHECK_MS);
  }

  /** Reads the device anew: another tab, or a sync, has changed something. */
  async refresh(): Promise<void> {
    if (!this.id.value) await this.#choose();
    if (this.id.value) this.seen.value = { state: await this.device.state(this.id.value) };
    this.unsent.value = await this.device.unsentCount();
    this.account.value = await this.device.account();
    this.members.value = JSON.parse((await this.device.setting("members")) ?? "[]") as Member[];
    this.devices.value = new Map(Object.entries(JSON.parse((await this.device.setting("devices")) ?? "{}") as Record<string, string>));
    const known = this.#histories.peek();
    if (known.size) await Promise.all([...known.keys()].map((goal) => this.#readHistory(goal)));
  }

  async #choose(): Promise<void> {
    const rows = await this.device.rows();
    const wanted = await this.device.setting("journal");
    const chosen = rows.find((row) => row.journal === wanted) ?? rows.find((row) => row.private) ?? rows[0];
    this.id.value = chosen?.journal ?? "";
  }

  /**
   * Writes drafts, made of the state that they come on top of, and begins a journal where there is none. Tells the server when it
   * can be reached. A Refusal that `drafts` throws is given back; nothing was written then.
   */
  async write(drafts: (state: State) => readonly Draft[]): Promise<Refusal | undefined> {
    if (!this.id.value) {
      const { title, locale } = this.newJournal;
      this.id.value = await this.device.openJournal(title, Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", locale);
    }
    try {
      await this.device.appendMade(this.id.value, drafts);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    this.link.soon();
    return undefined;
  }

  /** What became of a goal, write by write; read when it is first asked for, and there a moment later. */
  history(goal: string): readonly Change[] {
    const found = this.#histories.value.get(goal);
    if (found === undefined) void this.#readHistory(goal);
    return found ?? [];
  }

  async #readHistory(goal: string): Promise<void> {
    if (!this.id.peek()) return;
    const journal = this.id.peek();
    const [rows, { history }] = await Promise.all([this.device.eventsAbout(journal, goal), import("../views/history")]);
    const changes = history(rows.map(decodeEvent), journal, "goal", goal);
    this.#histories.value = new Map([...this.#histories.peek(), [goal, changes]]);
  }

  /** Whether it is whoever this device belongs to. */
  isOwn(actor: string): boolean {
    return actor === this.account.value || actor === NOBODY;
  }

  /** What a member is called; nothing for the person themselves. */
  nameOf(actor: string): string | undefined {
    if (this.isOwn(actor)) return undefined;
    return this.members.value.find((one) => one.id === actor)?.name;
  }
}
