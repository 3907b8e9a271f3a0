/** The coach's one question, on request: what might help a goal next, if anything. It never tests, and never asks twice. */

import type { Hint } from "../app/screens/shown";
import { say } from "../app/words/words";
import type { Fields } from "../core/reading";
import { number, status, text } from "../views/reading";
import { ALONE } from "./generated/alone";

const SURE_ENOUGH = 7;
const LEFT_ALONE = ALONE.map((pattern) => new RegExp(pattern, "i"));

/** One question, or null where the goal says what it needs to, or is one of those that are left to people. */
export function hintFor(goal: Fields, steps: readonly Fields[]): Hint | null {
  const said = (name: string) => text(goal, name).trim() !== "";
  if (status(goal, "active") !== "active" || isLeftAlone(`${text(goal, "title")} ${text(goal, "looks_like")}`)) return null;
  if (!said("why")) return asked("why");
  if (!said("looks_like")) return asked("looks_like");
  if (!steps.some((step) => status(step, "planned") !== "dropped")) return asked("first_step");
  const confidence = number(goal, "confidence");
  const isSmart = goal["kind"] === "smart" || Boolean(goal["due"] || goal["measure"]);
  if (isSmart && confidence === undefined) return asked("confidence");
  if (isSmart && (confidence ?? 10) < SURE_ENOUGH && !said("helps")) return asked("more_confidence");
  return null;
}

function asked(about: "why" | "looks_like" | "first_step" | "confidence" | "more_confidence"): Hint {
  return { question: say(`coach.${about}`), whyItMayHelp: say(`coach.${about}_helps`) };
}

function isLeftAlone(words: string): boolean {
  const plain = words.replace(/\s+/g, " ").replace(/[‘’]/g, "'").replace(/[‐‑–—]/g, "-");
  return LEFT_ALONE.some((pattern) => pattern.test(plain));
}
