/** Today: one thing to answer, what comes again, what is near, and what to bring to the next session. */

import { useState } from "preact/hooks";
import { CheckIn } from "../parts/check_in";
import { Empty, Part, Top } from "../parts/page";
import { Topics } from "../parts/topics";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { begun, dayWords, minutesWords, momentWords, relativeWords } from "../words/days";
import { say } from "../words/words";
import type { Acts } from "./acts";
import { EVERYTHING, type May, type NearShown, type PracticeShown, type Subject, type TodayShown } from "./shown";

export function Today({ shown, acts }: { shown: TodayShown; acts: Acts }) {
  const { on, may = EVERYTHING, resting, subjects, practices, near, session, topics, toSettle, proposals } = shown;
  const nothing = !(may.own && subjects.length) && !practices.length && !near.length;
  return (
    <>
      <Top title={begun(dayWords(on))} above={say("today.title")}>
        {toSettle > 0 && <p><a href={address("conflicts")}>{say("settle.some", { n: toSettle })}</a></p>}
        {proposals > 0 && <p><a href={address("together")}>{say("together.some", { n: proposals })}</a></p>}
      </Top>
      <div class="two">
        <div>
          {resting && <p class="sheet">{resting.until ? say("today.resting_until", { day: dayWords(resting.until) }) : say("today.resting")}</p>}
          {!resting && may.own && subjects.length > 0 && <OneThing subjects={subjects} acts={acts} />}
          {!resting && practices.length > 0 && <Practices practices={practices} may={may} acts={acts} />}
          {!resting && nothing && (
            <Empty drawing="morning" words="today.empty">{may.change && <p class="acts"><a class="act" href={address("goal_new")}>{say("goals.new")}</a></p>}</Empty>
          )}
        </div>
        <div>
          {!resting && near.length > 0 && <Near near={near} on={on} />}
          <Part title={session ? say("today.next_session") : say("today.bring")}>
            {session && (
              <p class="when">
                {begun(momentWords(session.start))}
                {session.who && <small>{say("session.with", { who: session.who })}</small>}
              </p>
            )}
            <Topics topics={topics} may={may} onBring={acts.bring} onDrop={acts.dropTopic} />
          </Part>
        </div>
      </div>
    </>
  );
}

/** What is asked about first: what nothing was said about today. It stays when it was answered; the rest waits folded. */
function OneThing({ subjects, acts }: { subjects: readonly Subject[]; acts: Acts }) {
  const [chosen, setChosen] = useState(() => subjects.find((one) => !one.saidToday)?.id);
  const subject = subjects.find((one) => one.id === chosen) ?? subjects[0];
  if (!subject) return null;
  const others = subjects.filter((one) => one !== subject);
  return (
    <section class="sheet stack" aria-labelledby="asked">
      <div class="tight">
        <p class="quiet">{say("checkin.about")}</p>
        <h2 id="asked" class="own asked">{subject.title}</h2>
      </div>
      <CheckIn key={subject.id} subject={subject} onSay={(said) => acts.checkIn(subject.id, said)} />
      {others.length > 0 && (
        <Unfold title={say("checkin.others", { n: others.length })}>
          <ul class="rows">
            {others.map((one) => (
              <li key={one.id}>
                <button type="button" class="pick own grow" onClick={() => setChosen(one.id)}>{one.title}</button>
                {one.saidToday && <small>{say("checkin.said_short")}</small>}
              </li>
            ))}
          </ul>
        </Unfold>
      )}
    </section>
  );
}

function Practices({ practices, may, acts }: { practices: readonly PracticeShown[]; may: May; acts: Acts }) {
  return (
    <Part title={say("today.practices")}>
      <ul class="rows">
        {practices.map((one) => (
          <li key={one.id}>
            <span class="grow">
              <span class="own">{one.title}</span>
              {one.minutes !== undefined && <small>{minutesWords(one.minutes)}</small>}
            </span>
            {one.done
              ? (
                <span class="quiet">
                  {say("practice.was_done")}
                  {may.own && <> <button type="button" class="act slim bare" aria-label={say("practice.not_done_this", { title: one.title })} onClick={() => acts.notPractised(one.id)}>{say("take_back")}</button></>}
                </span>
              )
              : may.own && (
                <button type="button" class="act slim" aria-label={say("practice.done_this", { title: one.title })} onClick={() => acts.practised(one.id)}>
                  {say("practice.done")}
                </button>
              )}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Near({ near, on }: { near: readonly NearShown[]; on: string }) {
  return (
    <Part title={say("today.near")}>
      <ul class="rows">
        {near.map((one) => (
          <li key={one.id}>
            <a class="own grow" href={address("goal", one.goal)}>{one.title}</a>
            <small>{relativeWords(one.due, on)}</small>
          </li>
        ))}
      </ul>
    </Part>
  );
}
