/** Other devices: connects this browser to a server by a one-time code, and says how it stands with it. */

import { useState } from "preact/hooks";
import { AnotherDevice, type OneMore } from "../parts/another_device";
import { Field } from "../parts/field";
import { Top } from "../parts/page";
import { address } from "../router";
import { say } from "../words/words";
import type { Page } from "../page";
import type { ConnectShown } from "./shown";

export interface ConnectActs {
  /** Gives back what is wrong with the code, in words; nothing where it was taken. */
  connect(code: string, name: string): Promise<string>;
  syncNow(): void;
  /** Makes a code for one more device; gives back what is wrong, in words, where there is none. */
  anotherDevice(): Promise<string>;
  /** That code is taken along. */
  noted(): void;
}

/** `another` is what one more device is connected by, where that was asked for. */
export type ConnectPage = Page<ConnectShown & { readonly another?: OneMore }, ConnectActs>;

export function Connect({ shown, acts }: ConnectPage) {
  const asks = !shown.paired || shown.signedOut;
  return (
    <div class="narrow stack">
      <Top title={say("connect.title")} />
      <p role="status">{say(shown.signedOut ? "connect.out" : shown.paired ? "connect.on" : "connect.alone")}</p>
      {shown.trouble && !shown.signedOut && <p class="quiet">{say("connect.trouble", { words: shown.trouble })}</p>}
      {shown.paired && !shown.signedOut && <p><a href={address("devices")}>{say("devices.all")}</a></p>}
      {asks
        ? <Code key={shown.code} shown={shown} acts={acts} />
        : (
          <>
            <div class="acts"><button type="button" class="act" onClick={() => acts.syncNow()}>{say("connect.now")}</button></div>
            <AnotherDevice made={shown.another} make={acts.anotherDevice} onNoted={acts.noted} />
          </>
        )}
    </div>
  );
}

function Code({ shown, acts }: ConnectPage) {
  const [code, setCode] = useState(shown.code);
  const [name, setName] = useState(say("connect.name_first"));
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const connect = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!code.trim()) return setWrong(say("connect.no_code"));
    setBusy(true);
    setWrong(await acts.connect(code.trim(), name.trim() || say("connect.name_first")));
    setBusy(false);
  };
  return (
    <form class="stack" onSubmit={(event) => void connect(event)} noValidate>
      <Field label={say("connect.code")} hint={say("connect.code_hint")} wrong={wrong || undefined}>
        {(ids) => <input {...ids} value={code} autocomplete="one-time-code" autocapitalize="characters" spellcheck={false} onInput={(event) => setCode(event.currentTarget.value)} />}
      </Field>
      <Field label={say("connect.name")}>
        {(ids) => <input {...ids} value={name} onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <div class="acts"><button class="act main" disabled={busy}>{say("connect.go")}</button></div>
    </form>
  );
}
