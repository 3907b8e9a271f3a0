/** The safety plan, in the person's own words: to read, and to write. */

import { WordsField } from "../parts/field";
import { Meanwhile, useBegun } from "../parts/meanwhile";
import { Empty, Top, Written } from "../parts/page";
import { address } from "../router";
import { say } from "../words/words";
import type { Page } from "../page";
import { PLAN_PARTS, type PlanShown } from "./shown";

export interface PlanActs {
  /** `seen` is what was so when the form was looked at last. */
  keepPlan(plan: PlanShown, seen: PlanShown): Promise<boolean>;
}

const LABELS = { signs: "plan.signs", helps: "plan.helps", people: "plan.people", places: "plan.places" } as const;

export type PlanPage = Page<PlanShown, PlanActs>;

export function Plan({ shown }: PlanPage) {
  const written = PLAN_PARTS.filter((part) => shown[part]);
  return (
    <div class="narrow">
      <Top title={say("plan.title")}><p class="quiet">{say("plan.private")}</p></Top>
      {written.length === 0 && <Empty drawing="lantern" words="plan.empty" />}
      <div class="stack wide-gaps">
        {written.map((part) => <Written key={part} title={say(`plan.${part}`)} text={shown[part]} calls={part === "people"} />)}
      </div>
      <div class="acts below">
        <a class={written.length ? "act" : "act main"} href={address("plan_write")}>{say(written.length ? "plan.revise" : "plan.write")}</a>
      </div>
    </div>
  );
}

export function PlanForm({ shown, acts }: PlanPage) {
  const { words: plan, from, set, keepBy } = useBegun<PlanShown>("plan", shown, { own: true });
  const keep = (event: Event): void => {
    event.preventDefault();
    void keepBy(() => acts.keepPlan(plan, shown));
  };
  return (
    <form class="narrow" onSubmit={keep}>
      <Top title={say("plan.title")} back={{ screen: "plan", words: say("plan.back") }}><p>{say("plan.how")}</p></Top>
      <Meanwhile labels={LABELS} mine={plan} from={from} now={shown} take={set} />
      <div class="stack wide-gaps">
        {PLAN_PARTS.map((part) => (
          <WordsField key={part} label={say(`plan.${part}`)} hint={say(`plan.${part}_hint`)} value={plan[part] ?? ""} onInput={(words) => set({ [part]: words })} />
        ))}
      </div>
      <div class="acts below">
        <button class="act main">{say("keep")}</button>
        <a class="act bare" href={address("plan")}>{say("form.not_now")}</a>
      </div>
    </form>
  );
}
