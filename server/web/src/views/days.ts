/** Local days as numbers that can be counted with; a day has no time zone. */

const DAY_MS = 86_400_000;

/** A day taken apart: the weekday counts from Monday (0), the day of the year from 1. */
export interface Day {
  readonly number: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly ofYear: number;
}

/** The number of a day: how many lie between it and the first one of 1970. */
export function dayNumber(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY_MS;
}

/** The number of a day that is written as `2026-12-18`; undefined where that is none. */
export function numberOf(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined || year === "0000") return undefined;
  const number = dayNumber(Number(year), Number(month), Number(day));
  return textOf(number) === text ? number : undefined;
}

export function textOf(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

export function dayOf(number: number): Day {
  const date = new Date(number * DAY_MS);
  const year = date.getUTCFullYear();
  return {
    number,
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: (date.getUTCDay() + 6) % 7,
    ofYear: number - dayNumber(year, 1, 1) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

export function daysInYear(year: number): number {
  return dayNumber(year + 1, 1, 1) - dayNumber(year, 1, 1);
}
