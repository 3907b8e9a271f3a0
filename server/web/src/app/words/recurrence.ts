/** How often something comes, in the reader's words: of those rules that people meet most. Other rules say nothing. */

import { locale, say } from "./words";

const DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
/** A Sunday. */
const FIRST_MS = Date.UTC(2023, 0, 1);
const DAY_MS = 86_400_000;

/** “Every day”, “Monday and Thursday”; empty where the rule says more than that. */
export function recurrenceWords(rule: string): string {
  if (rule === "FREQ=DAILY") return say("recurrence.daily");
  const [, found] = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(rule) ?? [];
  const places = found?.split(",").map((day) => DAYS.indexOf(day)) ?? [];
  if (!places.length || places.includes(-1)) return "";
  const weekday = new Intl.DateTimeFormat(locale.value, { weekday: "long", timeZone: "UTC" });
  const days = places.map((place) => weekday.format(FIRST_MS + place * DAY_MS));
  return new Intl.ListFormat(locale.value, { type: "conjunction" }).format(days);
}
