/**
 * Causal contexts and the multi-value register: the only place that decides what happens when two people write at once.
 *
 * Theory of operation
 * -------------------
 * Every write carries what its author had seen: per device, the highest counter applied. So of two writes it is known
 * whether one had seen the other. A register keeps each write that no other write to it has seen. What is shown is the
 * one with the greatest (merge clock, device, n); the others are *set aside*, and a later write that has seen them all
 * settles them. Nothing here depends on the order in which writes arrive, and nothing is ever thrown away that somebody
 * might not have seen.
 */

import { isOf, type Seen } from "./envelope";
import type { Json } from "./generated/payloads";
import { isSame } from "./json";

/** Who wrote, when, and having seen what. One per event, shared by all the registers that it set; never changed. */
export interface Stamp {
  readonly device: string;
  readonly n: number;
  /** The merge clock. */
  readonly rankedAt: string;
  readonly actor: string;
  /** Whole, and not a difference; it leaves out the own device. */
  readonly seen: Seen;
}

export interface Write {
  readonly stamp: Stamp;
  readonly value: Json;
}

/** All writes that no other has seen, the shown one first; there is always one. */
export type Register = readonly [Write, ...Write[]];
export type Registers = Map<string, Register>;

/** Whether the author of `later` had applied `earlier` when writing. */
export function hasSeen(later: Stamp, earlier: Stamp): boolean {
  return later.device === earlier.device ? earlier.n < later.n : earlier.n <= (later.seen[earlier.device] ?? 0);
}

/** Puts one write into the register `name`. Writing the same event twice changes nothing. */
export function write(registers: Registers, name: string, stamp: Stamp, value: Json): void {
  const current = registers.get(name);
  if (current === undefined || (current.length === 1 && hasSeen(stamp, current[0].stamp))) {
    registers.set(name, [{ stamp, value }]);
    return;
  }
  const others = current.filter((one) => !isOf(one.stamp, stamp));
  if (others.some((one) => hasSeen(one.stamp, stamp))) return;
  const left = others.filter((one) => !hasSeen(stamp, one.stamp));
  registers.set(name, [{ stamp, value }, ...left].sort(byRank) as unknown as Register);
}

/**
 * Gives the writes of one event the values that `emptied` makes of theirs. They keep their places: what they had seen
 * stays settled, and what is shown stays shown.
 */
export function empty(
  registers: Registers,
  event: { device: string; n: number },
  emptied: (name: string, value: Json) => Json,
): void {
  for (const [name, register] of registers) {
    if (!register.some(({ stamp }) => isOf(stamp, event))) continue;
    const now = register.map((one) =>
      isOf(one.stamp, event) ? { stamp: one.stamp, value: emptied(name, one.value) } : one,
    );
    registers.set(name, now as unknown as Register);
  }
}

/** The value that people see. */
export function shown(register: Register): Json {
  return register[0].value;
}

/** Writes that lost and that differ from what is shown: somebody should look at them. */
export function setAside(register: Register): Write[] {
  return register.slice(1).filter((one) => !isSame(one.value, shown(register)));
}

/**
 * Whether the entity is retracted: shown as such, and by somebody who had seen all that is in it. So an amendment made
 * meanwhile brings it back.
 */
export function isHidden(registers: Registers): boolean {
  const register = registers.get("retracted");
  if (register === undefined || shown(register) !== true) return false;
  const retractions = register.filter((one) => one.value === true).map((one) => one.stamp);
  for (const [name, other] of registers) {
    if (name === "retracted") continue;
    const isCovered = ({ stamp }: Write) => retractions.some((r) => isOf(stamp, r) || hasSeen(r, stamp));
    if (!other.every(isCovered)) return false;
  }
  return true;
}

/** The greatest first. */
function byRank({ stamp: one }: Write, { stamp: other }: Write): number {
  if (one.rankedAt !== other.rankedAt) return one.rankedAt > other.rankedAt ? -1 : 1;
  if (one.device !== other.device) return one.device > other.device ? -1 : 1;
  return other.n - one.n;
}
