/**
 * How things go: the numbers said about a goal, measure by measure, and where they are heading; pure, and without a word.
 *
 * Any progress counts, and a day on which nothing was said is nothing at all.
 */

import type { State } from "../core/journal";
import type { Checkin } from "../core/generated/views";
import { numberOf } from "./days";
import { by } from "./entities";
import { number, text } from "./fields";

/** Below so many check-ins over so many days no trend is claimed. */
const MIN_POINTS = 5;
const MIN_DAYS = 14;
/** A trend is that of so many of the latest days with a check-in. */
const LATEST_DAYS = 30;
/** A slope below this part of the range in four weeks is steady. */
const STEADY = 0.05;

export interface Point {
  readonly on: string;
  readonly value: number;
}

export type Trend = "improving" | "worsening" | "steady";

/** One series of numbers: a measure's, or (with no measure) of what was said without one. */
export interface Measured {
  readonly measure: string;
  readonly question: string;
  readonly unit: string;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly points: readonly Point[];
  /** The check-in marked as such, else the first. */
  readonly baseline: Point;
  readonly now: Point;
  readonly trend: Trend | undefined;
}

/** The series of one subject, the one begun first before the others. */
export function seriesOf(state: State, about: readonly Checkin[]): Measured[] {
  const found = new Map<string, { points: Point[]; marked: Point | undefined }>();
  for (const { measure, value, on, baseline } of about) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    const ours = found.get(measure ?? "") ?? { points: [], marked: undefined };
    found.set(measure ?? "", ours);
    ours.points.push({ on, value });
    if (baseline) ours.marked ??= { on, value };
  }
  const begun = [...found].sort(by(([measure, { points }]) => [points[0]?.on ?? "", measure]));
  return begun.map(([measure, { points, marked }]) => measured(state, measure, points, marked ?? points[0]!));
}

function measured(state: State, measure: string, points: readonly Point[], baseline: Point): Measured {
  const fields = measure ? state.fields("measure", measure) : {};
  const [low, high] = [number(fields, "low"), number(fields, "high")];
  const values = points.map(({ value }) => value);
  const span = low !== undefined && high !== undefined ? high - low : Math.max(...values) - Math.min(...values);
  const aim = number(fields, "target") ?? baseline.value;
  return {
    measure,
    question: text(fields, "question"),
    unit: text(fields, "unit"),
    low,
    high,
    points,
    baseline,
    now: points[points.length - 1]!,
    trend: trendOf(points, span, text(fields, "better") || "up", aim),
  };
}

/**
 * Where a series goes, or undefined where there is too little to say so: its Theil–Sen slope, the median of all slopes
 * between two days. Of several values of a day the middle counts.
 */
export function trendOf(points: readonly Point[], span: number, better: string, aim: number): Trend | undefined {
  const [first, last] = [points[0], points[points.length - 1]];
  if (points.length < MIN_POINTS || !first || !last || !(dayNumberOf(last.on) - dayNumberOf(first.on) >= MIN_DAYS)) return undefined;
  const byDay = new Map<string, number[]>();
  for (const { on, value } of [...points].reverse()) {
    if (!byDay.has(on) && byDay.size === LATEST_DAYS) break;
    byDay.set(on, [...(byDay.get(on) ?? []), value]);
  }
  const well = (value: number) => (better === "up" ? value : better === "down" ? -value : -Math.abs(value - aim));
  const latest = [...byDay].map(([on, values]) => [dayNumberOf(on), middleOf(values)] as const);
  const slopes = latest.flatMap(([a, v], at) => latest.slice(at + 1).map(([b, w]) => (7 * (well(w) - well(v))) / (b - a)));
  const slope = middleOf(slopes);
  if (span <= 0 || Math.abs(slope) * 4 < STEADY * span) return "steady";
  return slope > 0 ? "improving" : "worsening";
}

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [below, above] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0];
  return sorted.length % 2 ? above : (below + above) / 2;
}

function dayNumberOf(on: string): number {
  return numberOf(on) ?? NaN;
}
