/** The fields for what a plugin asks, each as the browser has it. Knows no plugin, and not where it goes. */

import { useId } from "preact/hooks";
import { isKey, say } from "../words/words";
import { Several } from "./choice";
import { Field } from "./field";
import { type AllTyped, begun, type Setting, type Typed } from "./settings";

interface SettingsFieldsProps {
  /** What it is to: what comes with Milepost is said in the reader's language, all else in its author's. */
  readonly of: string;
  readonly settings: readonly Setting[];
  readonly typed: AllTyped;
  readonly set: (typed: AllTyped) => void;
  /** What is wrong with a setting, by its name. */
  readonly wrong: Readonly<Record<string, string>>;
  /** They are set already: a secret that there is stays where nothing is typed. */
  readonly kept?: boolean;
}

export function SettingsFields({ of, settings, typed, set, wrong, kept = false }: SettingsFieldsProps) {
  return (
    <>
      {settings.map((one) => (
        <SettingField
          key={one.name}
          of={of}
          setting={one}
          value={typed[one.name] ?? ""}
          wrong={wrong[one.name]}
          kept={kept}
          onTyped={(value) => set({ ...typed, [one.name]: value })}
        />
      ))}
    </>
  );
}

interface SettingFieldProps {
  readonly of: string;
  readonly setting: Setting;
  readonly value: Typed;
  readonly wrong: string | undefined;
  readonly kept: boolean;
  readonly onTyped: (value: Typed) => void;
}

function SettingField({ of, setting, value, wrong, kept, onTyped }: SettingFieldProps) {
  const { form, needed, secret } = setting;
  const isOptional = !needed && begun([setting])[setting.name] === "";
  const label = labelOf(of, setting) + (isOptional ? ` ${say("setting.optional")}` : "");
  const hint = [hintOf(of, setting), secret && kept && say("setting.kept"), form.as === "list" && say("setting.lines")].filter(Boolean).join(" ");
  if (form.as === "yes") return <Tick label={label} hint={hint} wrong={wrong} value={value === true} onTyped={onTyped} />;
  if (form.as === "some") return <Several legend={label} hint={hint} wrong={wrong} of={form.of.map(String)} value={value as readonly string[]} onTyped={onTyped} />;
  const text = String(value);
  const typed = (event: Event): void => onTyped((event.currentTarget as HTMLInputElement).value);
  return (
    <Field label={label} hint={hint || undefined} wrong={wrong}>
      {(ids) => {
        switch (form.as) {
          case "one":
            return (
              <select {...ids} value={text} onChange={typed}>
                {(needed && text !== "" ? [] : [""]).concat(form.of.map(String).filter(Boolean)).map((one) => <option key={one} value={one}>{form.words?.[one] ?? (one || "–")}</option>)}
              </select>
            );
          case "list":
            return <textarea {...ids} rows={2} value={text} onInput={typed} autocomplete="off" spellcheck={false} />;
          case "number":
            return <input {...ids} class="short" inputMode={form.whole ? "numeric" : "decimal"} value={text} onInput={typed} autocomplete="off" />;
          case "words":
          case "json":
            return <input {...ids} type={form.type as "text"} value={text} onInput={typed} autocomplete={secret ? "new-password" : "off"} autocapitalize="off" spellcheck={false} />;
        }
      }}
    </Field>
  );
}

function labelOf(of: string, { name, label }: Setting): string {
  const named = `${of}_${name}`;
  const key = `setting.${named}`;
  return isKey(key) ? say(key) : label.charAt(0).toUpperCase() + label.slice(1);
}

function hintOf(of: string, { name, hint }: Setting): string {
  const named = `${of}_${name}`;
  const key = `setting_hint.${named}`;
  return isKey(key) ? say(key) : hint;
}

interface TickProps {
  readonly label: string;
  readonly hint: string;
  readonly wrong: string | undefined;
  readonly value: boolean;
  readonly onTyped: (value: boolean) => void;
}

function Tick({ label, hint, wrong, value, onTyped }: TickProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="choice">
        <input type="checkbox" checked={value} aria-describedby={wrong ? `${id}-wrong` : undefined} onChange={(event) => onTyped(event.currentTarget.checked)} />
        <span>
          {label}
          <small>{hint}</small>
        </span>
      </label>
      {wrong && <p class="wrong" id={`${id}-wrong`}>{wrong}</p>}
    </div>
  );
}
