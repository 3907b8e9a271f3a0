/** Begin from an example: goals by area, whose words go into a form and can all be changed there. */

import { useState } from "preact/hooks";
import type { Follow, GoalWords, PracticeWords } from "../screens/shown";
import { NO_WORDS } from "../screens/shown";
import { isKey, say } from "../words/words";
import { Field } from "./field";

export interface Example {
  readonly id: string;
  readonly area: string;
  readonly kind: "open" | "smart";
  readonly title: string;
  /** Asks for the person's own reason. */
  readonly whyPrompt: string;
  readonly looksLike: string;
  readonly steps: readonly string[];
  readonly practices: readonly PracticeWords[];
  readonly follow?: Pick<Follow, "question" | "low" | "high" | "better">;
}

interface ExamplesProps {
  /** Undefined until they are there. */
  readonly examples: readonly Example[] | undefined;
  readonly ask: () => void;
  readonly take: (example: Example) => void;
}

export function Examples({ examples, ask, take }: ExamplesProps) {
  const [area, setArea] = useState("");
  const areas = [...new Set(examples?.map((one) => one.area))];
  const found = examples?.filter((one) => one.area === area) ?? [];
  return (
    <details class="unfold" onToggle={({ currentTarget }) => currentTarget.open && ask()}>
      <summary>{say("example.begin")}</summary>
      <div class="stack">
        <p class="quiet">{say("example.words")}</p>
        <Field label={say("example.area")}>
          {(ids) => (
            <select {...ids} value={area} onChange={({ currentTarget }) => setArea(currentTarget.value)}>
              <option value="">{say("example.choose")}</option>
              {areas.map((one) => <option key={one} value={one}>{areaWords(one)}</option>)}
            </select>
          )}
        </Field>
        <ul class="rows">
          {found.map((one) => (
            <li key={one.id}>
              <div class="grow tight">
                <span class="own">{one.title}</span>
                {one.looksLike && <small>{one.looksLike}</small>}
              </div>
              <button type="button" class="act slim" aria-label={say("example.take_this", { title: one.title })} onClick={() => take(one)}>
                {say("example.take")}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

/** What an area is called; one that this version does not know, by its name. */
function areaWords(area: string): string {
  const key = `area.${area}`;
  return isKey(key) ? say(key) : area;
}

/** The words of a form with those of an example. What somebody wrote themselves stays. */
export function withExample(words: GoalWords, example: Example, all: readonly Example[]): GoalWords {
  const isOwn = (text: string, of: (one: Example) => string) => text.trim() !== "" && !all.some((one) => of(one) === text);
  const { follow } = example;
  return {
    ...words,
    title: isOwn(words.title, (one) => one.title) ? words.title : example.title,
    looksLike: isOwn(words.looksLike, (one) => one.looksLike) ? words.looksLike : example.looksLike,
    area: example.area,
    kind: example.kind,
    whyPrompt: example.whyPrompt,
    steps: example.steps.length ? example.steps : NO_WORDS.steps,
    practices: example.practices,
    follow: follow ? { ...NO_WORDS.follow, how: "number", ...follow } : NO_WORDS.follow,
  };
}
