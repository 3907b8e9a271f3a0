/**
 * The days that a recurrence falls on; knows no clock and no calendar program.
 *
 * Rules are those of RFC 5545, section 3.3.10, as far as whole days go. What a rule can't be read as has no
 * occurrences: a view never fails for it. A set picked by position (BYSETPOS) is picked from whole weeks, months or
 * years.
 */

import { dayNumber, dayOf, daysInMonth, daysInYear, numberOf, type Day } from "./days";

/** At most so many in one answer. */
const MAX_OCCURRENCES = 1_000;
/** At most so many days are looked at for one answer, about four centuries. */
const MAX_DAYS = 150_000;
const FIRST = dayNumber(1, 1, 1);
const LAST = dayNumber(9999, 12, 31);
const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const LISTS = ["BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"] as const;
const EVERY = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];

/** A recurrence, read. `byDay` is (weekday, which of them in its month or year; 0: each); `until` is the last day. */
interface Rule {
  readonly every: string;
  readonly interval: number;
  readonly count: number;
  readonly until: number;
  readonly weekStarts: number;
  readonly lists: Readonly<Record<(typeof LISTS)[number], ReadonlySet<number>>>;
  readonly byDay: readonly (readonly [weekday: number, nth: number])[];
}

/**
 * The days from `first` to `last`, both included, that a recurrence beginning on `start` falls on, by their numbers.
 */
export function occurrences(recurrence: string, start: number, first: number, last: number): number[] {
  const read = readRule(recurrence);
  if (read === undefined) return [];
  const rule = begun(read, dayOf(start));
  const end = Math.min(last, rule.until);
  const found: number[] = [];
  let left = rule.count;
  let looked = 0;
  for (const [from, to] of periods(rule, dayOf(start), first, end)) {
    looked += Math.max(to - from, 0);
    if (looked > MAX_DAYS) break;
    for (const day of picked(rule, from, to)) {
      if (day < start || day > end) continue;
      if (left-- <= 0) return found;
      if (day >= first && found.push(day) === MAX_OCCURRENCES) return found;
    }
  }
  return found;
}

function readRule(text: string): Rule | undefined {
  const parts = new Map(
    text
      .split(";")
      .filter((part) => part.includes("="))
      .map((part): [string, string] => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]),
  );
  const take = (name: string) => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const numbers = (value: string | undefined) => new Set(value === undefined ? [] : value.split(",").map(whole));
  const every = take("FREQ") ?? "";
  const [count, until] = [take("COUNT"), take("UNTIL")];
  const rule: Rule = {
    every,
    interval: whole(take("INTERVAL") ?? "1"),
    count: count === undefined ? Infinity : whole(count),
    until: until === undefined ? Infinity : (numberOf(until.replace(/^(.{4})(..)(..)(T\d{6}Z?)?$/, "$1-$2-$3")) ?? NaN),
    weekStarts: WEEKDAYS.indexOf(take("WKST") ?? "MO"),
    lists: Object.fromEntries(LISTS.map((name) => [name, numbers(take(name))])) as unknown as Rule["lists"],
    byDay: weekdays(take("BYDAY") ?? "", every === "MONTHLY" || every === "YEARLY"),
  };
  const all = [
    rule.interval,
    rule.count,
    rule.until,
    ...rule.byDay.flat(),
    ...LISTS.flatMap((name) => [...rule.lists[name]]),
  ];
  const isRead =
    parts.size === 0 && rule.interval >= 1 && rule.weekStarts >= 0 && EVERY.includes(every) && !all.some(Number.isNaN);
  return isRead ? rule : undefined;
}

function whole(text: string): number {
  return /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
}

function weekdays(text: string, ordinals: boolean): [number, number][] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    const [, nth, day] = /^([+-]?\d{1,3})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(part) ?? [];
    return [day === undefined ? NaN : WEEKDAYS.indexOf(day), ordinals ? Number(nth ?? 0) : 0];
  });
}

