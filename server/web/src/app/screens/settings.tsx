/** Settings: resting, the language, light or dark, the time zone, and how much shows. Each counts at once. */

import { useState } from "preact/hooks";
import { Choice } from "../parts/choice";
import { DayField, Field } from "../parts/field";
import { Part, Top } from "../parts/page";
import { dayWords } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import type { Day, SettingsShown } from "./shown";

/** Languages by what they call themselves. */
const LANGUAGES = { en: "English", de: "Deutsch" } as const;
const THEMES = ["system", "light", "dark"] as const;

export interface SettingsActs {
  set(changed: Partial<SettingsShown>): void;
  /** A time in which nothing is asked; null ends it. */
  rest(rest: { readonly until?: Day } | null): void;
}

export type SettingsPage = Page<SettingsShown, SettingsActs>;

export function Settings({ shown, acts }: SettingsPage) {
  return (
    <div class="narrow">
      <Top title={say("place.settings")} back={{ screen: "more", words: say("nav.more") }} />
      {!shown.readOnly && <Rest shown={shown} acts={acts} />}
      <section class="part stack">
        <Choice
          legend={say("settings.language")}
          options={[["", say("settings.as_device")], ...Object.entries(LANGUAGES)]}
          value={shown.language}
          onChoose={(language) => acts.set({ language })}
        />
      </section>
      <section class="part stack">
        <Choice
          legend={say("settings.theme")}
          options={THEMES.map((one) => [one, say(one === "system" ? "settings.as_device" : `settings.${one}`)] as const)}
          value={shown.theme}
          onChoose={(theme) => acts.set({ theme: theme as SettingsShown["theme"] })}
        />
      </section>
      {!shown.readOnly && <section class="part stack">
        <Field label={say("settings.zone")} hint={say("settings.zone_hint")}>
          {(ids) => (
            <select {...ids} value={shown.timeZone} onChange={(event) => acts.set({ timeZone: event.currentTarget.value })}>
              {zones(shown.timeZone).map((one) => <option key={one} value={one}>{one.replaceAll("_", " ")}</option>)}
            </select>
          )}
        </Field>
      </section>}
      <Part title={say("settings.discreet")}>
        <label class="choice">
          <input type="checkbox" checked={shown.discreet} onChange={(event) => acts.set({ discreet: event.currentTarget.checked })} />
          <span>{say("settings.discreet_words")}</span>
        </label>
      </Part>
    </div>
  );
}

/** A time in which nothing is asked. It ends by itself on a day, or when somebody ends it. */
function Rest({ shown, acts }: SettingsPage) {
  const [until, setUntil] = useState("");
  const { resting } = shown;
  return (
    <Part title={say("settings.rest")}>
      {resting
        ? (
          <div class="stack">
            <p>{resting.until ? say("today.resting_until", { day: dayWords(resting.until) }) : say("today.resting")}</p>
            <button type="button" class="act" onClick={() => acts.rest(null)}>{say("settings.rest_end")}</button>
          </div>
        )
        : (
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              acts.rest(until ? { until } : {});
            }}
          >
            <p class="quiet">{say("settings.rest_words")}</p>
            <DayField label={say("settings.rest_until")} hint={say("settings.rest_until_hint")} value={until} onInput={setUntil} />
            <button class="act">{say("settings.rest_begin")}</button>
          </form>
        )}
    </Part>
  );
}

/** Every time zone that the browser knows, the chosen one among them. */
function zones(chosen: string): string[] {
  return [...new Set([chosen, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
}
