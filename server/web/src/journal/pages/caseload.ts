/** The journals that somebody is in as a therapist, read from this device: all of it works without a network. */

import { go } from "../../app/router";
import type { CaseloadActs, CaseloadPage, CaseShown } from "../../app/screens/caseload";
import { say } from "../../app/words/words";
import type { State } from "../../core/journal";
import { byNextSession, caseOf } from "../../views/caseload";
import { given, text } from "../../views/fields";
import { localDay } from "../../views/moments";
import { carried } from "../acting";
import { Read } from "../fetched";
import type { Journal } from "../journal";
import { waitingFor } from "../proposals";

const STATES = new WeakMap<Journal, Read<readonly State[]>>();

export function caseload(journal: Journal): CaseloadPage {
  let states = STATES.get(journal);
  if (!states) STATES.set(journal, (states = new Read(journal, () => shared(journal))));
  const cases = states.get()?.map((state) => caseShown(journal, state)).sort(byNextSession);
  return { shown: { on: journal.today.value, ...(cases && { cases }) }, acts: caseloadActs(journal) };
}

/** The states of the journals that they are a therapist in. */
async function shared(journal: Journal): Promise<State[]> {
  const rows = (await journal.device.rows()).filter((row) => journal.roleIn(row.journal) === "therapist");
  const found: State[] = [];
  for (const row of rows) found.push(await journal.device.state(row.journal));
  return found;
}

function caseShown(journal: Journal, state: State): CaseShown {
  const { next, last, topics, news, newest } = caseOf(state, journal.account.value, journal.today.value, Date.now());
  return given<CaseShown>({
    id: state.journal,
    title: text(state.fields("journal", state.journal), "title") || say("journals.untitled"),
    owners: journal.membersOf(state.journal).filter(({ role }) => role === "owner").map(({ name }) => name),
    next: next && { id: next.id, start: next.start.at },
    topics,
    proposals: waitingFor(journal, state).length,
    news,
    newsOn: newest ? localDay(new Date(newest)) : undefined,
    since: last?.start.at.slice(0, 10),
  });
}

function caseloadActs(journal: Journal): CaseloadActs {
  return carried<CaseloadActs>({
    open: async (id) => {
      await journal.use(id);
      go("today");
    },
    brief: async (id, session) => {
      await journal.use(id);
      go("brief", session);
    },
  });
}
