/**
 * The journal that the screens show, as signals: its state, how it stands with the server, and today. Every act is written
 * into the device's log and painted from it at once; the network comes after, and never in between.
 */

import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";

import { Refusal, type Draft } from "./refusing";
import { draftsIn } from "../app/drafts";
import { decodeEvent } from "../core/envelope";
import { NOBODY } from "../core/generated/table";
import { State } from "../core/journal";
import type { People, Role } from "../device/belonging";
import type { JournalRow } from "../device/database";
import type { RefusedRow } from "../device/database";
import type { Device } from "../device/device";
import type { Goal } from "../core/generated/views";
import { conflicts, type Conflict } from "../views/conflicts";
import { goals } from "../views/goals";
import type { Change } from "../views/history";
import { localDay } from "../views/moments";
import { rightsOf, type Rights } from "../views/rights";
import type { Link } from "./link";

const DAY_CHECK_MS = 60_000;
/** Where a tab keeps which journal it shows. */
const TAB = "milepost-journal";

/** What is shown of a state; made anew whenever the journal changed. */
export interface Seen {
  readonly state: State;
}

/** Somebody in the journal, as the server told last. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/** Where something is written: into the journal that is open, or into the person's private one, whichever is open. */
export type Where = "open" | "private";

/** The journal that is the person's alone: one that others came into is not, though the server may not have said so yet. */
function ownAmong(rows: readonly JournalRow[], people: People): string {
  const readers = (journal: string) => Object.values(people).filter(({ roles }) => roles[journal]).length;
  return rows.find((row) => row.private && readers(row.journal) < 2)?.journal ?? "";
}

/** The journal that is shown: the one that is wanted, else the private one. */
function chosenAmong(rows: readonly JournalRow[], wanted: string | undefined): string {
  const chosen = rows.find(({ journal }) => journal === wanted) ?? rows.find((row) => row.private) ?? rows[0];
  return chosen?.journal ?? "";
}

export class Journal {
  readonly id = signal("");
  readonly seen = signal<Seen>({ state: new State("") });
  /** The private journal, which is mostly the one that is open: what is nobody else's business is there. */
  readonly private = signal<Seen>({ state: new State("") });
  readonly today = signal(localDay(new Date()));
  /** Journal → how many changes no server has. */
  readonly unsent = signal<ReadonlyMap<string, number>>(new Map());
  /** What a server did not take and waits for the person, in any journal. */
  readonly refused = signal<readonly RefusedRow[]>([]);
  readonly account = signal(NOBODY);
  readonly rows = signal<readonly JournalRow[]>([]);
  readonly people = signal<People>({});
  /** Journal → what the person is in it, where that is not `owner`. */
  readonly roles = signal<Readonly<Record<string, string>>>({});
  readonly devices = signal<ReadonlyMap<string, string>>(new Map());
  /** Grows with everything that changes on this device, in whichever journal. */
  readonly changes = signal(0);
  readonly members: ReadonlySignal<readonly Member[]> = computed(() => this.membersOf(this.id.value));
  readonly rights: ReadonlySignal<Rights> = computed(() => rightsOf(this.seen.value.state, this.roleIn(this.id.value)));
  readonly goals: ReadonlySignal<readonly Goal[]> = computed(() => goals(this.seen.value.state));
  readonly conflicts: ReadonlySignal<readonly Conflict[]> = computed(() => conflicts(this.seen.value.state));
  /** How often this was read: what was begun earlier and comes later is not shown any more. */
  #turn = 0;
  /** Which journal is to be shown, until it is. */
  #asked: string | undefined;
  readonly #histories = signal<ReadonlyMap<string, readonly Change[]>>(new Map());

  constructor(
    readonly device: Device,
    readonly link: Link,
    /** What a journal that nobody named is begun with. */
    readonly newJournal: () => { readonly title: string; readonly locale: string },
  ) {}

  /** Reads what is here, and follows it from now on. */
  async begin(): Promise<void> {
    await this.refresh();
    this.device.onChange((journal) => {
      this.changes.value += 1;
      if (!journal || journal === this.id.value || journal === this.private.value.state.journal || !this.id.value) void this.refresh();
    });
    setInterval(() => (this.today.value = localDay(new Date())), DAY_CHECK_MS);
  }

