/** The settings: some are the journal's, some this device's alone, and a rest is an event. */

import type { SettingsActs, SettingsPage } from "../../app/screens/settings";
import { say } from "../../app/words/words";
import type { State } from "../../core/journal";
import { text } from "../../views/fields";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import { prefer, preferences } from "../preferences";
import { Refusal, type Draft } from "../refusing";
import { restShown } from "../shown";

export function settings(journal: Journal): SettingsPage {
  const { state } = journal.seen.value;
  const resting = restShown(journal);
  const timeZone = text(state.fields("journal", state.journal), "time_zone") || Intl.DateTimeFormat().resolvedOptions().timeZone;
  const readOnly = !journal.rights.value.own;
  return { shown: { ...preferences.value, timeZone, ...(resting && { resting }), ...(readOnly && { readOnly }) }, acts: settingsActs(journal) };
}

function settingsActs(journal: Journal): SettingsActs {
  return carried<SettingsActs>({
    set: async ({ timeZone, ...preferred }) => {
      if (Object.keys(preferred).length) await prefer(journal.device, preferred);
      if (timeZone) await act(journal, () => [{ type: "journal.revised", fields: { time_zone: timeZone } }], "done.set");
    },
    rest: (rest) =>
      act(journal, () => [rest ? restUntil(rest.until ?? null, journal.today.value) : { type: "rest.ended", fields: { on: journal.today.value } }], rest ? "done.rest" : "done.rest_ended", (state) => [
        restAsWas(state, journal.today.value),
      ]),
  });
}

function restUntil(until: string | null, on: string): Draft {
  if (until !== null && until < on) throw new Refusal(say("refused.rest_past"));
  return { type: "rest.set", fields: { on, until } };
}

/** The rest that there is now, to be set again. */
function restAsWas(state: State, on: string): Draft {
  const { resting, until, ...rest } = state.fields("rest", state.journal);
  if (resting !== true) return { type: "rest.ended", fields: { on } };
  return { type: "rest.set", fields: { on: text(rest, "on") || on, until: until ?? null } };
}
