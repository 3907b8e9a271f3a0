/** A new session, or as many as come again. */

import { Top } from "../parts/page";
import { SessionForm, type SessionWords } from "../parts/session_form";
import { say } from "../words/words";
import type { Page } from "../page";

export interface NewSessionActs {
  addSession(words: SessionWords): Promise<boolean>;
}

export type NewSessionPage = Page<{ readonly words: SessionWords }, NewSessionActs>;

export function NewSession({ shown, acts }: NewSessionPage) {
  return (
    <div class="narrow">
      <Top title={say("session.new")} back={{ screen: "sessions", words: say("sessions.title") }} />
      <SessionForm place="session:new" words={shown.words} again onKeep={acts.addSession} />
    </div>
  );
}
