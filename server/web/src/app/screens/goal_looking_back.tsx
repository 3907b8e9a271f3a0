/** A few words about a goal that was put away: asked for after it, so that putting it away is one act. */

import { useDraft } from "../drafts";
import { WordsField } from "../parts/field";
import { say } from "../words/words";
import type { Acts } from "./acts";

export function LookingBack({ goal, acts }: { goal: string; acts: Acts }) {
  const draft = useDraft(`back:${goal}`, "");
  const keep = (event: Event): void => {
    event.preventDefault();
    const text = draft.value.trim();
    if (text) void draft.keepBy(() => acts.lookBack(goal, text));
  };
  return (
    <form class="stack" onSubmit={keep}>
      <WordsField label={say("goal.looking_back")} hint={say("goal.looking_back_hint")} lines={2} value={draft.value} onInput={draft.set} />
      <button class="act">{say("keep")}</button>
    </form>
  );
}
