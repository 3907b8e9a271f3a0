import { expect, test } from "vitest";
import { diff, type Run } from "./diff";

const without = (runs: Run[], kind: Run["kind"]): string => runs.filter((run) => run.kind !== kind).map((run) => run.text).join("");

test("what stayed, went and came can be put together to both wordings", () => {
  const texts = ["", "a", "Say what I need", "Say what I need, kindly", "say  what\nI need", "I need what", "a a a b", "b a a"];
  for (const before of texts) {
    for (const after of texts) {
      const runs = diff(before, after);
      expect(without(runs, "new")).toBe(before);
      expect(without(runs, "gone")).toBe(after);
    }
  }
});

test("words that stayed are not said to be new", () => {
  expect(diff("I get there", "I get nearly there")).toEqual([
    { kind: "same", text: "I get " }, { kind: "new", text: "nearly " }, { kind: "same", text: "there" },
  ]);
});

test("long texts are compared in a moment", () => {
  const began = performance.now();
  const [before, after] = ["word ".repeat(30_000), "other ".repeat(30_000)];
  expect(diff(before, after).map((run) => run.kind)).toEqual(["gone", "new"]);
  expect(performance.now() - began).toBeLessThan(500);
});
