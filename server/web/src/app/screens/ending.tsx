/** For when therapy ends or pauses: what helped, how one would notice, what then, and what to take along. Made for paper. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { OwnWords } from "../markdown/words";
import { ENDING_PARTS, type EndingPart } from "../parts/endings";
import { WordsField } from "../parts/field";
import { useFirstField } from "../parts/first_field";
import { Meanwhile, useBegun } from "../parts/meanwhile";
import { Empty, Part, Top } from "../parts/page";
import { begun, dateWords } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import { type Day, PLAN_PARTS, type PlanShown } from "./shown";

interface Dated {
  readonly on: Day;
  readonly text: string;
}

/** What was first said of something and what is said of it now. `put` is how a goal was first put, where it reads otherwise now. */
export interface ThenNowShown {
  readonly id: string;
  readonly title: string;
  readonly put?: string;
  readonly first?: Dated;
  readonly latest?: Dated;
}

export interface EndingShown {
  readonly on: Day;
  /** In the person's own words, written here. */
  readonly own: Readonly<Partial<Record<EndingPart, string>>>;
  readonly helps: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  readonly plan: PlanShown;
  readonly takeaways: readonly (Dated & { readonly id: string })[];
  readonly thenNow: readonly ThenNowShown[];
  readonly goals: readonly { readonly id: string; readonly title: string; readonly status: "achieved" | "let_go" | "open"; readonly reflection?: string }[];
}

export interface EndingActs {
  /** Empty words take away what was written; `seen` is what was so when the form was looked at last. */
  keepEnding(part: EndingPart, text: string, seen: string): Promise<boolean>;
}

export type EndingPage = Page<EndingShown, EndingActs>;

export function Ending({ shown, acts }: EndingPage) {
  const { own, helps, plan, takeaways, thenNow, goals } = shown;
  const isEmpty = ![...ENDING_PARTS.map((part) => own[part]), ...PLAN_PARTS.map((part) => plan[part]), ...helps, ...takeaways, ...thenNow, ...goals].some(Boolean);
  return (
    <div class="narrow">
      <Top title={say("place.ending")} back={{ screen: "more", words: say("nav.more") }}><p class="quiet on-screen">{say("ending.how")}</p></Top>
      {isEmpty && <Empty drawing="way" words="ending.empty" />}
      <Question part="helped" own={own} acts={acts}>
        {helps.map((one) => <Kept key={one.id} title={one.title} text={one.text} />)}
      </Question>
      <Question part="signs" own={own} acts={acts}>
        {plan.signs && <Kept title={say("ending.from_plan")} text={plan.signs} />}
      </Question>
      <Question part="returns" own={own} acts={acts}>
        {(["helps", "people", "places"] as const).map((part) => <Kept key={part} title={say(`plan.${part}`)} text={plan[part]} />)}
      </Question>
      <Question part="along" own={own} acts={acts}>
        {takeaways.length > 0 && <ul class="rows">{takeaways.map((one) => <li key={one.id}><div class="grow"><OwnWords text={one.text} /><small>{begun(dateWords(one.on, shown.on))}</small></div></li>)}</ul>}
      </Question>
      {thenNow.length > 0 && <Part title={say("goal.then_now")}><div class="stack">{thenNow.map((one) => <Then key={one.id} one={one} on={shown.on} />)}</div></Part>}
      <Became goals={goals} />
      <div class="acts below"><button type="button" class="act main" onClick={() => window.print()}>{say("brief.print")}</button></div>
    </div>
  );
}

interface QuestionProps {
  readonly part: EndingPart;
  readonly own: EndingShown["own"];
  readonly acts: EndingActs;
  /** What the journal holds about it. */
  readonly children: ComponentChildren;
}

/** One's own words come first, then what is in the journal already. */
function Question({ part, own, acts, children }: QuestionProps) {
  const [writing, setWriting] = useState(false);
  const text = own[part];
  return (
    <Part title={say(`ending.${part}`)}>
      <div class="stack">
        {writing
          ? <Writing part={part} now={text ?? ""} acts={acts} onLeave={() => setWriting(false)} />
          : (
            <>
              {text ? <OwnWords text={text} /> : <div class="by-hand" aria-hidden="true"><i /><i /><i /></div>}
              <p class="acts"><button type="button" class="act slim" aria-label={say(text ? "ending.change_this" : "ending.write_this", { question: say(`ending.${part}`) })} onClick={() => setWriting(true)}>{say(text ? "change_it" : "ending.write")}</button></p>
            </>
          )}
        {children}
      </div>
    </Part>
  );
}

function Writing({ part, now, acts, onLeave }: { part: EndingPart; now: string; acts: EndingActs; onLeave: () => void }) {
  const { words, from, ...draft } = useBegun(`ending:${part}`, { text: now });
  const form = useFirstField();
  const keep = (event: Event): void => {
    event.preventDefault();
    void draft.keepBy(async () => {
      const kept = await acts.keepEnding(part, words.text, now);
      if (kept) onLeave();
      return kept;
    });
  };
  const leave = (): void => {
    draft.end();
    onLeave();
  };
  return (
    <form class="stack" ref={form} onSubmit={keep}>
      <Meanwhile labels={{ text: "field.text" }} mine={words} from={from} now={{ text: now }} take={draft.set} />
      <WordsField label={say(`ending.${part}_ask`)} value={words.text} onInput={(text) => draft.set({ text })} />
      <div class="acts">
        <button class="act main">{say("keep")}</button>
        <button type="button" class="act bare" onClick={leave}>{say("form.not_now")}</button>
      </div>
    </form>
  );
}

function Kept({ title, text }: { title: string; text: string | undefined }) {
  if (!text) return null;
  return (
    <div class="tight">
      <h3 class="quiet">{title}</h3>
      <OwnWords text={text} />
    </div>
  );
}

function Then({ one: { title, put, first, latest }, on }: { one: ThenNowShown; on: Day }) {
  return (
    <div class="tight">
      <h3 class="own">{title || say("ending.no_goal")}</h3>
      {put && <p class="quiet">{say("ending.first_put", { words: put })}</p>}
      {[first, latest].map((said) => said && <div key={said.on + said.text} class="tight"><p class="quiet">{begun(dateWords(said.on, on))}</p><OwnWords text={said.text} /></div>)}
    </div>
  );
}

function Became({ goals }: { goals: EndingShown["goals"] }) {
  if (goals.length === 0) return null;
  const groups = ["achieved", "open", "let_go"] as const;
  return (
    <Part title={say("ending.goals")}>
      <div class="stack">
        {groups.map((status) => {
          const found = goals.filter((goal) => goal.status === status);
          return found.length > 0 && (
            <div key={status} class="tight">
              <h3 class="quiet">{say(`ending.goals_${status}`)}</h3>
              <ul class="rows">{found.map((goal) => <li key={goal.id}><div class="grow"><b class="own">{goal.title}</b>{goal.reflection && <OwnWords text={goal.reflection} />}</div></li>)}</ul>
            </div>
          );
        })}
      </div>
    </Part>
  );
}
