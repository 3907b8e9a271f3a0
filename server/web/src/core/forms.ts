/**
 * The exact forms that text in a payload must have: ids, days, times, zones, recurrences. They are checked where
 * something is written, and by the server; a log is read whatever it holds.
 */

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const UNTIL = /^(\d{4})(\d\d)(\d\d)(?:T(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d|60)Z?)?$/;
const COUNT = /^\d*[1-9]\d*$/;
const WEEKDAY = /^(?:MO|TU|WE|TH|FR|SA|SU)$/;
/** What a system keeps among its time zones that is no name in the IANA database. */
const LOCAL_ZONES = /^(?:(?:posix|right)\/.*|localtime|posixrules|Factory)$/;

export function isDay(text: string): boolean {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year === undefined || year === "0000") return false;
  const length = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= length;
}

function isLocalTime(text: string): boolean {
  return text[10] === "T" && isDay(text.slice(0, 10)) && TIME.test(text.slice(11));
}

function isTimeZone(text: string): boolean {
  if (LOCAL_ZONES.test(text)) return false;
  if (typeof Intl === "undefined") return true;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: text })) && !/^[+-]/.test(text);
  } catch {
    return false;
  }
}

/** Whether a text is a list of this form, the number in each (if it has one) from 1 to `most` on either side of 0. */
function listOf(form: string, most: number): (text: string) => boolean {
  const pattern = new RegExp(`^${form}$`);
  return (text) =>
    text.split(",").every((one) => {
      const found = pattern.exec(one);
      const number = Math.abs(Number(found?.[1] ?? 1));
      return found !== null && number >= 1 && number <= most;
    });
}

/** The parts of a recurrence that go by whole days, and what is a value of each. */
const PARTS = new Map<string, (text: string) => boolean>([
  ["FREQ", (text) => /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/.test(text)],
  ["UNTIL", isEnd],
  ["COUNT", (text) => COUNT.test(text)],
  ["INTERVAL", (text) => COUNT.test(text)],
  ["BYDAY", listOf("([+-]?[0-9]{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)", 53)],
  ["BYMONTHDAY", listOf("([+-]?[0-9]{1,2})", 31)],
  ["BYYEARDAY", listOf("([+-]?[0-9]{1,3})", 366)],
  ["BYWEEKNO", listOf("([+-]?[0-9]{1,2})", 53)],
  ["BYMONTH", listOf("([0-9]{1,2})", 12)],
  ["BYSETPOS", listOf("([+-]?[0-9]{1,3})", 366)],
  ["WKST", (text) => WEEKDAY.test(text)],
]);

/** A day, or a time on it to the second, in UTC or not; a second may be a leap second (RFC 5545, section 3.3.12). */
function isEnd(text: string): boolean {
  const [, year, month, day] = UNTIL.exec(text) ?? [];
  return year !== undefined && isDay(`${year}-${month}-${day}`);
}

/** The value of an RRULE (RFC 5545, section 3.3.10), daily at the most, in capital letters. */
function isRecurrence(text: string): boolean {
  const parts = text.split(";").map((part): [string, string] => {
    const [name = "", ...value] = part.split("=");
    return [name, value.join("=")];
  });
  const found = new Map(parts);
  return (
    parts[0]?.[0] === "FREQ" &&
    found.size === parts.length &&
    parts.every(([name, value]) => PARTS.get(name)?.(value) === true) &&
    goTogether(found)
  );
}

/** Whether no part stands beside one that the section forbids beside it. */
function goTogether(found: ReadonlyMap<string, string>): boolean {
  const every = found.get("FREQ");
  const lists = [...found.keys()].filter((name) => name.startsWith("BY"));
  const isNumbered = /[0-9]/.test(found.get("BYDAY") ?? "");
  return !(
    (found.has("UNTIL") && found.has("COUNT")) ||
    (every !== "YEARLY" && (found.has("BYYEARDAY") || found.has("BYWEEKNO"))) ||
    (every === "WEEKLY" && found.has("BYMONTHDAY")) ||
    (isNumbered && (every === "DAILY" || every === "WEEKLY" || found.has("BYWEEKNO"))) ||
    lists.join() === "BYSETPOS"
  );
}

/** Name of a form → whether a text has it, and how to say what it is. */
export const FORMS: Record<string, readonly [holds: (text: string) => boolean, words: string]> = {
  id: [(text) => ID.test(text), "a lowercase UUID with hyphens"],
  digest: [(text) => DIGEST.test(text), "64 lowercase hexadecimal digits"],
  day: [isDay, "a date like 2026-12-18"],
  "local time": [isLocalTime, "a local time like 2026-12-18T15:00:00"],
  "time of day": [(text) => CLOCK.test(text), "a time of day like 08:30"],
  "time zone": [isTimeZone, "a time zone like Europe/Berlin"],
  recurrence: [isRecurrence, "a recurrence like FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO,TH"],
};
