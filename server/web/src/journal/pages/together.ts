/** Who is in a journal, and what they propose. */

import type { TogetherActs, TogetherPage } from "../../app/screens/together";
import { say } from "../../app/words/words";
import type { State } from "../../core/journal";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import { proposalsShown } from "../proposals";
import { Refusal, type Draft } from "../refusing";

export function together(journal: Journal): TogetherPage {
  const members = journal.members.value.map(({ id, name, role }) => ({ id, name, role, you: id === journal.account.value, sees: [] }));
  const acts = carried<TogetherActs>({
    decide: (id, accepted) =>
      act(journal, (state) => [decided(state, id, accepted, journal.today.value)], accepted ? "done.accepted" : "done.declined"),
  });
  return { shown: { members, proposals: proposalsShown(journal) }, acts };
}

/** An answer to a proposal; agreeing sets what was proposed, if it is still about what was there. */
function decided(state: State, id: string, accepted: boolean, on: string): Draft {
  const fields = state.fields("proposal", id);
  if (fields["decision"]) throw new Refusal(say("refused.decided"));
  const answer = { id, decision: accepted ? "accepted" : "declined", on };
  return { type: "proposal.decided", fields: accepted ? { ...answer, accepted: fields["change"] ?? null } : answer };
}
