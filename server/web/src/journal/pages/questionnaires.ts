/** The questionnaires there are, and when each was filled in last. */

import type { QuestionnaireLine, QuestionnairesPage } from "../../app/screens/questionnaires";
import { given } from "../../views/fields";
import { assessments } from "../../views/questionnaires/forms";
import { isWorded } from "../../views/questionnaires/instruments";
import { carried } from "../acting";
import type { Journal } from "../journal";
import { bring, forget, instruments, isBrought } from "../questionnaires";

export function questionnaires(journal: Journal): QuestionnairesPage | undefined {
  const known = instruments(journal.device);
  if (!known) return undefined;
  const own = assessments(journal.seen.value.state).filter(({ actor }) => journal.isOwn(actor));
  const lines = known.map((one) =>
    given<QuestionnaireLine>({
      id: one.id,
      title: one.title,
      questions: one.items.length,
      worded: isWorded(one),
      brought: isBrought(one.id),
      last: own.findLast(({ instrument }) => instrument === one.id)?.on,
    }),
  );
  return {
    shown: { on: journal.today.value, lines },
    acts: { bringForm: (file) => bring(journal.device, file), ...carried<{ forgetForm(id: string): void }>({ forgetForm: (id) => forget(journal.device, id) }) },
  };
}
