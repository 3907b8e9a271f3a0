/** The goals as they are put in order. */

import { Ordered } from "../parts/ordered";
import { say } from "../words/words";
import type { GoalLine } from "./shown";

interface InOrderProps {
  readonly goals: readonly GoalLine[];
  readonly onMove: (id: string, before: string | null) => void;
}

export function InOrder({ goals, onMove }: InOrderProps) {
  return (
    <>
      <Ordered entries={goals} row={(goal) => <span class="own">{goal.title}</span>} onMove={onMove} />
      <p class="quiet">{say("order.how")}</p>
    </>
  );
}
