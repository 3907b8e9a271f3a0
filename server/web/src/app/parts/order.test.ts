import { expect, test } from "vitest";
import { follower, moved, placeAt, within } from "./order";

test("something moved stands where it was put, and the rest keep their order", () => {
  const list = ["a", "b", "c", "d"];
  for (let from = 0; from < list.length; from += 1) {
    for (let to = -1; to <= list.length; to += 1) {
      const found = moved(list, from, to);
      const one = list[from] as string;
      expect(found[within(to, list.length)]).toBe(one);
      expect(found.filter((other) => other !== one)).toEqual(list.filter((other) => other !== one));
    }
  }
  expect(list).toEqual(["a", "b", "c", "d"]);
});

test("moving what is not there changes nothing", () => {
  expect(moved(["a"], 3, 0)).toEqual(["a"]);
  expect(moved([], 0, 0)).toEqual([]);
});

test("the last has nothing after it", () => {
  expect([follower(["a", "b"], "a"), follower(["a", "b"], "b")]).toEqual(["b", null]);
});

test("a finger above all rows means the first place, and below all the last", () => {
  expect([placeAt(0, [10, 30, 50]), placeAt(31, [10, 30, 50]), placeAt(99, [10, 30, 50])]).toEqual([0, 2, 3]);
});
