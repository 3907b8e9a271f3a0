/** How it was together, as it is shown and written: in the private journal, unless somebody shares it. */

import { FEELINGS, type AllianceActs, type AllianceShown, type Felt, type FeltShown } from "../app/parts/alliance";
import { say } from "../app/words/words";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { newId } from "../device/ids";
import { by, every } from "../views/entities";
import { given } from "../views/fields";
import { carried } from "./acting";
import type { Journal } from "./journal";
import { actIn, privateNow, privateOf } from "./private";
import { Refusal, type Draft } from "./refusing";

/** What was said of one session, in this journal and in the private one; undefined until it is known which that is. */
export function allianceShown(journal: Journal, session: string): AllianceShown | undefined {
  const own = privateOf(journal);
  if (!own) return undefined;
  const here = journal.seen.value.state;
  const apart = own.state !== undefined && own.state.journal !== here.journal ? own.state : undefined;
  const said = [...about(here, session, own.others), ...(apart ? about(apart, session, false) : [])];
  return { said: said.sort(by(({ on, id }) => [on, id])), others: own.others, private: own.state !== undefined };
}

function about(state: State, session: string, shared: boolean): FeltShown[] {
  return every(state, "alliance")
    .filter((one) => one.session?.["id"] === session)
    .map(({ id, on, bond, goals, tasks, note }) => ({ id, on, bond, goals, tasks, note: note ?? "", shared }));
}

export function allianceActs(journal: Journal): AllianceActs {
  return carried<AllianceActs>({
    recordAlliance: async (session, felt) => {
      const id = newId();
      // Looked up anew: somebody may have come into this journal since the page was drawn.
      if (!felt.shared) await journal.link.briefly(); // somebody may have joined what was private
      const home = felt.shared ? journal.id.value : (await privateNow(journal, journal.id.value)).own;
      if (home === undefined) throw new Refusal(say("alliance.say_share"));
      const reference = { journal: journal.id.value, kind: "session", id: session };
      return actIn(journal, home, [recorded(id, journal.today.value, reference, felt)], "done.alliance", [retracted(id)]);
    },
    takeBackAlliance: (felt) => {
      const home = [journal.seen.value.state, privateOf(journal)?.state].find((one) => one?.visible("alliance").includes(felt.id));
      if (!home) return false;
      const session = home.fields("alliance", felt.id)["session"];
      // What was taken back can't be brought back, so undoing that says it anew.
      return actIn(journal, home.journal, [retracted(felt.id)], "done.taken_back", [recorded(newId(), felt.on, session, felt)]);
    },
  });
}

function recorded(id: string, on: string, session: Json | undefined, felt: Felt): Draft {
  const numbers = Object.fromEntries(FEELINGS.map((one) => [one, felt[one] ?? undefined]));
  const fields = given<Record<string, Json>>({ id, on, session, ...numbers, note: felt.note.trim() || undefined });
  return { type: "alliance.recorded", fields };
}

function retracted(id: string): Draft {
  return { type: "alliance.retracted", fields: { id } };
}
