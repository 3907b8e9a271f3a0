/**
 * What only a server knows, for the pages about it: asked for whenever such a page is come to, and shown as it was until the
 * answer is there. Nothing that is kept on this device is asked for in this way.
 */

import { signal } from "@preact/signals";

import { place, type Place } from "../app/router";
import { Access } from "../device/access";
import { Server } from "../device/server";
import type { Journal } from "./journal";
import { told } from "./told";

/** What was answered last, and why there is no newer answer, in words. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly trouble: string;
}

export class Fetched<T> {
  readonly #answer = signal<Answer<T>>({ value: undefined, trouble: "" });
  #askedAt: Place | undefined;

  constructor(
    readonly journal: Journal,
    readonly ask: (access: Access) => Promise<T>,
  ) {}

  /** The answer as it is now; asks where this page was come to just now. */
  get(): Answer<T> {
    if (this.#askedAt !== place.peek()) void this.again();
    return this.#answer.value;
  }

  /** Asks anew. */
  async again(): Promise<void> {
    this.#askedAt = place.peek();
    try {
      this.#answer.value = { value: await this.ask(await accessOf(this.journal)), trouble: "" };
    } catch (error) {
      this.#answer.value = { value: this.#answer.peek().value, trouble: told(error) };
    }
  }
}

/** The server of this device, for what a person asks it. */
export async function accessOf({ device, link }: Journal): Promise<Access> {
  return new Access(new Server(link.url, await device.setting("token")));
}
