/**
 * The days that a recurrence falls on (RFC 5545, section 3.3.10, as far as whole days go); knows no clock.
 *
 * What a rule can't be read as has no occurrences: a view never fails for it, and none keeps it busy for ever.
 */

import { firstOf, numberOf, dayAt, partsOf, type Day } from "./days";

/** At most so many in one answer, and at most so many days looked at for it. */
const MAX_OCCURRENCES = 1_000;
const MAX_DAYS = 150_000;
const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const EVERY = new Set(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
const LISTS = ["BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"] as const;
const UNTIL = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/;

interface Rule {
  readonly every: string;
  readonly interval: number;
  readonly count: number | undefined;
  /** The last day, local; in UTC where the text says so. */
  readonly until: Day | undefined;
  readonly weekStarts: number;
  readonly lists: Readonly<Record<(typeof LISTS)[number], ReadonlySet<number>>>;
  /** Weekday, and which of them in its month or year; 0 for each. */
  readonly byday: readonly (readonly [weekday: number, nth: number])[];
}

/** The days from `first` to `last`, both included, that a recurrence beginning on `start` falls on; none after `until`. */
export function occurrences(recurrence: string, start: Day, first: Day, last: Day, until?: Day): Day[] {
  const read = readRule(recurrence);
  const [begin, from] = [numberOf(start), numberOf(first)];
  const ends = until ?? read?.until;
  const to = ends !== undefined && ends < last ? numberOf(ends) : numberOf(last);
  if (read === undefined || [begin, from, to].some(Number.isNaN)) return [];
  const rule = begun(read, begin);
  const found: Day[] = [];
  let left = rule.count ?? Infinity;
  let looked = 0;
  for (const days of periods(rule, begin, from, to)) {
    looked += days.length;
    if (looked > MAX_DAYS) break;
    for (const day of picked(rule, days)) {
      if (day < begin || day > to) continue;
      if (left-- <= 0) return found;
      if (day >= from) found.push(dayAt(day));
      if (found.length === MAX_OCCURRENCES) return found;
    }
  }
  return found;
}

/** The value of an RRULE, read; undefined where it is none, or comes more often than daily. */
export function readRule(text: string): Rule | undefined {
  const parts = new Map(text.split(";").filter((part) => part.includes("=")).map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at), part.slice(at + 1)] as const;
  }));
  const take = (name: string): string | undefined => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const every = take("FREQ") ?? "";
  const lists = Object.fromEntries(LISTS.map((name) => [name, numbersIn(take(name))])) as Record<string, Set<number> | undefined>;
  const [interval, count] = [wholeIn(take("INTERVAL") ?? "1"), take("COUNT")];
  const [until, weekStarts] = [take("UNTIL"), WEEKDAYS.indexOf(take("WKST") ?? "MO")];
  const byday = weekdaysIn(take("BYDAY"), every === "MONTHLY" || every === "YEARLY");
  const ends = until === undefined ? undefined : lastDayIn(until);
  const counted = count === undefined ? undefined : wholeIn(count);
  const bad = [interval, counted ?? 1].some(Number.isNaN) || ends === "" || weekStarts < 0 || byday === undefined;
  if (bad || Object.values(lists).includes(undefined) || parts.size > 0 || interval < 1 || !EVERY.has(every)) return undefined;
  return { every, interval, count: counted, until: ends, weekStarts, lists: lists as unknown as Rule["lists"], byday };
}

function wholeIn(text: string): number {
  return /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
}

function numbersIn(text: string | undefined): Set<number> | undefined {
  const found = text === undefined ? [] : text.split(",").map(wholeIn);
  return found.some(Number.isNaN) ? undefined : new Set(found);
}

function weekdaysIn(text: string | undefined, hasOrdinals: boolean): [number, number][] | undefined {
  const found: [number, number][] = [];
  for (const part of text ? text.split(",") : []) {
    const match = /^([+-]?\d{1,3})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(part);
    if (match === null) return undefined;
    found.push([WEEKDAYS.indexOf(match[2] as string), hasOrdinals ? Number(match[1] ?? 0) : 0]);
  }
  return found;
}

function lastDayIn(text: string): Day {
  const match = UNTIL.exec(text);
  const day = match ? `${match[1]}-${match[2]}-${match[3]}` : "";
  return Number.isNaN(numberOf(day)) ? "" : day;
}

