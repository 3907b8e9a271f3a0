/** What a server did not take: the person's words in full, to be written again or let go of. Nothing is ever deleted. */

import { Empty, Part, Top } from "../parts/page";
import { begun, dateWords, type Day } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";

export interface RefusedShown {
  readonly on: Day;
  readonly entries: readonly RefusedEntry[];
}

/** One change: what it was about, in which journal, what it says field by field, and why it was not taken. */
export interface RefusedEntry {
  readonly id: string;
  readonly about: string;
  readonly journal?: string;
  readonly on: Day;
  readonly said: readonly { readonly field: string; readonly words: string }[];
  /** In the server's words; empty where the person's own part in the journal says it. */
  readonly reason: string;
  /** It can be written as it is; else its words are here to be copied. */
  readonly again: boolean;
}

export interface RefusedActs {
  again(id: string): void;
  letGo(id: string): void;
}

export type RefusedPage = Page<RefusedShown, RefusedActs>;

export function Refused({ shown, acts }: RefusedPage) {
  return (
    <div class="narrow">
      <Top title={say("not_taken.title")} back={{ screen: "connect", words: say("connect.title") }}>
        {shown.entries.length > 0 && <p>{say("not_taken.what")}</p>}
      </Top>
      {shown.entries.length === 0 && <Empty drawing="streams" words="not_taken.empty" />}
      {shown.entries.map((one) => <Entry key={one.id} one={one} on={shown.on} acts={acts} />)}
    </div>
  );
}

function Entry({ one, on, acts }: { one: RefusedEntry; on: Day; acts: RefusedActs }) {
  const { about, journal, said, reason } = one;
  return (
    <Part title={begun(about)}>
      <p class="quiet part-gap">{[journal, dateWords(one.on, on)].filter(Boolean).join(" · ")}</p>
      <dl class="stack">
        {said.map(({ field, words }, i) => <div key={i}><dt>{field}</dt><dd class="own">{words}</dd></div>)}
      </dl>
      <p class="below">{reason ? say("not_taken.why", { words: reason }) : say("not_taken.part")}</p>
      <div class="acts below">
        {one.again && <button type="button" class="act" onClick={() => acts.again(one.id)}>{say("not_taken.again")}</button>}
        <button type="button" class="act bare" onClick={() => acts.letGo(one.id)}>{say("not_taken.let_go")}</button>
      </div>
    </Part>
  );
}
