/** One of some choices, or any of them: a field of the browser's own for each, under one question. */

import { useId } from "preact/hooks";

interface ChoiceProps {
  readonly legend: string;
  /** What is chosen, its words, and what it means. */
  readonly options: readonly (readonly [string, string, string?])[];
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

export function Choice({ legend, options, value, onChoose }: ChoiceProps) {
  const name = useId();
  return (
    <fieldset class="field">
      <legend>{legend}</legend>
      {options.map(([one, words, meaning]) => (
        <label key={one} class="choice">
          <input type="radio" name={name} value={one} checked={value === one} onChange={() => onChoose(one)} />
          <span>
            {words}
            {meaning && <small>{meaning}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface SeveralProps {
  readonly legend: string;
  readonly hint?: string | undefined;
  readonly wrong?: string | undefined;
  readonly of: readonly string[];
  readonly words?: (one: string) => string;
  /** What a choice means. */
  readonly meaning?: (one: string) => string;
  readonly value: readonly string[];
  readonly onTyped: (value: readonly string[]) => void;
}

/** Any of some choices. */
export function Several({ legend, hint, wrong, of, words = String, meaning, value, onTyped }: SeveralProps) {
  const id = useId();
  const turn = (one: string, on: boolean): void => onTyped(of.filter((other) => (other === one ? on : value.includes(other))));
  return (
    <fieldset class="field" aria-describedby={wrong ? `${id}-wrong` : undefined}>
      <legend>{legend}</legend>
      {hint && <p class="hint">{hint}</p>}
      {of.map((one) => (
        <label key={one} class="choice">
          <input type="checkbox" checked={value.includes(one)} onChange={(event) => turn(one, event.currentTarget.checked)} />
          <span>
            {words(one)}
            {meaning && <small>{meaning(one)}</small>}
          </span>
        </label>
      ))}
      {wrong && <p class="wrong" id={`${id}-wrong`}>{wrong}</p>}
    </fieldset>
  );
}
