/** A new goal, or other words for one. One field to begin; all else is optional and unfolds. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { DayField, WordsField } from "../parts/field";
import { Top } from "../parts/page";
import { Scale } from "../parts/scale";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { say } from "../words/words";
import type { Page } from "../page";
import type { Asked, GoalFormShown, GoalWords } from "./shown";

/** A form that was begun: its words, and what it was begun from. */
interface Begun {
  readonly words: GoalWords;
  readonly from: GoalFormShown;
}

export interface GoalFormActs {
  /** `base` is what the form was begun from. */
  keepGoal(id: string | undefined, words: GoalWords, base: unknown): Promise<boolean>;
}

export type GoalFormPage = Page<GoalFormShown, GoalFormActs>;

export function GoalForm({ shown, acts }: GoalFormPage) {
  const isNew = shown.id === undefined;
  const draft = useDraft<Begun>(`goal:${shown.id ?? "new"}`, { words: shown.words, from: shown });
  const [wrong, setWrong] = useState("");
  const { words, from } = draft.value;
  const set = (changed: Partial<GoalWords>): void => {
    draft.set({ words: { ...words, ...changed }, from });
    setWrong("");
  };
  const keep = (event: Event): void => {
    event.preventDefault();
    if (!words.title.trim()) {
      setWrong(say("form.title_missing"));
      (event.currentTarget as HTMLFormElement).querySelector<HTMLElement>("textarea")?.focus();
      return;
    }
    void draft.keepBy(() => acts.keepGoal(shown.id, words, from.base));
  };
  return (
    <form class="narrow" onSubmit={keep} noValidate>
      <Top
        title={say(isNew ? "form.new" : "form.revise")}
        back={shown.id === undefined ? { screen: "goals", words: say("goals.title") } : { screen: "goal", id: shown.id, words: say("form.back") }}
      />
      {draft.earlier && (
        <p class="acts part-gap">
          <span class="quiet">{say("form.began")}</span>
          <button type="button" class="act slim bare" onClick={draft.end}>{say("form.afresh")}</button>
        </p>
      )}
      <Meanwhile mine={words} from={from.words} now={shown.words} take={set} />
      <WordsField large lines={2} label={say("form.title")} hint={say("form.title_hint")} wrong={wrong || undefined} value={words.title} onInput={(title) => set({ title })} />
      <p class="form-gap quiet">{say("form.optional")}</p>
      <Optional words={words} isNew={isNew} set={set} />
      <div class="acts below">
        <button class="act main">{say(isNew ? "form.keep_new" : "form.keep")}</button>
        <a class="act bare" href={shown.id === undefined ? address("goals") : address("goal", shown.id)}>{say("form.not_now")}</a>
      </div>
    </form>
  );
}

interface OptionalProps {
  readonly words: GoalWords;
  readonly isNew: boolean;
  readonly set: (changed: Partial<GoalWords>) => void;
}

function Optional({ words, isNew, set }: OptionalProps) {
  const [first] = useState(words);
  return (
    <>
      <Unfold title={say("field.why")} open={first.why !== ""}>
        <WordsField label={say("form.why")} hint={say("form.why_hint")} value={words.why} onInput={(why) => set({ why })} />
      </Unfold>
      <Unfold title={say("field.looks_like")} open={first.looksLike !== ""}>
        <WordsField label={say("form.looks_like")} hint={say("form.looks_like_hint")} value={words.looksLike} onInput={(looksLike) => set({ looksLike })} />
      </Unfold>
      {isNew && (
        <Unfold title={say("form.first_step")}>
          <WordsField lines={1} label={say("form.first_step_label")} hint={say("form.first_step_hint")} value={words.firstStep} onInput={(firstStep) => set({ firstStep })} />
        </Unfold>
      )}
      <Unfold title={say("field.helps")} open={first.helps !== ""}>
        <WordsField label={say("form.helps")} value={words.helps} onInput={(helps) => set({ helps })} />
      </Unfold>
      <Unfold title={say("form.number")} open={first.question !== ""}>
        <WordsField lines={1} label={say("form.number_label")} hint={say("form.number_hint")} value={words.question} onInput={(question) => set({ question })} />
      </Unfold>
      <Unfold title={say("field.due")} open={first.due !== ""}>
        <DayField label={say("form.due_label")} hint={say("form.due_hint")} value={words.due} onInput={(due) => set({ due })} />
      </Unfold>
      <Unfold title={say("form.how_sure")} open={first.importance !== null || first.confidence !== null}>
        <Scale legend={say("form.importance")} asked={zeroToTen("form.not_much", "form.very_much")} value={words.importance} onChoose={(importance) => set({ importance })} />
        <Scale legend={say("form.confidence")} asked={zeroToTen("form.not_sure", "form.very_sure")} value={words.confidence} onChoose={(confidence) => set({ confidence })} />
      </Unfold>
    </>
  );
}

function zeroToTen(low: "form.not_much" | "form.not_sure", high: "form.very_much" | "form.very_sure"): Asked {
  return { low: 0, high: 10, lowWords: say(low), highWords: say(high) };
}

const FIELDS = { title: "field.title", why: "field.why", looksLike: "field.looks_like", helps: "field.helps" } as const;

interface MeanwhileProps {
  readonly mine: GoalWords;
  /** What the form was begun from, and what is so now. */
  readonly from: GoalWords;
  readonly now: GoalWords;
  readonly take: OptionalProps["set"];
}

/** What was changed elsewhere while this form was open: the other wording, and the choice. */
function Meanwhile({ mine, from, now, take }: MeanwhileProps) {
  const fields = Object.keys(FIELDS) as (keyof typeof FIELDS)[];
  const changed = fields.filter((one) => now[one] !== from[one] && now[one] !== mine[one]);
  return (
    <div role="status">
      {changed.length > 0 && (
        <div class="sheet stack">
          <p>{say("form.meanwhile")}</p>
          {changed.map((one) => (
            <div key={one} class="tight">
              <h2>{say(FIELDS[one])}</h2>
              <p class="own">{now[one] || say("nothing_yet")}</p>
              <button type="button" class="act slim" onClick={() => take({ [one]: now[one] })}>{say("form.take")}</button>
            </div>
          ))}
          <p class="quiet">{say("form.meanwhile_keep")}</p>
        </div>
      )}
    </div>
  );
}
