/** Days and times in the reader's words. A day is text, `2026-11-26`, and belongs to no time zone. */

import { locale } from "./words";

export type Day = string;

const DAY_MS = 86_400_000;
/** Up to so many days away, a day is said by how far it is; beyond, by its date. */
const SAID_BY_DISTANCE = 6;

/** A day and its weekday, as in “Thursday 26 November”; the year only if it is not that of `near`. */
export function dayWords(day: Day, near?: Day): string {
  const year = near?.slice(0, 4) === day.slice(0, 4) || near === undefined ? {} : ({ year: "numeric" } as const);
  return format(day, { weekday: "long", day: "numeric", month: "long", ...year });
}

/** A day without its weekday, with its year where that is not the one of `near`. */
export function dateWords(day: Day, near?: Day): string {
  const year = near?.slice(0, 4) === day.slice(0, 4) ? {} : ({ year: "numeric" } as const);
  return format(day, { day: "numeric", month: "long", ...year });
}

/** The month of a day and its year, as in “November 2026”. */
export function monthWords(day: Day): string {
  return format(day, { month: "long", year: "numeric" });
}

/** A day as it is said on another: “today”, “in 3 days”, “4 days ago”, else its date. */
export function relativeWords(day: Day, today: Day): string {
  const days = daysBetween(today, day);
  if (Math.abs(days) > SAID_BY_DISTANCE) return dateWords(day, today);
  return new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" }).format(days, "day");
}

/** Minutes, as in “5 minutes”. */
export function minutesWords(minutes: number): string {
  return new Intl.NumberFormat(locale.value, { style: "unit", unit: "minute", unitDisplay: "long" }).format(minutes);
}

/** A local date and time, `2026-12-01T16:30`, as in “Tuesday 1 December at 16:30”. */
export function momentWords(moment: string): string {
  const at = new Date(`${moment.slice(0, 16)}Z`);
  if (Number.isNaN(at.getTime())) return moment;
  const options = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(locale.value, { ...options, timeZone: "UTC" }).format(at);
}

/** How many days `to` lies after `from`; below 0 if before. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((utc(to) - utc(from)) / DAY_MS);
}

/** Words with their first letter large, as at the beginning of a line. */
export function begun(words: string): string {
  return words.charAt(0).toLocaleUpperCase(locale.value) + words.slice(1);
}

function utc(day: Day): number {
  return Date.parse(`${day.slice(0, 10)}T00:00:00Z`);
}

function format(day: Day, options: Intl.DateTimeFormatOptions): string {
  const at = utc(day);
  if (Number.isNaN(at)) return day;
  return new Intl.DateTimeFormat(locale.value, { ...options, timeZone: "UTC" }).format(at);
}
