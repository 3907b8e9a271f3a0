/** Whether a change is more than chance would give; pure. Twin of `milepost/measures/reliable_change.py` and `worsening.py`. */

import type { Better, ChangeRule, Instrument } from "./instruments";
import { toHundredths } from "./scoring";

/** Later minus earlier. Without a published rule nothing is claimed; `direction` is said only where the change counts. */
export interface Change {
  readonly difference: number;
  readonly threshold: number | null;
  readonly reliable: boolean | null;
  readonly direction: "better" | "worse" | "none";
  readonly citation: string | null;
}

/** Figures that can't be any. */
export class WrongRule extends Error {
  override name = "WrongRule";
}

/** The change that chance alone would seldom (one time in twenty) exceed. */
export function thresholdOf(rule: ChangeRule): number {
  if (!rule.citation.trim()) throw new WrongRule("A rule for change says where its figures were published.");
  if (rule.type === "threshold") {
    if (!(Number.isFinite(rule.points) && rule.points > 0)) throw new WrongRule("A threshold is above 0.");
    return rule.points;
  }
  const { sd, reliability } = rule;
  if (!(Number.isFinite(sd) && sd > 0 && reliability > 0 && reliability < 1)) throw new WrongRule("A deviation is above 0, a reliability between 0 and 1.");
  return 1.96 * sd * Math.sqrt(2) * Math.sqrt(1 - reliability);
}

/** A published threshold counts from itself on; one that is worked out must be exceeded. */
export function reliableChange(earlier: number, later: number, rule: ChangeRule | null, better: Better | null): Change {
  const difference = toHundredths(later - earlier);
  if (rule === null) return { difference, threshold: null, reliable: null, direction: "none", citation: null };
  const threshold = thresholdOf(rule);
  const size = Math.abs(difference);
  const reliable = rule.type === "threshold" ? size >= threshold : size > threshold;
  const isBetter = difference > 0 === (better === "up");
  return { difference, threshold, reliable, direction: !reliable || better === null ? "none" : isBetter ? "better" : "worse", citation: cited(rule) };
}

/** Where a rule's figures were published, and after whom they are used. */
export function cited(rule: ChangeRule): string {
  return rule.type === "threshold" ? rule.citation : `${rule.citation}; after Jacobson & Truax 1991`;
}

/** A form that somebody filled in, as far as it matters here. */
export interface Form {
  readonly instrument: string;
  readonly version: string;
  readonly score: number | null;
  readonly actor: string;
}

/** The titles of those whose last total of somebody's is worse than the one before by more than chance; the earliest form first. */
export function worsened(instruments: readonly Instrument[], forms: readonly Form[]): string[] {
  const titles = new Map<string, string>();
  for (const actor of new Set(forms.map((form) => form.actor))) {
    for (const instrument of instruments) {
      const ours = forms.filter((form) => form.actor === actor && form.instrument === instrument.id);
      if (gotWorse(instrument, ours)) titles.set(instrument.id, instrument.title);
    }
  }
  return [...titles].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, title]) => title);
}

/** One left incomplete hides nothing; only what was filled in in the version at hand is compared. */
function gotWorse(instrument: Instrument, forms: readonly Form[]): boolean {
  const scored = forms.filter((form) => form.score !== null);
  const scores = scored.filter(({ version }) => version === instrument.version).map((form) => form.score as number);
  const [before, last] = scores.slice(-2);
  if (before === undefined || last === undefined || scored.at(-1)?.version !== instrument.version) return false;
  return reliableChange(before, last, instrument.change, instrument.better).direction === "worse";
}
