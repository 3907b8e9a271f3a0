import { expect, test } from "vitest";
import { alike, frameOf, heightOf, lineOf, placeOn, SIZE } from "./chart_lines";

const progress = (points: [string, number][]) => [{ low: 0, high: 10, points: points.map(([on, value]) => ({ on, value })) }];

test("a chart spans the whole scale and the days from the first to the last", () => {
  expect(frameOf(progress([["2031-01-01", 2], ["2031-02-01", 6]]))).toEqual({ from: "2031-01-01", to: "2031-02-01", low: 0, high: 10 });
});

test("where nothing was said there is no chart", () => {
  expect(frameOf(progress([]))).toBeNull();
});

test("more is higher, later is further on, and nothing lies outside", () => {
  const frame = { from: "2031-01-01", to: "2031-02-01", low: 0, high: 10 };
  expect(heightOf(frame, 10)).toBe(SIZE.top);
  expect(heightOf(frame, 0)).toBe(SIZE.high - SIZE.below);
  expect(placeOn(frame, "2031-01-20")).toBeGreaterThan(placeOn(frame, "2031-01-10"));
  expect(placeOn(frame, "2030-01-01")).toBe(placeOn(frame, "2031-01-01"));
  expect(placeOn(frame, "2040-01-01")).toBeLessThanOrEqual(SIZE.wide);
});

test("one number on one day divides by nothing", () => {
  const frame = { from: "2031-01-01", to: "2031-01-01", low: 5, high: 5 };
  expect(lineOf(frame, [{ on: "2031-01-01", value: 5 }])).toMatch(/^M[\d.]+ [\d.]+$/);
});

test("numbers of another kind have a drawing of their own", () => {
  const [one] = progress([["2031-01-01", 2]]) as [ReturnType<typeof progress>[number]];
  const pages = { ...one, high: 40, unit: "pages" };
  const levels = { ...one, low: -2, high: 2, levels: ["a", "b", "c", "d", "e"] };
  expect(alike([one, one, pages, levels, levels]).map((group) => group.length)).toEqual([2, 1, 2]);
});
