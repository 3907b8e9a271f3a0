import { expect, test } from "vitest";
import { address, placeOf } from "./router";

test("every screen has an address that leads back to it", () => {
  for (const screen of ["today", "goals", "goal_new", "sessions", "together", "join", "journals", "caseload", "devices", "conflicts", "plan", "plan_write", "help_now", "more", "settings"] as const) {
    expect(placeOf(address(screen))).toEqual({ screen, id: "" });
  }
  for (const screen of ["goal", "goal_revise", "brief"] as const) {
    expect(placeOf(address(screen, "3fa"))).toEqual({ screen, id: "3fa" });
  }
});

test("a new goal is not a goal called new", () => {
  expect(placeOf("/goals/new").screen).toBe("goal_new");
});

test("an id of any letters comes back as it was", () => {
  for (const id of ["a/b", "ä ö", "50%", "?x#y"]) expect(placeOf(address("goal", id))).toEqual({ screen: "goal", id });
});

test("a slash too many is no other place, and an address that leads nowhere is said to", () => {
  expect(placeOf("/goals/").screen).toBe("goals");
  expect(placeOf("//").screen).toBe("today");
  for (const path of ["/nowhere", "/goals/a/b", "/Goals", "/goals/%E0%A4%A"]) expect(placeOf(path).screen).toBe("unknown");
});
