/** The journals on this device: which one is on the screen, who is in each, and beginning another to share. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { WordsField } from "../parts/field";
import { Part, Top } from "../parts/page";
import { listWords, say } from "../words/words";
import type { Page } from "../page";

export type RoleShown = "owner" | "therapist" | "reader" | "none";

export interface JournalLine {
  readonly id: string;
  readonly title: string;
  readonly role: RoleShown;
  readonly others: readonly string[];
  readonly isPrivate: boolean;
  readonly isOpen: boolean;
  /** Changes that stay on this device, since the person is in the journal no more. */
  readonly kept?: number;
}

export interface JournalsShown {
  readonly journals: readonly JournalLine[];
}

export interface JournalsActs {
  open(journal: string): void;
  begin(title: string): Promise<boolean>;
}

export type JournalsPage = Page<JournalsShown, JournalsActs>;

export function Journals({ shown, acts }: JournalsPage) {
  return (
    <div class="narrow">
      <Top title={say("journals.title")} back={{ screen: "more", words: say("nav.more") }}><p class="quiet">{say("journals.apart")}</p></Top>
      <ul class="rows">
        {shown.journals.map((one) => (
          <li key={one.id}>
            <div class="grow">
              <h2 class="own">{one.title}</h2>
              <small>{whose(one)}</small>
            </div>
            {one.isOpen
              ? <span class="quiet">{say("journals.open_now")}</span>
              : <button type="button" class="act slim" aria-label={say("journals.open_this", { title: one.title })} onClick={() => acts.open(one.id)}>{say("journals.open")}</button>}
          </li>
        ))}
      </ul>
      <Another acts={acts} />
    </div>
  );
}

function whose({ isPrivate, role, others, kept }: JournalLine): string {
  if (isPrivate) return say("journals.private");
  if (role === "none") return kept ? `${say("journals.left")} ${say("journals.kept", { n: kept })}` : say("journals.left");
  const who = others.length ? say("journals.with", { who: listWords(others) }) : say("journals.nobody");
  return role === "owner" ? who : `${who} ${say(`journals.as_${role}`)}`;
}

function Another({ acts }: Pick<JournalsPage, "acts">) {
  const draft = useDraft("journal", "", { own: true });
  const [wrong, setWrong] = useState("");
  const begin = (event: Event): void => {
    event.preventDefault();
    const title = draft.value.trim();
    if (!title) return setWrong(say("journals.no_title"));
    void draft.keepBy(() => acts.begin(title));
  };
  return (
    <Part title={say("journals.another")}>
      <form class="stack" onSubmit={begin} noValidate>
        <WordsField lines={1} label={say("journals.another_title")} hint={say("journals.another_hint")} wrong={wrong || undefined} value={draft.value} onInput={(title) => { draft.set(title); setWrong(""); }} />
        <div class="acts"><button class="act">{say("journals.begin")}</button></div>
      </form>
    </Part>
  );
}
