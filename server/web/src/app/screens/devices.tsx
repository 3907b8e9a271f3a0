/** The devices and scripts of the account: which one is this, what each is called, ending one; and who had access when. */

import { useState } from "preact/hooks";
import { Field } from "../parts/field";
import { Once } from "../parts/once";
import { Top } from "../parts/page";
import { Sure } from "../parts/sure";
import { More, Unfold } from "../parts/unfold";
import { address } from "../router";
import { begun, dateWords, momentWords, type Day } from "../words/days";
import { listWords, say } from "../words/words";
import type { Page } from "../page";

export const SCOPES = ["read", "write", "manage"] as const;
export type Scope = (typeof SCOPES)[number];

export interface DeviceShown {
  readonly id: string;
  readonly name: string;
  readonly kind: "device" | "script" | "connection";
  readonly since: Day;
  readonly ended?: Day;
  readonly here: boolean;
  readonly scopes: readonly Scope[];
}

export interface DevicesShown {
  readonly on: Day;
  readonly paired: boolean;
  /** Undefined until the server told. */
  readonly devices?: readonly DeviceShown[];
  /** What was done to access, in words, the newest first. */
  readonly log: readonly { readonly id: string; readonly at: string; readonly words: string }[];
  readonly made?: { readonly name: string; readonly token: string };
  readonly trouble: string;
}

export interface DevicesActs {
  rename(device: string, name: string): void;
  revoke(device: string): Promise<unknown>;
  makeToken(name: string, scopes: readonly Scope[]): Promise<boolean>;
  /** The token was put where it is needed. */
  toldToken(): void;
}

export type DevicesPage = Page<DevicesShown, DevicesActs>;

export function Devices({ shown, acts }: DevicesPage) {
  const { devices = [], log, on, paired, trouble } = shown;
  const used = devices.filter(({ ended }) => !ended);
  const ended = devices.filter((one) => one.ended);
  return (
    <div class="narrow">
      <Top title={say("devices.title")} back={{ screen: "connect", words: say("connect.title") }}>
        {!paired && <p>{say("devices.alone")}</p>}
        {trouble && <p class="quiet" role="status">{trouble}</p>}
      </Top>
      {used.length > 0 && <ul class="rows">{used.map((one) => <li key={one.id}><Device one={one} on={on} acts={acts} /></li>)}</ul>}
      {ended.length > 0 && (
        <Unfold title={say("devices.ended")}>
          <ul class="rows">{ended.map((one) => <li key={one.id}><span class="grow">{one.name}</span><small>{one.ended && dateWords(one.ended, on)}</small></li>)}</ul>
        </Unfold>
      )}
      {paired && <Tokens shown={shown} acts={acts} />}
      {log.length > 0 && (
        <Unfold title={say("log.title")}>
          <p class="quiet">{say("log.what")}</p>
          <ul class="rows">{log.map((one) => <li key={one.id}><div class="grow">{one.words}<small>{begun(momentWords(one.at))}</small></div></li>)}</ul>
        </Unfold>
      )}
    </div>
  );
}

function Device({ one, on, acts }: { one: DeviceShown; on: Day; acts: DevicesActs }) {
  const [name, setName] = useState(one.name);
  const rename = (event: Event): void => {
    event.preventDefault();
    if (name.trim()) acts.rename(one.id, name.trim());
  };
  const may = one.kind === "script" && say("devices.may", { what: listWords(one.scopes.map((scope) => say(`scope.${scope}`))) });
  return (
    <div class="grow tight">
      <h2>{one.name}</h2>
      <small>{[one.here && say("devices.here"), say(`devices.${one.kind}`), say("devices.since", { day: dateWords(one.since, on) })].filter(Boolean).join(" · ")}</small>
      {may && <p>{may}</p>}
      {one.kind === "connection" ? <p><a href={address("calendar")}>{say("devices.to_connections")}</a></p> : <More title={say("devices.change", { name: one.name })}>
        <form class="bring" onSubmit={rename}>
          <Field label={say("devices.name")}>{(ids) => <input {...ids} value={name} maxLength={100} onInput={(event) => setName(event.currentTarget.value)} />}</Field>
          <button class="act">{say("keep")}</button>
        </form>
        <Sure act={say(one.kind === "script" ? "devices.revoke_script" : "devices.revoke", { name: one.name })} words={say(one.here ? "devices.revoke_here_words" : one.kind === "script" ? "devices.revoke_script_words" : "devices.revoke_words")} onSure={() => acts.revoke(one.id)} />
      </More>}
    </div>
  );
}

function Tokens({ shown, acts }: DevicesPage) {
  return (
    <Unfold title={say("tokens.title")} open={shown.made !== undefined}>
      <div aria-live="polite">{shown.made
        ? <Once title={say("tokens.made", { name: shown.made.name })} words={say("tokens.what")} told={[{ what: say("tokens.token"), text: shown.made.token }]} onNoted={() => acts.toldToken()} />
        : <Asked acts={acts} />}</div>
    </Unfold>
  );
}

function Asked({ acts }: Pick<DevicesPage, "acts">) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [wrong, setWrong] = useState("");
  const make = (event: Event): void => {
    event.preventDefault();
    if (!name.trim()) return setWrong(say("tokens.no_name"));
    if (!scopes.length) return setWrong(say("tokens.no_scope"));
    setWrong("");
    void acts.makeToken(name.trim(), scopes);
  };
  const turn = (scope: Scope, on: boolean): void => setScopes(SCOPES.filter((one) => (one === scope ? on : scopes.includes(one))));
  return (
    <form class="stack" onSubmit={make} noValidate>
      <p>{say("tokens.what")}</p>
      <Field label={say("tokens.name")} wrong={wrong || undefined}>{(ids) => <input {...ids} value={name} maxLength={100} onInput={(event) => setName(event.currentTarget.value)} />}</Field>
      <fieldset class="field">
        <legend>{say("tokens.may")}</legend>
        {SCOPES.map((scope) => (
          <label key={scope} class="choice">
            <input type="checkbox" checked={scopes.includes(scope)} onChange={(event) => turn(scope, event.currentTarget.checked)} />
            <span>{say(`scope.${scope}`)}</span>
          </label>
        ))}
      </fieldset>
      <div class="acts"><button class="act">{say("tokens.make")}</button></div>
    </form>
  );
}
