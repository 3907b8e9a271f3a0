/** The brief of a session: what changed since the last one and what to talk about, on one page of paper. */

import { OwnWords } from "../markdown/words";
import { Part, Top } from "../parts/page";
import { begun, dateWords, momentWords } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import type { BriefShown } from "./shown";

export type BriefPage = Page<BriefShown, object>;

export function Brief({ shown }: BriefPage) {
  const { session, since, topics, goals, worthTalkingAbout, proposed, takeaway } = shown;
  return (
    <div class="narrow">
      <Top title={say("brief.title")} above={begun(momentWords(session.start))} back={{ screen: "sessions", words: say("sessions.title") }}>
        <p class="quiet">{say("brief.since", { day: dateWords(since, session.start) })}</p>
      </Top>
      {topics.length > 0 && (
        <Part title={say("sessions.topics")}>
          <ul class="rows">{topics.map((topic) => <li key={topic.id}><span class="own">{topic.text}</span></li>)}</ul>
        </Part>
      )}
      {worthTalkingAbout.length > 0 && (
        <Part title={say("brief.worth")}><ul class="rows">{worthTalkingAbout.map((one) => <li key={one}>{one}</li>)}</ul></Part>
      )}
      {proposed.length > 0 && <Part title={say("brief.proposed")}><ul class="rows">{proposed.map((one, i) => <li key={i}>{one}</li>)}</ul></Part>}
      <Part title={say("brief.goals")}>
        <div class="stack">
          {goals.map((goal) => (
            <div key={goal.title} class="tight">
              <h3 class="own">{goal.title}</h3>
              <p>{goal.words}</p>
              {goal.changes.map((one) => <p key={one} class="quiet">{one}</p>)}
            </div>
          ))}
          {!goals.length && <p class="quiet">{say("brief.no_goals")}</p>}
        </div>
      </Part>
      {takeaway && <Part title={say("brief.takeaway")}><OwnWords text={takeaway} /></Part>}
      <div class="acts below"><button type="button" class="act main" onClick={() => window.print()}>{say("brief.print")}</button></div>
    </div>
  );
}
