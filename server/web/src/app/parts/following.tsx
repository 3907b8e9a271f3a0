/** How a goal is followed: in words alone, by a number, by an amount, or by five levels. A part of a goal's form. */

import { useId } from "preact/hooks";
import type { Follow } from "../screens/shown";
import { begun } from "../words/days";
import { say } from "../words/words";
import { Field, WordsField } from "./field";

const WAYS = ["words", "number", "amount", "levels"] as const;
const BETTER = ["up", "down", "keep"] as const;
const LEVELS = ["much_less", "less", "as_hoped", "more", "much_more"] as const;

interface FollowingProps {
  readonly follow: Follow;
  /** What there is now, and what the form begins with. */
  readonly first: Follow;
  /** What is wrong with the aim. */
  readonly wrong: string | undefined;
  readonly set: (follow: Follow) => void;
}

export function Following({ follow, first, wrong, set }: FollowingProps) {
  const name = useId();
  const { how } = follow;
  const change = (changed: Partial<Follow>): void => set({ ...follow, ...changed });
  return (
    <>
      <fieldset class="field">
        <legend>{say("follow.how")}</legend>
        {(first.how === "other" ? ["other" as const, ...WAYS] : WAYS).map((one) => (
          <label key={one} class="choice">
            <input type="radio" name={name} checked={how === one} onChange={() => change({ how: one, ...endsOf(one, first) })} />
            <span>{say(`follow.${one}`, one === "number" ? endsOf(one, first) : {})}</span>
          </label>
        ))}
      </fieldset>
      {how !== "words" && how !== "other" && (
        <WordsField lines={1} label={say("follow.question")} hint={say("follow.question_hint")} value={follow.question} onInput={(question) => change({ question })} />
      )}
      {how === "number" && <Ends follow={follow} change={change} />}
      {how === "amount" && <WordsField lines={1} label={say("follow.unit")} hint={say("follow.unit_hint")} value={follow.unit} onInput={(unit) => change({ unit })} />}
      {how === "levels" && <Levels follow={follow} change={change} />}
      {(how === "number" || how === "amount") && <Aim follow={follow} wrong={wrong} change={change} />}
    </>
  );
}

/** From where to where a number goes; as it is now, where it is one already. */
function endsOf(how: Follow["how"], first: Follow): { low: string; high: string } {
  if (how === first.how) return { low: first.low, high: first.high };
  return how === "number" ? { low: "0", high: "10" } : { low: "", high: "" };
}

interface PartProps {
  readonly follow: Follow;
  readonly change: (changed: Partial<Follow>) => void;
}

function Ends({ follow, change }: PartProps) {
  const { low, high, lowWords, highWords } = follow;
  return (
    <>
      <WordsField lines={1} label={say("follow.end", { end: low })} hint={say("follow.end_hint")} value={lowWords} onInput={(lowWords) => change({ lowWords })} />
      <WordsField lines={1} label={say("follow.end", { end: high })} value={highWords} onInput={(highWords) => change({ highWords })} />
    </>
  );
}

function Levels({ follow, change }: PartProps) {
  const { levels } = follow;
  return (
    <fieldset class="field stack">
      <legend>{say("follow.levels_words")}</legend>
      <p class="hint">{say("follow.levels_hint")}</p>
      {LEVELS.map((place, at) => (
        <WordsField
          key={place}
          lines={1}
          label={begun(say(`level.${place}`))}
          value={levels[at] ?? ""}
          onInput={(words) => change({ levels: levels.map((one, i) => (i === at ? words : one)) })}
        />
      ))}
    </fieldset>
  );
}

function Aim({ follow, wrong, change }: PartProps & { readonly wrong: string | undefined }) {
  const { target, unit, better, how } = follow;
  return (
    <>
      <Field label={say("follow.target")} hint={say("follow.target_hint")} wrong={wrong}>
        {(ids) => (
          <span class="with-unit">
            <input {...ids} name="target" inputMode="decimal" autocomplete="off" value={target} onInput={({ currentTarget }) => change({ target: currentTarget.value })} />
            {how === "amount" && unit && <span>{unit}</span>}
          </span>
        )}
      </Field>
      <Field label={say("follow.better")}>
        {(ids) => (
          <select {...ids} value={better} onChange={({ currentTarget }) => change({ better: currentTarget.value as Follow["better"] })}>
            {BETTER.map((one) => <option key={one} value={one}>{say(`follow.better_${one}`)}</option>)}
          </select>
        )}
      </Field>
    </>
  );
}
