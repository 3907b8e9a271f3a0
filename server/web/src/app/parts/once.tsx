/** What is told once and never again: an address or a secret, to be taken along now. Stays until somebody says that they have it. */

import type { ComponentChildren } from "preact";
import { say } from "../words/words";
import { Copy } from "./copy";
import { Field } from "./field";
import { later } from "./later";

/** Drawn by a library that is fetched when the first code is shown. */
const Qr = later(() => import("./qr").then((part) => part.Qr));

/** A text that is told once, and what it is. */
export interface Told {
  readonly what: string;
  readonly text: string;
}

interface OnceProps {
  readonly title: string;
  /** What it is for, and what somebody else could do with it. */
  readonly words: string;
  readonly told: readonly Told[];
  readonly onNoted?: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

export function Once({ title, words, told, onNoted, children }: OnceProps) {
  return (
    <section class="sheet stack narrow" role="status">
      <h2>{title}</h2>
      <p>{words}</p>
      {told.map((one) => <Text key={one.what} told={one} />)}
      {children}
      {onNoted && <div class="acts"><button type="button" class="act main" onClick={onNoted}>{say("once.noted")}</button></div>}
    </section>
  );
}

function Text({ told: { what, text } }: { told: Told }) {
  return (
    <div class="stack">
      <div class="copied">
        <Field label={what}>
          {(ids) => <input {...ids} class="secret" readOnly value={text} dir="ltr" onFocus={(event) => event.currentTarget.select()} />}
        </Field>
        <Copy text={text} what={what} />
      </div>
      <Qr text={text} />
    </div>
  );
}
