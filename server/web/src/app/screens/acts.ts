/** What people can do on the screens. Each act is done at once; whoever carries it out says so and offers to undo it. */

import type { Day, GoalStatus, GoalWords, PlanShown, SettingsShown } from "./shown";

/** A check-in: a number, words, or both. */
export interface Said {
  readonly value: number | null;
  readonly note: string;
}

/** Those that carry words give back whether these were kept: what was refused is not to be lost. */
export interface Acts {
  checkIn(subject: string, said: Said): Promise<boolean>;
  practised(practice: string): void;
  bring(topic: string): Promise<boolean>;
  dropTopic(topic: string): void;
  moveGoal(goal: string, before: string | null): void;
  setStatus(goal: string, status: GoalStatus): void;
  lookBack(goal: string, text: string): Promise<boolean>;
  /** `base` is what the form was begun from. */
  keepGoal(id: string | undefined, words: GoalWords, base: unknown): Promise<boolean>;
  addStep(goal: string, title: string): Promise<boolean>;
  reachStep(step: string, reached: boolean): void;
  askHint(goal: string): void;
  keepPlan(plan: PlanShown): Promise<boolean>;
  reflect(session: string, text: string, takeaway: string): Promise<boolean>;
  settle(conflict: string, keep: { readonly write: string } | { readonly words: string }): Promise<boolean>;
  set(changed: Partial<SettingsShown>): void;
  /** A time in which nothing is asked; null ends it. */
  rest(rest: { readonly until?: Day } | null): void;
  decide(proposal: string, accepted: boolean): void;
  /** Gives back what is wrong with the code, in words; nothing where it was taken. */
  connect(code: string, name: string): Promise<string>;
  syncNow(): void;
}
