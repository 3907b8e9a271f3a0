/** The forms that somebody filled in, and which came before which; pure. */

import type { Assessment } from "../../core/generated/views";
import type { State } from "../../core/journal";
import { numberOf } from "../days";
import { by, every } from "../entities";
import type { Instrument } from "./instruments";

/** Every form, the earliest day first. */
export function assessments(state: State): Assessment[] {
  return every(state, "assessment").sort(by(({ on, changed_at, id }) => [on, changed_at, id]));
}

/** How many days before a form its days were asked about before; undefined where they were not. `earlier` in the order of their days. */
export function repeatedAfter({ recall_days }: Instrument, on: string, earlier: readonly { readonly on: string }[]): number | undefined {
  const [last, now] = [numberOf(earlier.at(-1)?.on ?? ""), numberOf(on)];
  if (last === undefined || now === undefined || recall_days === null) return undefined;
  const days = now - last;
  return days >= 0 && days < recall_days ? days : undefined;
}
