/** A new goal, or other words for one. One field to begin; all else is optional and unfolds. */

import { useEffect, useState } from "preact/hooks";
import { DayField, WordsField } from "../parts/field";
import { Top } from "../parts/page";
import { Scale } from "../parts/scale";
import { Unfold } from "../parts/unfold";
import { address, held } from "../router";
import { say } from "../words/words";
import type { Acts } from "./acts";
import type { Asked, GoalFormShown, GoalWords } from "./shown";

export const NO_WORDS: GoalWords = {
  title: "", why: "", looksLike: "", helps: "", firstStep: "", question: "", due: "", importance: null, confidence: null,
};

export function GoalForm({ shown, acts }: { shown: GoalFormShown; acts: Acts }) {
  const [words, setWords] = useState(shown.words);
  const [wrong, setWrong] = useState("");
  const set = (changed: Partial<GoalWords>): void => setWords((before) => ({ ...before, ...changed }));
  const isNew = shown.id === undefined;
  useEffect(() => {
    held.value = JSON.stringify(words) === JSON.stringify(shown.words) ? "" : say("form.leave");
    return () => {
      held.value = "";
    };
  }, [words]);
  const keep = (event: Event): void => {
    event.preventDefault();
    if (!words.title.trim()) {
      setWrong(say("form.title_missing"));
      (event.currentTarget as HTMLFormElement).querySelector<HTMLElement>("textarea")?.focus();
      return;
    }
    held.value = "";
    acts.keepGoal(shown.id, words);
  };
  return (
    <form class="narrow" onSubmit={keep} noValidate>
      <Top
        title={say(isNew ? "form.new" : "form.revise")}
        back={shown.id === undefined ? { screen: "goals", words: say("goals.title") } : { screen: "goal", id: shown.id, words: say("form.back") }}
      />
      {shown.meanwhile && <Meanwhile mine={words} theirs={shown.meanwhile} take={set} />}
      <WordsField
        large
        lines={2}
        label={say("form.title")}
        hint={say("form.title_hint")}
        wrong={wrong || undefined}
        value={words.title}
        onInput={(title) => {
          set({ title });
          setWrong("");
        }}
      />
      <p class="form-gap quiet">{say("form.optional")}</p>
      <Optional words={words} first={shown.words} isNew={isNew} set={set} />
      <div class="acts below">
        <button class="act main">{say(isNew ? "form.keep_new" : "form.keep")}</button>
        <a class="act bare" href={shown.id === undefined ? address("goals") : address("goal", shown.id)}>{say("form.not_now")}</a>
      </div>
    </form>
  );
}

interface OptionalProps {
  readonly words: GoalWords;
  readonly first: GoalWords;
  readonly isNew: boolean;
  readonly set: (changed: Partial<GoalWords>) => void;
}

function Optional({ words, first, isNew, set }: OptionalProps) {
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

/** What was changed elsewhere while this form was open: both wordings, and the choice. */
function Meanwhile({ mine, theirs, take }: { mine: GoalWords; theirs: Partial<GoalWords>; take: OptionalProps["set"] }) {
  const changed = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).filter((one) => theirs[one] !== undefined && theirs[one] !== mine[one]);
  if (!changed.length) return null;
  return (
    <section class="sheet stack" role="status">
      <p>{say("form.meanwhile")}</p>
      {changed.map((one) => (
        <div key={one} class="tight">
          <h2>{say(FIELDS[one])}</h2>
          <p class="own">{theirs[one]}</p>
          <button type="button" class="act slim" onClick={() => take({ [one]: theirs[one] })}>{say("form.take")}</button>
        </div>
      ))}
      <p class="quiet">{say("form.meanwhile_keep")}</p>
    </section>
  );
}
