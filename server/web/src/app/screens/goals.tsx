/** Goals in the person's own order, with how each has been; what is for later or was let go lies folded away. */

import { useState } from "preact/hooks";
import { later } from "../parts/later";
import { Empty, Top } from "../parts/page";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { relativeWords } from "../words/days";
import { numberWords, say, speakOfAll } from "../words/words";
import type { Acts } from "./acts";
import { EVERYTHING, type Day, type GoalLine, type GoalsShown } from "./shown";

const InOrder = later(() => Promise.all([import("./goals_in_order"), speakOfAll()]).then(([part]) => part.InOrder));

export function Goals({ shown, acts }: { shown: GoalsShown; acts: Acts }) {
  const [ordering, setOrdering] = useState(false);
  const { active, later: waiting, past, on, may = EVERYTHING } = shown;
  const none = !active.length && !waiting.length && !past.length;
  return (
    <div class="narrow">
      <Top title={say("goals.title")} />
      {none && <Empty drawing="way" words="goals.empty" />}
      {!none && !active.length && <p class="quiet">{say("goals.none_active")}</p>}
      {ordering
        ? <InOrder goals={active} onMove={acts.moveGoal} />
        : <Lines goals={active} on={on} />}
      <div class="acts below">
        {may.propose && <a class={none ? "act main" : "act"} href={address("goal_new")}>{say(may.change ? "goals.new" : "goals.propose")}</a>}
        {may.change && active.length > 1 && (
          <button type="button" class="act bare" aria-pressed={ordering} onClick={() => setOrdering(!ordering)}>
            {say(ordering ? "order.end" : "order.begin")}
          </button>
        )}
        {!none && <a href={address("timeline")}>{say("place.timeline")}</a>}
      </div>
      {waiting.length > 0 && <Unfold title={say("goals.later")} aside={numberWords(waiting.length)}><Lines goals={waiting} on={on} /></Unfold>}
      {past.length > 0 && <Unfold title={say("goals.past")} aside={numberWords(past.length)}><Lines goals={past} on={on} /></Unfold>}
    </div>
  );
}

function Lines({ goals, on }: { goals: readonly GoalLine[]; on: Day }) {
  return (
    <ul class="rows">
      {goals.map((goal) => (
        <li key={goal.id}>
          <div class="grow tight">
            <a class="own" href={address("goal", goal.id)}>{goal.title}</a>
            <SoFar goal={goal} on={on} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** How a goal has been, in a line; what was said last stands in the person's own type. */
function SoFar({ goal, on }: { goal: GoalLine; on: Day }) {
  const said = [
    goal.status !== "active" && goal.status !== "later" && say(`status.${goal.status}`),
    numbers(goal),
    goal.steps && goal.steps.reached > 0 && say("goals.steps", { n: goal.steps.reached, all: goal.steps.all }),
    goal.due && say("goals.due", { day: relativeWords(goal.due, on) }),
  ].filter(Boolean);
  return (
    <>
      {said.length > 0 && <small>{said.join(" · ")}</small>}
      {goal.lastWords && goal.latest === undefined && <p class="own last">“{goal.lastWords}”</p>}
    </>
  );
}

function numbers({ first, latest }: GoalLine): string {
  if (first === undefined || latest === undefined) return "";
  return first === latest ? say("goals.at", { latest }) : say("goals.from_to", { first, latest });
}