/** The rule with what it leaves to its first day filled in. */
function begun(rule: Rule, start: number): Rule {
  const { lists, every, byday } = rule;
  const isSaid = lists.BYWEEKNO.size || lists.BYYEARDAY.size || lists.BYMONTHDAY.size || byday.length;
  if (isSaid || every === "DAILY") return rule;
  const { month, day, weekday } = partsOf(start);
  if (every === "WEEKLY") return { ...rule, byday: [[weekday, 0]] };
  const months = lists.BYMONTH.size || every !== "YEARLY" ? lists.BYMONTH : new Set([month]);
  return { ...rule, lists: { ...lists, BYMONTH: months, BYMONTHDAY: new Set([day]) } };
}

/**
 * The days of every day, week, month or year that counts, up to `last`. They begin near `first`; where occurrences are
 * counted, with the one of `start`.
 */
function* periods(rule: Rule, start: number, first: number, last: number): Generator<number[]> {
  const skipTo = rule.count === undefined ? Math.max(first, start) : start;
  if (rule.every === "DAILY" || rule.every === "WEEKLY") {
    const length = rule.every === "DAILY" ? 1 : 7;
    const base = length === 7 ? start - mod(partsOf(start).weekday - rule.weekStarts, 7) : start;
    const step = rule.interval * length;
    for (let at = base + Math.floor((skipTo - base) / step) * step; at <= last; at += step) yield run(at, length);
    return;
  }
  const isYearly = rule.every === "YEARLY";
  const months = rule.interval * (isYearly ? 12 : 1);
  const [of, to, end] = [partsOf(start), partsOf(skipTo), partsOf(last)];
  const base = of.year * 12 + (isYearly ? 0 : of.month - 1);
  const near = base + Math.floor((to.year * 12 + to.month - 1 - base) / months) * months;
  for (let at = near; at < end.year * 12 + end.month; at += months) {
    const [year, month] = [Math.floor(at / 12), mod(at, 12) + 1];
    const begin = firstOf(year, month);
    yield run(begin, firstOf(year, month + (isYearly ? 12 : 1)) - begin);
  }
}

function run(from: number, length: number): number[] {
  return Array.from({ length }, (_, at) => from + at);
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function picked(rule: Rule, days: readonly number[]): number[] {
  const found = days.filter((day) => fallsOn(rule, day));
  const { BYSETPOS } = rule.lists;
  if (BYSETPOS.size === 0) return found;
  return found.filter((_, at) => BYSETPOS.has(at + 1) || BYSETPOS.has(at - found.length));
}

/** Whether a day passes every part of the rule; parts that name days from the end count down from −1. */
function fallsOn(rule: Rule, at: number): boolean {
  const { BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO } = rule.lists;
  const { year, month, day, weekday, ofYear } = partsOf(at);
  if (BYMONTH.size && !BYMONTH.has(month)) return false;
  const inMonth = firstOf(year, month + 1) - firstOf(year, month);
  if (BYMONTHDAY.size && !BYMONTHDAY.has(day) && !BYMONTHDAY.has(day - inMonth - 1)) return false;
  const inYear = firstOf(year + 1, 1) - firstOf(year, 1);
  const isNth = (nth: number) => {
    if (nth === 0) return true;
    const [place, length] = rule.every === "MONTHLY" || BYMONTH.size ? [day, inMonth] : [ofYear, inYear];
    return nth === Math.floor((place - 1) / 7) + 1 || nth === -Math.floor((length - place) / 7) - 1;
  };
  if (rule.byday.length && !rule.byday.some(([wanted, nth]) => wanted === weekday && isNth(nth))) return false;
  if (BYYEARDAY.size && !BYYEARDAY.has(ofYear) && !BYYEARDAY.has(ofYear - inYear - 1)) return false;
  if (BYWEEKNO.size === 0) return true;
  // A week belongs to the year that most of it lies in: the one of its fourth day.
  const fourth = partsOf(at - mod(weekday - rule.weekStarts, 7) + 3);
  const ofIt = firstOf(fourth.year + 1, 1) - firstOf(fourth.year, 1);
  return BYWEEKNO.has(Math.floor((fourth.ofYear - 1) / 7) + 1) || BYWEEKNO.has(-Math.floor((ofIt - fourth.ofYear) / 7) - 1);
}
