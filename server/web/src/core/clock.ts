/**
 * The hybrid logical clock; knows nothing of events. The wall clock comes in as a function.
 *
 * A reading is fixed-width ASCII that sorts as text: 12 hexadecimal digits of milliseconds since 1970, then 4 of a
 * counter. A counter that runs over carries into the milliseconds, so a reading is one growing 64-bit number.
 */

export const HLC_MIN = "0".repeat(16);
const MAX_MS = 2 ** 48 - 1;

/** The clock's text form; `ms` outside 0 … 2^48-1 is brought to the nearest end. */
export function formatHlc(ms: number, counter = 0): string {
  const within = Math.min(Math.max(Math.trunc(ms), 0), MAX_MS);
  return within.toString(16).padStart(12, "0") + counter.toString(16).padStart(4, "0");
}

/** The milliseconds in a reading. */
export function hlcMs(hlc: string): number {
  return parseInt(hlc.slice(0, 12), 16);
}

/** Gives readings that are later than any given or seen before, and as close to the wall clock as that allows. */
export class HybridClock {
  #last: string;
  readonly #wall: () => number;

  constructor(last: string, wall: () => number) {
    this.#last = last;
    this.#wall = wall;
  }

  /** The reading that was given or seen last. */
  get last(): string {
    return this.#last;
  }

  /** A new reading, greater than every earlier one. */
  tick(): string {
    const next = (BigInt(`0x${this.#last}`) + 1n).toString(16).padStart(16, "0");
    return (this.#last = later(next, formatHlc(this.#wall())));
  }

  /** Takes note of a reading from elsewhere, so that what is written next ranks after it. */
  observe(hlc: string): void {
    this.#last = later(this.#last, hlc);
  }

  /** After the server clamped this clock: back to the greater of the wall clock and what was truly seen. */
  reset(seen: string): void {
    this.#last = later(seen, formatHlc(this.#wall()));
  }
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}
