/** How it was together, as it is shown and written: in the private journal, unless somebody shares it. */

import { FEELINGS, type AllianceActs, type AllianceShown, type Felt, type FeltShown } from "../app/parts/alliance";
import type { Json } from "../core/generated/payloads";
import type { State } from "../core/journal";
import { newId } from "../device/device";
import { by, every } from "../views/entities";
import { given } from "../views/fields";
import { carried } from "./acting";
import type { Journal } from "./journal";
import { actIn, privateOf } from "./private";
import type { Draft } from "./refusing";

/** What was said of one session, in this journal and in the private one. */
export function allianceShown(journal: Journal, session: string): AllianceShown {
  const own = privateOf(journal);
  const here = journal.seen.value.state;
  const apart = own?.state !== undefined && own.state.journal !== here.journal ? own.state : undefined;
  const said = [...about(here, session, own?.others ?? false), ...(apart ? about(apart, session, false) : [])];
  return { said: said.sort(by(({ on, id }) => [on, id])), others: own?.others ?? false, private: own?.state !== undefined };
}

function about(state: State, session: string, shared: boolean): FeltShown[] {
  return every(state, "alliance")
    .filter((one) => one.session?.["id"] === session)
    .map(({ id, on, bond, goals, tasks, note }) => ({ id, on, bond, goals, tasks, note: note ?? "", shared }));
}

export function allianceActs(journal: Journal): AllianceActs {
  const where = (shared: boolean) => (shared ? "" : (privateOf(journal)?.state?.journal ?? ""));
  return carried<AllianceActs>({
    recordAlliance: (session, felt) => {
      const id = newId();
      const reference = { journal: journal.id.value, kind: "session", id: session };
      return actIn(journal, where(felt.shared), [recorded(id, journal.today.value, reference, felt)], "done.alliance", [retracted(id)]);
    },
    takeBackAlliance: (felt) => {
      const home = where(felt.shared);
      const states = [journal.seen.value.state, privateOf(journal)?.state];
      const session = states.find((one) => one?.journal === (home || journal.id.value))?.fields("alliance", felt.id)["session"];
      // What was taken back can't be brought back, so undoing that says it anew.
      return actIn(journal, home, [retracted(felt.id)], "done.taken_back", [recorded(newId(), felt.on, session, felt)]);
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
