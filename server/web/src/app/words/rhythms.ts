/** How often something comes, in the reader's words: of what people choose here, and of simple rules from elsewhere. */

import { locale, say } from "./words";

const RULE = /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;INTERVAL=([1-9]\d{0,2}))?(?:;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*))?$/;
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;

/** A recurrence (the value of an RRULE), as in “every week on Monday and Thursday”. */
export function rhythmWords(recurrence: string): string {
  const [, every = "", interval = "1", days] = RULE.exec(recurrence) ?? [];
  if (!every || (days && every !== "WEEKLY")) return say("rhythm.other");
  const often = every.toLowerCase();
  const words = say(`rhythm.${often}` as "rhythm.daily", { n: Number(interval) });
  if (!days) return words;
  const names = days.split(",").map((day) => weekdayWords(WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number])));
  return say("rhythm.on", { every: words, days: new Intl.ListFormat(locale.value, { type: "conjunction" }).format(names) });
}

/** A weekday, counted from Monday (0). */
export function weekdayWords(day: number, style: "long" | "short" = "long"): string {
  return new Intl.DateTimeFormat(locale.value, { weekday: style, timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));
}
