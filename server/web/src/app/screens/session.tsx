/** One session: when it is, what became of it, how it was together, and what was written about it. */

import { Alliance, type AllianceActs, type AllianceShown } from "../parts/alliance";
import { Part, Top } from "../parts/page";
import { type ReflectionActs, ReflectionForm, ReflectionRows, type ReflectionShown } from "../parts/reflections";
import { SessionForm, type SessionWords } from "../parts/session_form";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { begun, minutesWords, momentWords } from "../words/days";
import { isKey, say } from "../words/words";
import type { Page } from "../page";
import { EVERYTHING, type Day, type May } from "./shown";

export type SessionStatus = "planned" | "held" | "cancelled" | "not_held";

export interface OneSessionShown {
  readonly on: Day;
  readonly may?: May;
  readonly id: string;
  readonly start: string;
  /** The time zone, where it is not the journal's. */
  readonly zone?: string;
  readonly place?: string;
  readonly minutes?: number;
  readonly status: string;
  /** Its day has come. */
  readonly hasCome: boolean;
  readonly words: SessionWords;
  readonly reflections: readonly ReflectionShown[];
  readonly alliance: AllianceShown;
}

export interface OneSessionActs extends ReflectionActs, AllianceActs {
  /** `seen` is what was so when the form was looked at last. */
  moveSession(id: string, words: SessionWords, seen: SessionWords): Promise<boolean>;
  turnSession(id: string, status: SessionStatus): void;
}

export type OneSessionPage = Page<OneSessionShown, OneSessionActs>;

export function OneSession({ shown, acts }: OneSessionPage) {
  const { may = EVERYTHING, on, id, start, zone, place, minutes, status, hasCome, reflections } = shown;
  const facts = [isKey(`status.${status}`) && begun(say(`status.${status}` as "status.planned")), place, minutes !== undefined && minutesWords(minutes), zone?.replaceAll("_", " ")];
  return (
    <>
      <Top title={begun(momentWords(start))} back={{ screen: "sessions", words: say("sessions.title") }}>
        <p class="quiet">{facts.filter(Boolean).join(" · ")}</p>
      </Top>
      <div class="two">
        <div>
          {may.talk && <section class="part stack">
            <h2>{say(hasCome ? "session.did_it" : "session.what_becomes")}</h2>
            <div class="acts">
              {nextStatuses(status, hasCome).map((to) => (
                <button key={to} type="button" class="act" onClick={() => acts.turnSession(id, to)}>{say(`session.to_${to}`)}</button>
              ))}
              {status === "planned" && <a href={address("brief", id)}>{say("sessions.brief")}</a>}
            </div>
          </section>}
          {may.talk && <Unfold title={say("session.move")}>
            <SessionForm place={`session:${id}`} words={shown.words} onKeep={(words, seen) => acts.moveSession(id, words, seen)} />
          </Unfold>}
          {may.own && hasCome && status !== "cancelled" && status !== "not_held" && <Alliance shown={shown.alliance} on={on} acts={acts} session={id} />}
        </div>
        <div>
          {((hasCome && may.talk) || reflections.length > 0) && (
            <Part title={say("session.written")}>
              {reflections.length > 0 && <ReflectionRows reflections={reflections} on={on} acts={acts} />}
              {hasCome && may.talk && (
                <ReflectionForm
                  place={`reflection:session:${id}`}
                  words={{ text: "", takeaway: "", about: `session ${id}` }}
                  label={say("sessions.what_stayed")}
                  onKeep={acts.writeReflection}
                />
              )}
            </Part>
          )}
        </div>
      </div>
    </>
  );
}

/** What can become of a session: only what has come has taken place or has not. */
function nextStatuses(status: string, hasCome: boolean): readonly SessionStatus[] {
  if (status !== "planned") return ["planned"];
  return hasCome ? ["held", "not_held", "cancelled"] : ["cancelled"];
}
