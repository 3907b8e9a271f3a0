/** What people can do on the screens. Each act is done at once; whoever carries it out says so and offers to undo it. */

import type { GoalStatus } from "./shown";

/** A check-in: a number, words, or both. */
export interface Said {
  readonly value: number | null;
  readonly note: string;
  /** The day that it is about; empty for today. */
  readonly on: string;
}

/** Those that carry words give back whether these were kept: what was refused is not to be lost. */
export interface Acts {
  checkIn(subject: string, said: Said): Promise<boolean>;
  practised(practice: string): void;
  /** It was not done today after all. */
  notPractised(practice: string): void;
  bring(topic: string): Promise<boolean>;
  dropTopic(topic: string): void;
  moveGoal(goal: string, before: string | null): void;
  setStatus(goal: string, status: GoalStatus): void;
  lookBack(goal: string, text: string): Promise<boolean>;
  addStep(goal: string, title: string): Promise<boolean>;
  reachStep(step: string, reached: boolean): void;
  askHint(goal: string): void;
  /** The country whose lines are shown on Help now. */
  chooseRegion(region: string): void;
}
