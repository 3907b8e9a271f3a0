/** How a goal is followed, as the screens ask for it and say it: numbers with their unit, and levels in words. */

import type { Asked } from "../app/screens/shown";
import { numberWords, say } from "../app/words/words";
import type { Json } from "../core/generated/payloads";
import type { Measure } from "../core/generated/views";
import type { State } from "../core/journal";
import { show } from "../views/entities";
import { given } from "../views/fields";

/** Those that are no number somebody could say: what was done, and how often, is counted elsewhere. */
const WITHOUT_NUMBER = new Set(["frequency", "done"]);
/** What the five levels are called by their places. */
const PLACES = ["much_less", "less", "as_hoped", "more", "much_more"] as const;

export function measureOf(state: State, id: string | null): Measure | undefined {
  return id !== null && state.entities.get("measure")?.has(id) ? show(state, "measure", id) : undefined;
}

/** What a check-in on a measure asks for; null where it is answered in words. */
export function askedOf(state: State, id: string | null): Asked | null {
  const measure = measureOf(state, id);
  if (!measure || WITHOUT_NUMBER.has(measure.type)) return null;
  const question = measure.question || undefined;
  if (measure.type === "attainment") return given<Asked>({ question, low: -2, high: 2, levels: levelsOf(measure) });
  const { low, high } = measure;
  // A log may hold a measure whose ends no number lies between: any number answers it, as at the terminal.
  const ends = low !== null && high !== null && low >= high ? {} : { low: low ?? undefined, high: high ?? undefined };
  return given<Asked>({
    question,
    ...ends,
    lowWords: measure.level_minus_2 || undefined,
    highWords: measure.level_plus_2 || undefined,
    unit: measure.unit || undefined,
  });
}

/** The five levels from −2 to 2; one that nobody described is called by its place. */
export function levelsOf(measure: Measure): string[] {
  const described = [measure.level_minus_2, measure.level_minus_1, measure.level_0, measure.level_plus_1, measure.level_plus_2];
  return PLACES.map((place, i) => described[i] || say(`level.${place}`));
}

/** A value that answered a measure: the words of its level, else the number with its unit. */
export function valueOf(measure: Measure | undefined, value: Json | undefined): { number?: string; level?: string } {
  if (typeof value === "string") return { level: value };
  if (typeof value !== "number") return {};
  const level = measure?.type === "attainment" ? levelsOf(measure)[value + 2] : undefined;
  return level ? { level } : { number: [numberWords(value), measure?.unit].filter(Boolean).join(" ") };
}

/** The same within a sentence: what somebody described stands in quotation marks. */
export function valueWords(measure: Measure | undefined, value: Json | undefined): string {
  const { number, level } = valueOf(measure, value);
  return level ? say("quoted", { words: level }) : (number ?? "");
}
