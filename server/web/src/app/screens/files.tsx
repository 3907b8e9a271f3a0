/** Files: a copy of everything to keep, and a copy that is brought in, looked at before anything is written. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Field } from "../parts/field";
import { Part, Top } from "../parts/page";
import { say } from "../words/words";
import type { Page } from "../page";

/** What a file comes to; lines say how much of what. */
export interface LookedShown {
  readonly file: string;
  readonly coming: readonly string[];
  /** How many are here already, of these those that came from such a file; were taken back here; can't be taken. */
  readonly here: number;
  readonly brought: number;
  readonly gone: number;
  readonly refused: number;
  readonly named: readonly string[];
}

export interface FilesShown {
  /** Nothing can be brought into it: it is others who own the journal. */
  readonly readOnly?: boolean;
  readonly isEmpty: boolean;
  readonly looked?: LookedShown;
}

export interface FilesActs {
  /** A file with everything: what it is called, and what is in it. */
  copy(): { readonly name: string; readonly body: string };
  /** Looks at a file; gives back why it can't be brought in, in words. */
  look(file: File): Promise<string>;
  /** `again`: also what was taken back here. */
  bringIn(again: boolean): Promise<boolean>;
  takeOut(): Promise<boolean>;
  putAside(): void;
}

export type FilesPage = Page<FilesShown, FilesActs>;

export function Files({ shown, acts }: FilesPage) {
  return (
    <div class="narrow">
      <Top title={say("place.files")} back={{ screen: "more", words: say("nav.more") }} />
      <Part title={say("files.copy")}>
        <div class="stack">
          {shown.isEmpty ? <p>{say("files.empty")}</p> : <p>{say("files.copy_words")}</p>}
          {!shown.isEmpty && <p class="quiet">{say("files.copy_open")}</p>}
          {!shown.isEmpty && <div class="acts"><button type="button" class="act main" onClick={() => download(acts.copy())}>{say("files.copy_make")}</button></div>}
        </div>
      </Part>
      {!shown.readOnly && <Part title={say("files.bring")}>
        <div class="stack">
          {shown.looked ? <Looked key={shown.looked.file} looked={shown.looked} acts={acts} /> : <Bring look={acts.look} />}
        </div>
      </Part>}
    </div>
  );
}

/** Hands a file to the browser. It is made here: no server sees it. */
function download({ name, body }: { name: string; body: string }): void {
  const url = URL.createObjectURL(new Blob([body], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function Bring({ look }: { look: (file: File) => Promise<string> }) {
  const [wrong, setWrong] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const take = async (): Promise<void> => {
    const file = field.current?.files?.[0];
    setWrong(file ? await look(file) : say("questionnaires.no_file"));
  };
  return (
    <>
      <p>{say("files.bring_words")}</p>
      <Field label={say("files.file")} hint={say("files.file_hint")} wrong={wrong || undefined}>
        {(ids) => <input {...ids} ref={field} type="file" accept=".json,application/json,.csv,.ics" onChange={() => setWrong("")} />}
      </Field>
      <div class="acts"><button type="button" class="act" onClick={() => void take()}>{say("files.look")}</button></div>
    </>
  );
}

function Looked({ looked, acts }: { looked: LookedShown; acts: FilesActs }) {
  const [again, setAgain] = useState(false);
  const [busy, setBusy] = useState(false);
  const once = (work: () => Promise<boolean>) => (): void => {
    setBusy(true);
    void work().finally(() => setBusy(false));
  };
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { coming, here, brought, gone, refused, named } = looked;
  const brings = coming.length > 0 || (again && gone > 0);
  return (
    <section class="sheet stack">
      <h3 ref={heading} tabIndex={-1}>{say("files.looked", { file: looked.file })}</h3>
      {coming.length > 0 ? <><p>{say("files.coming")}</p><ul>{coming.map((one) => <li key={one}>{one}</li>)}</ul></> : <p>{say("files.nothing_new")}</p>}
      {here > 0 && <p>{say("files.here", { n: here })}</p>}
      {refused > 0 && <p>{say("files.refused", { n: refused, named: named.join(", ") })}</p>}
      {gone > 0 && (
        <label class="choice">
          <input type="checkbox" checked={again} onChange={(event) => setAgain(event.currentTarget.checked)} />
          <span>{say("files.gone", { n: gone })}</span>
        </label>
      )}
      <div class="acts">
        {brings && <button type="button" class="act main" disabled={busy} onClick={once(() => acts.bringIn(again))}>{say("files.bring_in")}</button>}
        {brought > 0 && <button type="button" class="act" disabled={busy} onClick={once(() => acts.takeOut())}>{say("files.take_out", { n: brought })}</button>}
        <button type="button" class="act bare" disabled={busy} onClick={() => acts.putAside()}>{say("form.not_now")}</button>
      </div>
      <p role="status" class="quiet">{busy && say("files.busy")}</p>
    </section>
  );
}
