/** One question on a form: its label, a hint, what went wrong, and the place for the answer, tied together. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface Labelled {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly wrong?: string | undefined;
}

interface Ids {
  readonly id: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: "true";
}

interface FieldProps extends Labelled {
  readonly large?: boolean | undefined;
  readonly children: (ids: Ids) => ComponentChildren;
}

export function Field({ label, hint, wrong, large, children }: FieldProps) {
  const id = useId();
  const told = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  const ids: Ids = {
    id,
    ...(told ? { "aria-describedby": told } : {}),
    ...(wrong ? { "aria-invalid": "true" as const } : {}),
  };
  return (
    <div class={large ? "field large" : "field"}>
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {children(ids)}
      {wrong && <p class="wrong" id={`${id}-wrong`}>{wrong}</p>}
    </div>
  );
}

interface Written extends Labelled {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly lines?: number;
  readonly large?: boolean;
}

/** Words: one line, or as many as somebody likes. */
export function WordsField({ value, onInput, lines = 3, large, ...labelled }: Written) {
  const typed = (event: Event): void => onInput((event.currentTarget as HTMLTextAreaElement).value);
  return (
    <Field {...labelled} large={large}>
      {(ids) =>
        lines === 1 ? (
          <input {...ids} class="own" value={value} onInput={typed} autocomplete="off" />
        ) : (
          <textarea {...ids} class="own" rows={lines} value={value} onInput={typed} />
        )}
    </Field>
  );
}

/** A day, chosen with what the browser has for it. */
export function DayField({ value, onInput, ...labelled }: Omit<Written, "lines" | "large">) {
  return (
    <Field {...labelled}>
      {(ids) => (
        <input {...ids} type="date" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
    </Field>
  );
}
