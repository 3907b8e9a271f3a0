/** From answers to a total, by a questionnaire's own rule; pure. Twin of `milepost/measures/scoring.py`. */

import { valuesOf, type Instrument } from "./instruments";

/** In the order of the form; null is an answer left out. */
export type Answers = readonly (number | null)[];

/** `score` and each of `subscores` are null where answers are missing that the rule needs, or where there is no rule. */
export interface Scored {
  readonly score: number | null;
  readonly subscores: Readonly<Record<string, number | null>>;
  readonly band: string | null;
  /** A sensitive item was marked above the lowest of its answers. */
  readonly sensitive: boolean;
  readonly missing: number;
}

/** Answers that are not those of the form. */
export class WrongAnswers extends Error {
  override name = "WrongAnswers";
}

export function score(instrument: Instrument, answers: Answers): Scored {
  if (answers.length !== instrument.items.length) throw new WrongAnswers("There are as many answers as items.");
  const isOf = (answer: number | null, at: number) => answer === null || valuesOf(instrument.items[at]!).includes(answer);
  if (!answers.every(isOf)) throw new WrongAnswers("Each answer is one that its item has.");
  const counted = answers.map((answer, at) => countedAs(instrument, at + 1, answer));
  const isSum = instrument.rule === "sum";
  const total = isSum ? totalOf(counted, instrument.prorate ?? 0) : null;
  const parts = isSum ? Object.entries(instrument.subscales) : [];
  return {
    score: total,
    subscores: Object.fromEntries(parts.map(([name, numbers]) => [name, totalOf(numbers.map((number) => counted[number - 1] ?? null), 0)])),
    band: bandOf(instrument, total),
    sensitive: marked(instrument, answers).length > 0,
    missing: answers.filter((answer) => answer === null).length,
  };
}

/** The sensitive items that were marked above the lowest of their answers, as the form has them (not turned round). */
export function marked(instrument: Instrument, answers: Answers): number[] {
  return instrument.sensitive.filter((number) => {
    const [answer, item] = [answers[number - 1], instrument.items[number - 1]];
    return typeof answer === "number" && item !== undefined && answer > Math.min(...valuesOf(item));
  });
}

/** The published name for a total, if there is one. */
export function bandOf({ bands }: Instrument, total: number | null): string | null {
  return total === null ? null : ([...bands].reverse().find(({ start }) => total >= start)?.name ?? null);
}

function countedAs({ reverse, items }: Instrument, number: number, answer: number | null): number | null {
  if (answer === null || !reverse.includes(number)) return answer;
  const values = valuesOf(items[number - 1]!);
  return Math.min(...values) + Math.max(...values) - answer;
}

function totalOf(counted: Answers, mayMiss: number): number | null {
  const given = counted.filter((value) => value !== null);
  const missing = counted.length - given.length;
  const sum = given.reduce((total, value) => total + value, 0);
  if (!missing) return sum;
  if (missing > mayMiss || !given.length) return null;
  return toHundredths((sum / given.length) * counted.length);
}

/** Rounded to two places; what lies exactly between goes to the even one, as in Python. */
export function toHundredths(value: number): number {
  // Only eighths can lie exactly between, for a number here is made of halves.
  const eighths = value * 8;
  if (!Number.isInteger(eighths) || eighths % 2 === 0) return Number(value.toFixed(2));
  const below = Math.floor(value * 100);
  return (below % 2 === 0 ? below : below + 1) / 100;
}
