/** Sessions: the next one and what to bring to it, those that come after it, and what was kept from those that were. */

import { useState } from "preact/hooks";
import { DayField } from "../parts/field";
import { Empty, Part, Top } from "../parts/page";
import { type ReflectionActs, ReflectionForm, ReflectionRows, type ReflectionShown } from "../parts/reflections";
import { SessionForm, type SessionWords } from "../parts/session_form";
import { Topics } from "../parts/topics";
import { More } from "../parts/unfold";
import { address } from "../router";
import { begun, dayWords, momentWords } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import type { Acts } from "./acts";
import { EVERYTHING, type Day, type May, type SessionShown, type TopicShown } from "./shown";

/** A session to come; one that was called off is among them. */
export interface ComingShown extends SessionShown {
  readonly status: string;
}

/** Sessions that come again. */
export interface SeriesShown {
  readonly id: string;
  /** The local time of the first. */
  readonly start: string;
  readonly rhythm: string;
  readonly place?: string;
  /** The last day on which it may come. */
  readonly ended?: Day;
  readonly words: SessionWords;
}

export interface SessionsShown {
  readonly on: Day;
  readonly may?: May;
  readonly next?: SessionShown;
  readonly topics: readonly TopicShown[];
  readonly coming: readonly ComingShown[];
  readonly series: readonly SeriesShown[];
  readonly past: readonly (SessionShown & { readonly status: string; readonly reflections: readonly ReflectionShown[] })[];
}

export interface SeriesActs {
  /** The last day on which a series may come; null lets it go on. */
  endSeries(series: string, ended: Day | null): void;
  /** From the day in the words on it comes so; what was before stays. `seen` is what was so when the form was looked at last. */
  changeSeries(series: string, words: SessionWords, seen: SessionWords): Promise<boolean>;
}

export interface SessionsActs extends Pick<Acts, "bring" | "dropTopic">, ReflectionActs, SeriesActs {}

export type SessionsPage = Page<SessionsShown, SessionsActs>;

/** So many of those that were are shown at first. */
const AT_A_TIME = 12;

export function Sessions({ shown, acts }: SessionsPage) {
  const { may = EVERYTHING, on, next, topics, coming, series, past } = shown;
  const [most, setMost] = useState(AT_A_TIME);
  const none = !next && !past.length && !coming.length && !series.length;
  return (
    <>
      <Top title={say("sessions.title")} />
      <div class="two">
        <div>
          {next
            ? <Part title={say("sessions.next")}><When session={next} /><p class="acts below"><a class="act" href={address("brief", next.id)}>{say("sessions.brief")}</a></p></Part>
            : none && <Empty drawing="chairs" words="sessions.empty" />}
          {may.talk && <p class="acts part-gap"><a class={none ? "act main" : "act"} href={address("session_new")}>{say("session.new")}</a></p>}
          <Part title={say("sessions.topics")}><Topics topics={topics} may={may} onBring={acts.bring} onDrop={acts.dropTopic} /></Part>
          {coming.length > 0 && <Part title={say("sessions.then")}><Coming sessions={coming} /></Part>}
          {series.length > 0 && <Part title={say("sessions.series")}><ul class="rows">{series.map((one) => <li key={one.id}><Series one={one} on={on} may={may} acts={acts} /></li>)}</ul></Part>}
        </div>
        <div>
          {past.length > 0 && (
            <Part title={say("sessions.past")}>
              <ul class="rows">{past.slice(0, most).map((one, at) => <li key={one.id}><Past session={one} isLast={at === 0} on={on} may={may} acts={acts} /></li>)}</ul>
              {past.length > most && <p class="acts below"><button type="button" class="act" onClick={() => setMost(most + AT_A_TIME)}>{say("timeline.earlier")}</button></p>}
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
      <p><a class="way-in" href={address("session", session.id)}>{begun(momentWords(session.start))}</a></p>
      <p class="quiet">{[session.who && say("session.with", { who: session.who }), session.place].filter(Boolean).join(" · ")}</p>
    </>
  );
}

function Coming({ sessions }: { sessions: readonly ComingShown[] }) {
  return (
    <ul class="rows">
      {sessions.map((one) => (
        <li key={one.id}>
          <div class="grow">
            <a class="way-in" href={address("session", one.id)}>{begun(momentWords(one.start))}</a>
            <small>{[one.status === "cancelled" && say("status.cancelled"), one.place].filter(Boolean).join(" · ")}</small>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Series({ one, on, may, acts }: { one: SeriesShown; on: Day; may: May; acts: SeriesActs }) {
  const [last, setLast] = useState(on);
  const end = (event: Event): void => {
    event.preventDefault();
    if (last) acts.endSeries(one.id, last);
  };
  return (
    <div class="grow">
      <p>{begun(one.rhythm)}</p>
      <small>{[say("sessions.since", { when: momentWords(one.start) }), one.place, one.ended && say("sessions.until", { day: dayWords(one.ended, on) })].filter(Boolean).join(" · ")}</small>
      {may.talk && (
        <More title={say("sessions.change")}>
          <SessionForm place={`series:${one.id}`} words={one.words} rhythm={begun(one.rhythm)} onKeep={(words, seen) => acts.changeSeries(one.id, words, seen)} />
        </More>
      )}
      {may.talk && (one.ended
        ? <button type="button" class="act slim bare" onClick={() => acts.endSeries(one.id, null)}>{say("sessions.go_on")}</button>
        : (
          <More title={say("sessions.end")}>
            <form class="stack" onSubmit={end}>
              <DayField label={say("sessions.last_day")} value={last} onInput={setLast} />
              <button class="act">{say("sessions.end_it")}</button>
            </form>
          </More>
        ))}
    </div>
  );
}

/** Only of the last one it is asked whether it took place, and quietly. */
function Past({ session, isLast, on, may, acts }: { session: SessionsShown["past"][number]; isLast: boolean; on: Day; may: May; acts: SessionsActs }) {
  const { id, start, reflections } = session;
  const off = session.status === "cancelled" || session.status === "not_held";
  return (
    <div class="grow tight">
      <h3><a class="way-in" href={address("session", id)}>{begun(momentWords(start))}</a></h3>
      {off && <small>{begun(say(`status.${session.status as "cancelled" | "not_held"}`))}</small>}
      {isLast && may.talk && session.status === "planned" && <p class="quiet"><a class="way-in" href={address("session", id)}>{say("sessions.did_it")}</a></p>}
      {reflections.length > 0
        ? <ReflectionRows reflections={reflections} on={on} acts={acts} />
        : may.talk && !off && (
          <More title={say("sessions.reflect")}>
            <ReflectionForm
              place={`reflection:session:${id}`}
              words={{ text: "", takeaway: "", about: `session ${id}` }}
              label={say("sessions.what_stayed")}
              onKeep={acts.writeReflection}
            />
          </More>
        )}
    </div>
  );
}
