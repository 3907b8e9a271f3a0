/** Local times of a zone as moments, and the local day of a moment; pure. */

const DAY_MS = 86_400_000;

/** A local time in a time zone: `at` is `2026-11-26T16:30:00`. */
export interface Zoned {
  readonly at: string;
  readonly time_zone: string;
}

/** The local day of a moment, where this browser is. */
export function localDay(moment: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** The local day of a moment (milliseconds since 1970) in a time zone; empty where no calendar has it. */
export function localDayIn(moment: number, zone: string): string {
  const local = new Date(moment + offsetAt(moment, zone));
  const year = local.getUTCFullYear();
  return year >= 1 && year <= 9999 ? local.toISOString().slice(0, 10) : "";
}

/** The local time of a moment (in milliseconds since 1970), where this browser is: `2026-11-26T16:30`. */
export function localMoment(ms: number): string {
  const moment = new Date(ms);
  return `${localDay(moment)}T${[moment.getHours(), moment.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":")}`;
}

/**
 * A zoned local time in milliseconds since 1970; Infinity where it can't be read. A time that a change of clocks leaves out,
 * or has twice, is read with the offset before the change (RFC 5545, section 3.3.5).
 */
export function instant({ at, time_zone }: Zoned): number {
  const local = Date.parse(`${at}Z`);
  if (Number.isNaN(local)) return Infinity;
  const before = local - offsetAt(local - DAY_MS, time_zone);
  const after = local - offsetAt(before, time_zone);
  // Where both readings hold, and where neither does, the offset before the change counts.
  const holds = (moment: number) => offsetAt(moment, time_zone) === local - moment;
  return !holds(before) && holds(after) ? after : before;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** How many milliseconds a zone is ahead of UTC at a moment; 0 for a zone that nobody here knows. */
function offsetAt(moment: number, zone: string): number {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour % 24, minute, second) - Math.floor(moment / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = FORMATS.get(zone);
  if (format === undefined) {
    const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
    const of = (timeZone: string) => new Intl.DateTimeFormat("en-u-ca-gregory-hc-h23", { ...numeric, timeZone });
    try {
      format = of(zone);
    } catch {
      format = of("UTC");
    }
    FORMATS.set(zone, format);
  }
  return format;
}
