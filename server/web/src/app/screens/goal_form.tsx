/** A new goal, or other words for one. One field to begin; all else is optional and unfolds. */

import { useRef, useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { type Example, Examples, withExample } from "../parts/examples";
import { DayField, WordsField } from "../parts/field";
import { Following } from "../parts/following";
import { type Begun, Meanwhile } from "../parts/meanwhile";
import { Top } from "../parts/page";
import { Scale } from "../parts/scale";
import { wrongAim } from "../parts/typed";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { minutesWords } from "../words/days";
import { recurrenceWords } from "../words/recurrence";
import { say } from "../words/words";
import type { Page } from "../page";
import { NO_WORDS, type Asked, type Follow, type GoalFormShown, type GoalWords, type PracticeWords } from "./shown";

const FIELDS = {
  title: "field.title", why: "field.why", looksLike: "field.looks_like", helps: "field.helps", follow: "form.follow", due: "field.due",
  importance: "field.importance", confidence: "field.confidence",
} as const;

export interface GoalFormActs {
  /** `seen` is what was so when the form was looked at last: what was written after that is not written over. */
  keepGoal(id: string | undefined, words: GoalWords, seen: GoalWords): Promise<boolean>;
  /** The examples are wanted. */
  askExamples(): void;
  proposeGoal(id: string | undefined, words: GoalWords, seen: GoalWords, why: string): Promise<boolean>;
}

export type GoalFormPage = Page<GoalFormShown, GoalFormActs>;

export function GoalForm({ shown, acts }: GoalFormPage) {
  const isNew = shown.id === undefined;
  const draft = useDraft<Begun<GoalWords>>(`goal:${shown.id ?? "new"}`, { words: shown.words, from: shown.words });
  const why = useDraft(`why:${shown.id ?? "new"}`, "");
  const only = shown.proposes === "only";
  const [wrong, setWrong] = useState({ title: "", target: "" });
  /** How many examples were taken: with each, the form begins again. */
  const [taken, setTaken] = useState(0);
  // What was begun in an older version of this page may lack what came with this one.
  const [words, from] = [{ ...NO_WORDS, ...draft.value.words }, { ...NO_WORDS, ...draft.value.from }];
  const set = (changed: Partial<GoalWords>): void => {
    draft.set({ words: { ...words, ...changed }, from });
    setWrong({ title: "", target: "" });
  };
  const take = (example: Example): void => {
    set(withExample(words, example, shown.examples ?? []));
    setTaken(taken + 1);
    document.querySelector<HTMLElement>("main form textarea")?.focus();
  };
  const form = useRef<HTMLFormElement>(null);
  const keep = (event: Event, proposes: boolean): void => {
    event.preventDefault();
    const wrong = { title: words.title.trim() ? "" : say("form.title_missing"), target: wrongAim(words.follow) };
    setWrong(wrong);
    if (wrong.title) return goTo(form.current, "textarea");
    if (wrong.target) return goTo(form.current, "[name=target]");
    void draft.keepBy(async () => {
      if (!proposes) return acts.keepGoal(shown.id, words, shown.words);
      const kept = await acts.proposeGoal(shown.id, words, shown.words, why.value.trim());
      if (kept) why.end();
      return kept;
    });
  };
  return (
    <form class="narrow" ref={form} onSubmit={(event) => keep(event, only)} noValidate>
      <Top
        title={say(only ? (isNew ? "goals.propose" : "goal.propose") : isNew ? "form.new" : "form.revise")}
        back={shown.id === undefined ? { screen: "goals", words: say("goals.title") } : { screen: "goal", id: shown.id, words: say("form.back") }}
      />
      {draft.earlier && (
        <p class="acts part-gap">
          <span class="quiet">{say("form.began")}</span>
          <button type="button" class="act slim bare" onClick={draft.end}>{say("form.afresh")}</button>
        </p>
      )}
      <Meanwhile labels={FIELDS} mine={words} from={from} now={shown.words} take={set} put={(field, value) => (field === "follow" ? followWords(value as Follow) : undefined)} />
      <WordsField large lines={2} label={say("form.title")} hint={say("form.title_hint")} wrong={wrong.title || undefined} value={words.title} onInput={(title) => set({ title })} />
      <p role="status" class="quiet">{taken > 0 && say("example.taken")}</p>
      {isNew && !only && <div class="form-gap"><Examples examples={shown.examples} ask={acts.askExamples} take={take} /></div>}
      <p class="form-gap quiet">{say("form.optional")}</p>
      <Optional key={taken} words={words} from={from.follow} isNew={isNew} proposes={only} wrong={wrong.target || undefined} set={set} />
      {shown.proposes && (
        <Unfold title={say("form.to_others")} open={only}>
          <WordsField lines={2} label={say("together.why")} value={why.value} onInput={why.set} />
          {!only && <div class="acts"><button type="button" class="act" onClick={(event) => keep(event, true)}>{say("propose")}</button></div>}
        </Unfold>
      )}
      <div class="acts below">
        <button class="act main">{say(only ? "propose" : isNew ? "form.keep_new" : "form.keep")}</button>
        <a class="act bare" href={shown.id === undefined ? address("goals") : address("goal", shown.id)}>{say("form.not_now")}</a>
      </div>
    </form>
  );
}

function followWords({ how, question, low, high, unit, levels }: Follow): string {
  return [say(`follow.${how}`, { low, high }), question, unit, ...levels].filter(Boolean).join(" · ");
}

/** Puts the focus on the field of a form that something is wrong with, and opens what it is folded into. */
function goTo(form: HTMLFormElement | null, field: string): void {
  const found = form?.querySelector<HTMLElement>(field);
  const folded = found?.closest("details");
  if (folded) folded.open = true;
  found?.focus();
}

interface OptionalProps {
  readonly words: GoalWords;
  /** How the goal was followed when the form was begun. */
  readonly from: Follow;
  /** What is wrong with the aim. */
  readonly wrong: string | undefined;
  readonly isNew: boolean;
  /** What is no part of the goal itself can't be proposed with it. */
  readonly proposes: boolean;
  readonly set: (changed: Partial<GoalWords>) => void;
}

function Optional({ words, from, isNew, proposes, wrong, set }: OptionalProps) {
  const [first] = useState(words);
  return (
    <>
      <Unfold title={say("field.why")} open={first.why !== ""}>
        <WordsField label={say("form.why")} hint={words.whyPrompt || say("form.why_hint")} value={words.why} onInput={(why) => set({ why })} />
      </Unfold>
      <Unfold title={say("field.looks_like")} open={first.looksLike !== ""}>
        <WordsField label={say("form.looks_like")} hint={say("form.looks_like_hint")} value={words.looksLike} onInput={(looksLike) => set({ looksLike })} />
      </Unfold>
      {isNew && !proposes && <Steps steps={words.steps} set={set} />}
      {!proposes && words.practices.length > 0 && <Practices practices={words.practices} set={set} />}
      <Unfold title={say("field.helps")} open={first.helps !== ""}>
        <WordsField label={say("form.helps")} value={words.helps} onInput={(helps) => set({ helps })} />
      </Unfold>
      {!proposes && (
        <Unfold title={say("form.follow")} open={first.follow.how !== "words"}>
          <Following follow={words.follow} first={from} wrong={wrong} set={(follow) => set({ follow })} />
        </Unfold>
      )}
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

type Set = OptionalProps["set"];

function Steps({ steps, set }: { steps: readonly string[]; set: Set }) {
  return (
    <Unfold title={say(steps.length > 1 ? "goal.steps" : "form.first_step")} open={steps.some(Boolean)}>
      {steps.map((step, at) => (
        <WordsField
          key={at}
          lines={1}
          label={say(at ? "step.next" : "form.first_step_label")}
          hint={at ? undefined : say(steps.length > 1 ? "example.leave_out" : "form.first_step_hint")}
          value={step}
          onInput={(words) => set({ steps: steps.map((one, i) => (i === at ? words : one)) })}
        />
      ))}
    </Unfold>
  );
}

function Practices({ practices, set }: { practices: readonly PracticeWords[]; set: Set }) {
  return (
    <Unfold title={say("goal.practices")} open>
      {practices.map((practice, at) => (
        <WordsField
          key={at}
          lines={1}
          label={[recurrenceWords(practice.recurrence), practice.minutes && minutesWords(practice.minutes)].filter(Boolean).join(" · ") || say("goal.practices")}
          hint={say("example.leave_out")}
          value={practice.title}
          onInput={(title) => set({ practices: practices.map((one, i) => (i === at ? { ...one, title } : one)) })}
        />
      ))}
    </Unfold>
  );
}

function zeroToTen(low: "form.not_much" | "form.not_sure", high: "form.very_much" | "form.very_sure"): Asked {
  return { low: 0, high: 10, lowWords: say(low), highWords: say(high) };
}
