/** The folded states of the device's journals: in memory, and written down in its database; caches, since the log counts. */

import type { Event } from "../core/envelope";
import { InvalidEvent } from "../core/errors";
import { State } from "../core/journal";
import { dumpState, loadState } from "../core/kept";
import type { Transaction } from "./database";
import { decoded, type Log } from "./log";

/** Events folded on top of a kept state before it is written anew (or a tenth of the log, if that is more). */
const KEEP_AFTER = 500;

/** A state, the ordinal of the last event in it, and the generation of the log that it was folded from. */
interface Folded {
  readonly state: State;
  ordinal: number;
  readonly generation: number;
}

export class States {
  readonly #folded = new Map<string, Folded>();

  /** Drops what is in memory, of one journal or of all: a transaction failed, or something in the log changed. */
  forget(journal?: string): void {
    if (journal === undefined) this.#folded.clear();
    else this.#folded.delete(journal);
  }

  /** What the log adds up to, brought up to date with what another tab did. It is shared: look, don't change. */
  async current(log: Log): Promise<State> {
    const { generation, last } = await log.row();
    let folded = this.#folded.get(log.journal);
    if (folded?.generation !== generation) {
      folded = await this.#kept(log, generation);
      this.#folded.set(log.journal, folded);
    }
    if (folded.ordinal < last) {
      for (const row of await log.rows(folded.ordinal)) folded.state.apply(decoded(row));
      folded.ordinal = last;
    }
    return folded.state;
  }

  /** Folds events that were just appended into the state in memory, sparing a read of them. */
  async applied(log: Log, events: readonly Event[]): Promise<void> {
    const folded = this.#folded.get(log.journal);
    if (folded === undefined) return;
    for (const event of events) folded.state.apply(event);
    folded.ordinal = (await log.row()).last;
  }

  async #kept(log: Log, generation: number): Promise<Folded> {
    const row = await log.tx.objectStore("states").get(log.journal);
    if (row?.generation === generation) {
      try {
        const state = loadState(row.text);
        if (state) return { state, ordinal: row.ordinal, generation };
      } catch (error) {
        if (!(error instanceof InvalidEvent)) throw error; // it is a cache: where it is damaged, the log counts
      }
    }
    return { state: new State(log.journal), ordinal: 0, generation };
  }

  /** Writes the state down when much was folded since the last time, so that opening stays quick. */
  async keep(log: Log): Promise<void> {
    const state = await this.current(log);
    const { generation, last } = await log.row();
    const store = (log.tx as Transaction<"readwrite">).objectStore("states");
    const row = await store.get(log.journal);
    const kept = row?.generation === generation ? row.ordinal : 0;
    if (last - kept < Math.max(KEEP_AFTER, last / 10)) return;
    await store.put({ journal: log.journal, ordinal: last, generation, text: dumpState(state) });
  }
}
