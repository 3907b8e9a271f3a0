/** The coach's one question, on request: what might help a goal next, if anything. It never tests, and never asks twice. */

import type { Hint } from "../app/screens/shown";
import { say } from "../app/words/words";
import type { Goal } from "../core/generated/views";
import { leaveAlone } from "./alone";

const SURE_ENOUGH = 7;

/** One question, or null where the goal says what it needs to, or is one of those that are left to people. */
export function hintFor(goal: Goal): Hint | null {
  if (goal.status !== "active" || leaveAlone(goal.title, goal.looks_like)) return null;
  if (!goal.why?.trim()) return asked("why");
  if (!goal.looks_like?.trim()) return asked("looks_like");
  if (!goal.milestones.some(({ status }) => status !== "dropped")) return asked("first_step");
  if (goal.kind !== "smart") return null;
  if (goal.confidence === null) return asked("confidence");
  return goal.confidence < SURE_ENOUGH && !goal.helps?.trim() ? asked("more_confidence") : null;
}

function asked(about: "why" | "looks_like" | "first_step" | "confidence" | "more_confidence"): Hint {
  return { question: say(`coach.${about}`), whyItMayHelp: say(`coach.${about}_helps`) };
}
