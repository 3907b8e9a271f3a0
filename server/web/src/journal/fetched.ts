/**
 * What only a server knows, for the pages about it: asked for whenever such a page is come to, and shown as it was until the
 * answer is there. Nothing that is kept on this device is asked for in this way.
 */

import { signal } from "@preact/signals";

import { place, type Place } from "../app/router";
import { done } from "../app/toasts";
import { say, type Key } from "../app/words/words";
import { Access } from "../device/access";
import type { Device } from "../device/device";
import { Server } from "../device/server";
import type { Journal } from "./journal";
import { told } from "./told";

/** What was answered last, and why there is no newer answer, in words. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly trouble: string;
}

export class Fetched<T> {
  /** The words for what went wrong may come after it: with the page. */
  readonly #answer = signal<{ readonly value: T | undefined; readonly error?: unknown }>({ value: undefined });
  #askedAt: Place | undefined;
  #wasOnline = true;

  constructor(
    readonly journal: Journal,
    readonly ask: (access: Access) => Promise<T>,
  ) {}

  /** The answer as it is now; asks where this page was come to just now, and where the network is back. */
  get(): Answer<T> {
    const { value, error } = this.#answer.value;
    const online = this.journal.link.online.value;
    const isBack = online && !this.#wasOnline && error !== undefined;
    this.#wasOnline = online;
    if (this.#askedAt !== place.peek() || isBack) void this.again();
    return { value, trouble: error === undefined ? "" : told(error) };
  }

  /** Asks anew. */
  async again(): Promise<void> {
    this.#askedAt = place.peek();
    try {
      this.#answer.value = { value: await this.ask(await accessOf(this.journal)) };
    } catch (error) {
      this.#answer.value = { value: this.#answer.peek().value, error };
    }
  }
}

/** What this device knows of journals that are not on the screen: read anew whenever anything here changed. */
export class Read<T> {
  readonly #found = signal<T | undefined>(undefined);
  #at = -1;

  constructor(
    readonly journal: Journal,
    readonly read: (device: Device) => Promise<T>,
  ) {}

  /** What was read last; undefined until it was. */
  get(): T | undefined {
    const now = this.journal.changes.value;
    if (this.#at !== now) {
      this.#at = now;
      void this.read(this.journal.device).then((found) => (this.#found.value = found));
    }
    return this.#found.value;
  }
}

/** Asks a server to do something, and says so. Gives back what it answered; undefined where it did not do it, which is said, too. */
export async function asked<T>(journal: Journal, ask: (access: Access) => Promise<T>, said?: Key): Promise<T | undefined> {
  try {
    const answer = await ask(await accessOf(journal));
    if (said) done(say(said));
    return answer;
  } catch (error) {
    done(told(error));
    return undefined;
  }
}

/** The server of this device, for what a person asks it. */
export async function accessOf({ device, link }: Journal): Promise<Access> {
  return new Access(new Server(link.url, await device.setting("token")));
}
