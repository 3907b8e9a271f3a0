/** The journals that somebody is in as a therapist: a plain list, by the next session. Nothing in it is ranked or compared. */

import { Empty, Top } from "../parts/page";
import { begun, dateWords, momentWords, type Day } from "../words/days";
import { listWords, say } from "../words/words";
import type { Page } from "../page";

export interface CaseShown {
  readonly id: string;
  readonly title: string;
  readonly owners: readonly string[];
  readonly next?: { readonly id: string; readonly start: string };
  readonly topics: number;
  readonly proposals: number;
  /** What others changed since the last session, or ever where there was none; and when last. */
  readonly news: number;
  readonly newsOn?: Day;
  readonly since?: Day;
}

export interface CaseloadShown {
  readonly on: Day;
  /** Undefined while they are read. */
  readonly cases?: readonly CaseShown[];
}

export interface CaseloadActs {
  open(journal: string): void;
  brief(journal: string, session: string): void;
}

export type CaseloadPage = Page<CaseloadShown, CaseloadActs>;

export function Caseload({ shown, acts }: CaseloadPage) {
  return (
    <div class="narrow">
      <Top title={say("caseload.title")} back={{ screen: "more", words: say("nav.more") }}><p class="quiet">{say("caseload.what")}</p></Top>
      {shown.cases?.length === 0 && <Empty drawing="chairs" words="caseload.empty" />}
      <ul class="rows">{shown.cases?.map((one) => <li key={one.id}><Case one={one} on={shown.on} acts={acts} /></li>)}</ul>
    </div>
  );
}

function Case({ one, on, acts }: { one: CaseShown; on: Day; acts: CaseloadActs }) {
  const { id, title, owners, next, topics, proposals, news, newsOn, since } = one;
  const waiting = [topics > 0 && say("caseload.topics", { n: topics }), proposals > 0 && say("caseload.proposals", { n: proposals })].filter(Boolean);
  return (
    <div class="grow tight">
      <h2 class="own">{title}</h2>
      {owners.length > 0 && <p class="quiet">{listWords(owners)}</p>}
      <p>{next ? begun(momentWords(next.start)) : say("caseload.no_session")}</p>
      {waiting.length > 0 && <p>{waiting.join(" · ")}</p>}
      <p class="quiet">{news > 0 && newsOn ? say(since ? "caseload.news" : "caseload.news_ever", { n: news, day: dateWords(newsOn, on) }) : say("caseload.no_news")}</p>
      <div class="acts below">
        <button type="button" class="act slim" aria-label={say("journals.open_this", { title })} onClick={() => acts.open(id)}>{say("journals.open")}</button>
        {next && <button type="button" class="act slim bare" aria-label={say("caseload.brief_of", { title })} onClick={() => acts.brief(id, next.id)}>{say("sessions.brief")}</button>}
      </div>
    </div>
  );
}