  /** Reads the device anew: another tab, or a sync, has changed something. `asked` is the journal that is to be shown from now on. */
  async refresh(asked?: string): Promise<void> {
    const turn = (this.#turn += 1);
    // What was asked for before this was read counts still, though another change comes between.
    if (asked !== undefined) this.#asked = asked;
    const wanted = this.#asked ?? this.id.peek();
    const { rows, chosen, people, ...known } = await this.device.known();
    const id = rows.some(({ journal }) => journal === wanted) ? wanted : chosenAmong(rows, sessionStorage.getItem(TAB) ?? chosen);
    const own = ownAmong(rows, people);
    const [open, apart] = await Promise.all([this.#state(id), own === id ? undefined : this.#state(own)]);
    if (turn !== this.#turn) return; // somebody reads since who knows more, and another journal may be wanted
    this.#asked = undefined;
    batch(() => {
      this.rows.value = rows;
      this.#open(id);
      this.seen.value = { state: open };
      this.private.value = { state: apart ?? open };
      this.unsent.value = known.unsent;
      this.refused.value = known.refused;
      this.account.value = known.account;
      this.people.value = people;
      this.roles.value = known.roles;
      this.devices.value = known.devices;
    });
    const histories = this.#histories.peek();
    if (histories.size) await Promise.all([...histories.keys()].map((goal) => this.#readHistory(goal)));
  }

  #state(id: string): Promise<State> | State {
    return id ? this.device.state(id) : new State("");
  }

  /** Another journal is on the screens from now on: what was begun in one is not found in the forms of another. */
  #open(id: string): void {
    const row = this.rows.peek().find(({ journal }) => journal === id);
    draftsIn(!row || row.private ? "" : id);
    if (id) sessionStorage.setItem(TAB, id); // a tab that is loaded again shows what it showed
    if (id === this.id.peek()) return;
    this.#histories.value = new Map();
    this.id.value = id;
  }

  /** Shows another journal, here and when this browser is opened again. */
  async use(id: string): Promise<void> {
    await this.device.set("journal", id);
    sessionStorage.setItem(TAB, id);
    await this.refresh(id);
  }

  /** Shows the journal that this browser is to show, which may be another since it was paired. */
  async reopen(): Promise<void> {
    sessionStorage.removeItem(TAB);
    await this.refresh("");
  }

  /** Begins a journal beside those that there are, to be shared; it is shown from then on. */
  async openAnother(title: string): Promise<string> {
    const id = await this.#begun(title, false);
    await this.link.briefly(); // a server is asked about it next
    await this.use(id);
    return id;
  }

  async #own(): Promise<string> {
    const { rows, people } = await this.device.known();
    return ownAmong(rows, people);
  }

  #begun(title: string, isPrivate: boolean): Promise<string> {
    return this.device.openJournal(title, Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", this.newJournal().locale, { isPrivate });
  }

  /** The journal that something is written into; it is begun where there is none. */
  async placeFor(where: Where): Promise<string> {
    if (where === "private") await this.link.briefly(); // somebody may have joined what was private
    const found = where === "open" ? this.id.value : await this.#own();
    if (found) return found;
    const made = await this.#begun(this.newJournal().title, true);
    if (!this.id.value) this.id.value = made;
    return made;
  }

  /**
   * Writes drafts, made of the state that they come on top of, and begins a journal where there is none. Tells the server when it
   * can be reached. A Refusal that `drafts` throws is given back; nothing was written then.
   */
  async write(drafts: (state: State) => readonly Draft[], into?: string): Promise<Refusal | undefined> {
    try {
      await this.device.appendMade(into ?? (await this.placeFor("open")), drafts);
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
    if (journal === this.id.peek()) this.#histories.value = new Map([...this.#histories.peek(), [goal, changes]]);
  }

  /** Whether it is whoever this device belongs to. */
  isOwn(actor: string): boolean {
    return actor === this.account.value || actor === NOBODY;
  }

  /** What the person is in a journal; `none` where they are in it no more. */
  roleIn(journal: string): string {
    return this.roles.value[journal] ?? "owner";
  }

  /** Who is in a journal, as far as was told. */
  membersOf(journal: string): Member[] {
    return Object.entries(this.people.value).flatMap(([id, { name, roles }]) => (roles[journal] ? [{ id, name, role: roles[journal] }] : []));
  }

  /** What a member is called; nothing for the person themselves. */
  nameOf(actor: string): string | undefined {
    return this.isOwn(actor) ? undefined : this.people.value[actor]?.name;
  }
}
