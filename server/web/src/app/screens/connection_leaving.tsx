/** Exactly what would leave by a connection, thing by thing. Nothing leaves by being looked at. */

import { useEffect, useState } from "preact/hooks";
import { More } from "../parts/unfold";
import { begun } from "../words/days";
import { say } from "../words/words";
import { kindWords, partWords } from "./connection_words";
import type { Leaving } from "./connections_shown";

/** So many things are shown at most. */
const MOST = 50;

interface LeavingNowProps {
  readonly id: string;
  readonly load: (id: string) => Promise<readonly Leaving[] | string>;
  /** Without being asked. */
  readonly now?: boolean;
}

export function LeavingNow({ id, load, now = false }: LeavingNowProps) {
  const [found, setFound] = useState<readonly Leaving[] | string>();
  const [busy, setBusy] = useState(now);
  const look = async (): Promise<void> => {
    setBusy(true);
    setFound(await load(id));
    setBusy(false);
  };
  useEffect(() => void (now && look()), []);
  return (
    <div class="stack" role="status">
      {busy && <p class="quiet">{say("leaving.busy")}</p>}
      {typeof found === "string" && <p>{say("leaving.cannot", { words: found })}</p>}
      {Array.isArray(found) && <Things things={found} />}
      {(!now || typeof found === "string") && <button type="button" class="act slim" disabled={busy} onClick={() => void look()}>{say("leaving.look")}</button>}
    </div>
  );
}

/** So many are shown whole; of more, each opens. */
const WHOLE = 3;

function Things({ things }: { things: readonly Leaving[] }) {
  if (!things.length) return <p>{say("leaving.nothing")}</p>;
  const few = things.length <= WHOLE;
  return (
    <>
      <ul class="rows">
        {things.map((one) => (
          <li key={`${one.kind} ${one.id}`}>{few ? <Thing thing={one} /> : <More title={lineOf(one)}><Thing thing={one} /></More>}</li>
        ))}
      </ul>
      <p class="quiet">{say(things.length < MOST ? "leaving.all" : "leaving.first", { n: things.length })}</p>
    </>
  );
}

/** What it is, and what it is called there. */
function lineOf({ kind, what, parts }: Leaving): string {
  const called = parts.find(([part]) => part === "title" || part === "text" || part === "on")?.[1];
  const words = begun(kindWords(kind));
  if (what !== "changed") return `${words} · ${say(`leaving.${what}`)}`;
  return called ? `${words} · ${called}` : words;
}

function Thing({ thing }: { thing: Leaving }) {
  return (
    <div class="grow tight">
      <h3>{begun(kindWords(thing.kind))}</h3>
      {thing.what !== "changed" && <p class="quiet">{say(`leaving.${thing.what}`)}</p>}
      {thing.text
        ? <pre class="sent">{thing.text}</pre>
        : (
          <dl class="leaves">
            {thing.parts.map(([part, value]) => (
              <div key={part}>
                <dt class="quiet">{partWords(part)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
    </div>
  );
}
