/** What tests in Python ask of the browser's questionnaires: how forms are read, added up and compared. */

import type { State } from "../../server/web/src/core/journal";
import { INSTRUMENTS } from "../../server/web/src/journal/generated/instruments";
import { reliableChange, worsened, type Form } from "../../server/web/src/views/questionnaires/change";
import { readQuestionnaire } from "../../server/web/src/views/questionnaires/fhir";
import { assessments, repeatedAfter } from "../../server/web/src/views/questionnaires/forms";
import type { Better, ChangeRule, Instrument } from "../../server/web/src/views/questionnaires/instruments";
import { isWorded, rangeOf } from "../../server/web/src/views/questionnaires/instruments";
import { score, type Answers } from "../../server/web/src/views/questionnaires/scoring";

export const questionnaires = (stateOf: (journal: string, log: string) => State) => ({
  score: (instrument: Instrument, all: Answers[]) => all.map((answers) => score(instrument, answers)),
  range: (instrument: Instrument) => [rangeOf(instrument), isWorded(instrument)],
  change: (earlier: number, later: number, rule: ChangeRule | null, better: Better | null) => reliableChange(earlier, later, rule, better),
  worsened: (instruments: Instrument[], forms: Form[]) => worsened(instruments, forms),
  questionnaire: (text: string, name: string) => readQuestionnaire(text, name, INSTRUMENTS),
  repeated: (instrument: Instrument, on: string, earlier: { on: string }[]) => repeatedAfter(instrument, on, earlier) ?? null,
  assessments: (journal: string, log: string) => assessments(stateOf(journal, log)),
});