/** The rule with what it leaves to its first day filled in. */
function begun(rule: Rule, start: Day): Rule {
  const { BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYMONTH } = rule.lists;
  if (BYWEEKNO.size || BYYEARDAY.size || BYMONTHDAY.size || rule.byDay.length || rule.every === "DAILY") return rule;
  if (rule.every === "WEEKLY") return { ...rule, byDay: [[start.weekday, 0]] };
  const months = rule.every === "YEARLY" && BYMONTH.size === 0 ? new Set([start.month]) : BYMONTH;
  return { ...rule, lists: { ...rule.lists, BYMONTH: months, BYMONTHDAY: new Set([start.day]) } };
}

/**
 * The days, as [from, to), of every day, week, month or year that counts, up to `last`. They begin near `first`; where
 * occurrences are counted, with the one of `start`.
 */
function* periods(rule: Rule, start: Day, first: number, last: number): Generator<[from: number, to: number]> {
  const skipTo = rule.count === Infinity ? Math.max(first, start.number) : start.number;
  if (rule.every === "DAILY" || rule.every === "WEEKLY") {
    const length = rule.every === "DAILY" ? 1 : 7;
    const base = start.number - (length === 7 ? (start.weekday - rule.weekStarts + 7) % 7 : 0);
    const step = rule.interval * length;
    for (let at = base + Math.floor((skipTo - base) / step) * step; at <= last; at += step) {
      yield [Math.max(at, FIRST), Math.min(at + length, LAST + 1)];
    }
    return;
  }
  const isYearly = rule.every === "YEARLY";
  const months = rule.interval * (isYearly ? 12 : 1);
  const base = start.year * 12 + (isYearly ? 0 : start.month - 1);
  const near = dayOf(skipTo);
  const end = dayOf(Math.max(last, FIRST));
  const begin = base + Math.floor((near.year * 12 + near.month - 1 - base) / months) * months;
  for (let at = begin; at < end.year * 12 + end.month; at += months) {
    const [year, month] = [Math.floor(at / 12), (at % 12) + 1];
    const from = dayNumber(year, month, 1);
    yield [from, from + (isYearly ? daysInYear(year) : daysInMonth(year, month))];
  }
}

function picked(rule: Rule, from: number, to: number): number[] {
  const found: number[] = [];
  for (let number = from; number < to; number++) if (fallsOn(rule, dayOf(number))) found.push(number);
  const { BYSETPOS } = rule.lists;
  return BYSETPOS.size ? found.filter((_, at) => BYSETPOS.has(at + 1) || BYSETPOS.has(at - found.length)) : found;
}

/** Whether a day passes every part of the rule; parts that name days from the end count down from −1. */
function fallsOn(rule: Rule, day: Day): boolean {
  const { BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO } = rule.lists;
  const has = (wanted: ReadonlySet<number>, at: number, length: number) =>
    wanted.has(at) || wanted.has(at - length - 1);
  if (BYMONTH.size && !BYMONTH.has(day.month)) return false;
  if (BYMONTHDAY.size && !has(BYMONTHDAY, day.day, daysInMonth(day.year, day.month))) return false;
  if (rule.byDay.length && !rule.byDay.some(([weekday, n]) => weekday === day.weekday && isNth(rule, day, n)))
    return false;
  if (BYYEARDAY.size && !has(BYYEARDAY, day.ofYear, daysInYear(day.year))) return false;
  if (BYWEEKNO.size) {
    // A week belongs to the year that most of it lies in: the one of its fourth day.
    const fourth = dayOf(Math.min(day.number - ((day.weekday - rule.weekStarts + 7) % 7) + 3, LAST));
    const before = Math.floor((fourth.ofYear - 1) / 7);
    const after = Math.floor((daysInYear(fourth.year) - fourth.ofYear) / 7);
    return BYWEEKNO.has(before + 1) || BYWEEKNO.has(-after - 1);
  }
  return true;
}

function isNth(rule: Rule, day: Day, n: number): boolean {
  if (n === 0) return true;
  const inMonth = rule.every === "MONTHLY" || rule.lists.BYMONTH.size > 0;
  const [at, length] = inMonth ? [day.day, daysInMonth(day.year, day.month)] : [day.ofYear, daysInYear(day.year)];
  return n === Math.floor((at - 1) / 7) + 1 || n === -Math.floor((length - at) / 7) - 1;
}
