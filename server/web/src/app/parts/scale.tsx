/** A number on a short scale, by one tap or by the arrow keys: radio buttons, drawn as a row. */

import { useId } from "preact/hooks";
import type { Asked } from "../screens/shown";
import { numberWords, say } from "../words/words";
import { Field } from "./field";

interface ScaleProps {
  readonly legend: string;
  /** The legend is already written above. */
  readonly titled?: boolean;
  readonly asked: Asked;
  readonly value: number | null;
  readonly onChoose: (value: number | null) => void;
}

/** More steps than this don't fit on a phone as buttons a thumb can hit. */
const MOST_CELLS = 11;

export function Scale({ legend, titled, asked, value, onChoose }: ScaleProps) {
  const name = useId();
  const values = range(asked);
  if (!values) return <NumberField legend={legend} asked={asked} value={value} onChoose={onChoose} />;
  const { levels } = asked;
  return (
    <fieldset class="field">
      <legend class={titled ? "unseen" : ""}>{legend}</legend>
      <div class={levels ? "scale levels" : "scale"}>
        {values.map((one, i) => (
          <label key={one}>
            <input
              type="radio"
              name={name}
              value={one}
              checked={value === one}
              onChange={() => onChoose(one)}
              aria-describedby={levels ? undefined : `${name}-ends`}
            />
            <span>{levels?.[i] ?? numberWords(one)}</span>
          </label>
        ))}
      </div>
      {!levels && (asked.lowWords || asked.highWords) && (
        <p class="ends" id={`${name}-ends`}>
          <span>{asked.lowWords}</span> <span>{asked.highWords}</span>
        </p>
      )}
    </fieldset>
  );
}

function range({ low, high, levels }: Asked): number[] | null {
  if (low === undefined || high === undefined) return null;
  const whole = Number.isInteger(low) && Number.isInteger(high) && high - low < MOST_CELLS;
  if (!whole && !levels) return null;
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

/** Whether a number is one that can be said; either end may be open. */
export function isBetween({ low = -Infinity, high = Infinity }: Asked, value: number): boolean {
  return value >= low && value <= high;
}

/** From where to where numbers go, in words. */
export function endsWords({ low, high }: Asked): string {
  if (low === undefined) return say("scale.up_to", { high: numberWords(high ?? 0) });
  return high === undefined ? say("scale.from", { low: numberWords(low) }) : say("scale.from_to", { low: numberWords(low), high: numberWords(high) });
}

/** A number that is typed. What it goes from and to, and in what unit, is said above it. */
function NumberField({ legend, asked, value, onChoose }: ScaleProps) {
  const { low, high, unit, lowWords, highWords } = asked;
  const ends = low !== undefined || high !== undefined ? endsWords(asked) : "";
  const meaning = [lowWords && low !== undefined && `${numberWords(low)}: ${lowWords}`, highWords && high !== undefined && `${numberWords(high)}: ${highWords}`];
  return (
    <Field label={legend} hint={[ends, ...meaning].filter(Boolean).join(" · ")}>
      {(ids) => (
        <span class="with-unit">
          <input
            {...ids}
            type="number"
            inputMode="decimal"
            step="any"
            min={low}
            max={high}
            value={value ?? ""}
            onInput={({ currentTarget }) => onChoose(Number.isFinite(currentTarget.valueAsNumber) ? currentTarget.valueAsNumber : null)}
          />
          {unit && <span>{unit}</span>}
        </span>
      )}
    </Field>
  );
}
