/** A new goal, or other words for one. One field to begin; all else is optional and unfolds. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { DayField, WordsField } from "../parts/field";
import { type Begun, Meanwhile } from "../parts/meanwhile";
import { Top } from "../parts/page";
import { Scale } from "../parts/scale";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { say } from "../words/words";
import type { Page } from "../page";
import type { Asked, GoalFormShown, GoalWords } from "./shown";

const FIELDS = { title: "field.title", why: "field.why", looksLike: "field.looks_like", helps: "field.helps" } as const;

export interface GoalFormActs {
  /** `seen` is what was so when the form was looked at last: what was written after that is not written over. */
  keepGoal(id: string | undefined, words: GoalWords, seen: GoalWords): Promise<boolean>;
}

export type GoalFormPage = Page<GoalFormShown, GoalFormActs>;

export function GoalForm({ shown, acts }: GoalFormPage) {
  const isNew = shown.id === undefined;
  const draft = useDraft<Begun<GoalWords>>(`goal:${shown.id ?? "new"}`, { words: shown.words, from: shown.words });
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
    void draft.keepBy(() => acts.keepGoal(shown.id, words, shown.words));
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
      <Meanwhile labels={FIELDS} mine={words} from={from} now={shown.words} take={set} />
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
