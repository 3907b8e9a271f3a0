/** Where things stand on a chart. Pure; knows no element. */

import type { Point, Series } from "../screens/shown";
import { type Day, daysBetween } from "../words/days";

/** The drawing's own units: its size, and what is left free around the lines. */
export const SIZE = { wide: 360, high: 190, start: 30, top: 12, below: 30 } as const;

/** The days and values that a chart spans. */
export interface Frame {
  readonly from: Day;
  readonly to: Day;
  readonly low: number;
  readonly high: number;
}

/** Series that can stand in one drawing: those beside each other that go from and to the same, in the same unit. */
export function alike(series: readonly Series[]): (readonly Series[])[] {
  const groups: Series[][] = [];
  for (const one of series) {
    const last = groups.at(-1)?.at(-1);
    if (last && isAlike(last, one)) groups.at(-1)?.push(one);
    else groups.push([one]);
  }
  return groups;
}

function isAlike(one: Series, other: Series): boolean {
  return one.low === other.low && one.high === other.high && one.unit === other.unit && !one.levels === !other.levels;
}

/** What holds every point, or null if there is none. */
export function frameOf(series: readonly Series[]): Frame | null {
  const days = series.flatMap((one) => one.points.map((point) => point.on)).sort();
  const values = series.flatMap((one) => [one.low, one.high, ...one.points.map((point) => point.value)]);
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined) return null;
  return { from, to, low: Math.min(...values), high: Math.max(...values) };
}

/** How far to the right a day stands; one outside stands at the edge. */
export function placeOn(frame: Frame, day: Day): number {
  const all = Math.max(1, daysBetween(frame.from, frame.to));
  const part = Math.max(0, Math.min(1, daysBetween(frame.from, day) / all));
  return round(SIZE.start + 8 + part * (SIZE.wide - SIZE.start - 24));
}

/** How far down a value stands. */
export function heightOf(frame: Frame, value: number): number {
  const part = (value - frame.low) / (frame.high - frame.low || 1);
  return round(SIZE.high - SIZE.below - part * (SIZE.high - SIZE.below - SIZE.top));
}

/** The line through points, as an SVG path. */
export function lineOf(frame: Frame, points: readonly Point[]): string {
  return points.map((one, i) => `${i ? "L" : "M"}${placeOn(frame, one.on)} ${heightOf(frame, one.value)}`).join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
