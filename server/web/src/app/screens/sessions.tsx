/** Sessions: the next one and what to bring to it, and what was kept from those that were. */

import { useDraft } from "../drafts";
import { OwnWords } from "../markdown/words";
import { WordsField } from "../parts/field";
import { Empty, Part, Top } from "../parts/page";
import { Topics } from "../parts/topics";
import { More } from "../parts/unfold";
import { address } from "../router";
import { begun, momentWords } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import type { Acts } from "./acts";
import type { SessionShown, SessionsShown } from "./shown";

export interface SessionsActs extends Pick<Acts, "bring" | "dropTopic"> {
  reflect(session: string, text: string, takeaway: string): Promise<boolean>;
}

export type SessionsPage = Page<SessionsShown, SessionsActs>;

export function Sessions({ shown, acts }: SessionsPage) {
  const { next, topics, past } = shown;
  return (
    <>
      <Top title={say("sessions.title")} />
      <div class="two">
        <div>
          {next
            ? <Part title={say("sessions.next")}><When session={next} /><p class="acts below"><a class="act" href={address("brief", next.id)}>{say("sessions.brief")}</a></p></Part>
            : !past.length && <Empty drawing="chairs" words="sessions.empty" />}
          <Part title={say("sessions.topics")}><Topics topics={topics} onBring={acts.bring} onDrop={acts.dropTopic} /></Part>
        </div>
        <div>
          {past.length > 0 && (
            <Part title={say("sessions.past")}>
              <ul class="rows">{past.map((one) => <li key={one.id}><Past session={one} acts={acts} /></li>)}</ul>
            </Part>
          )}
        </div>
      </div>
    </>
  );
}

function When({ session }: { session: SessionShown }) {
  return (
    <>
      <p>{begun(momentWords(session.start))}</p>
      <p class="quiet">{[session.who && say("session.with", { who: session.who }), session.place].filter(Boolean).join(" · ")}</p>
    </>
  );
}

function Past({ session, acts }: { session: SessionsShown["past"][number]; acts: SessionsActs }) {
  return (
    <div class="grow tight">
      <h3>{begun(momentWords(session.start))}</h3>
      {session.reflection && <OwnWords text={session.reflection} />}
      {session.takeaway && <p class="quiet">{say("sessions.takeaway", { words: session.takeaway })}</p>}
      {!session.reflection && <More title={say("sessions.reflect")}><Reflect session={session.id} acts={acts} /></More>}
    </div>
  );
}

function Reflect({ session, acts }: { session: string; acts: SessionsActs }) {
  const draft = useDraft(`reflection:${session}`, { text: "", takeaway: "" });
  const { text, takeaway } = draft.value;
  const keep = (event: Event): void => {
    event.preventDefault();
    if (text.trim() || takeaway.trim()) void draft.keepBy(() => acts.reflect(session, text.trim(), takeaway.trim()));
  };
  return (
    <form class="stack" onSubmit={keep}>
      <WordsField label={say("sessions.what_stayed")} value={text} onInput={(words) => draft.set({ text: words, takeaway })} />
      <WordsField lines={1} label={say("sessions.take_along")} value={takeaway} onInput={(words) => draft.set({ text, takeaway: words })} />
      <button class="act main">{say("keep")}</button>
    </form>
  );
}
