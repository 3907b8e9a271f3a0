/** A connection that is to begin. It is made held, so that what would leave can be looked at first. */

import { go } from "../../app/router";
import type { ConnectionNewPage, NewConnection } from "../../app/screens/connection_new";
import { type Wrong, wrongIn } from "../../app/parts/settings";
import { isKey, say } from "../../app/words/words";
import type { Connection, ConnectionRequest } from "../../core/generated/access";
import { given } from "../../views/fields";
import type { Journal } from "../journal";
import { namedIn, offersOf, type Outside, outsideOf, once } from "../outside";
import { told } from "../told";

export function connectionNew(journal: Journal, to: string): ConnectionNewPage | null {
  const outside = outsideOf(journal);
  const paired = journal.link.paired.value && journal.id.value !== "";
  const { value, trouble } = paired ? outside.all.get() : { value: undefined, trouble: "" };
  const offer = value && offersOf(value.plugins, namedIn(journal.seen.value.state)).find((one) => one.to === to);
  if (value && !offer) return null;
  return { shown: given<ConnectionNewPage["shown"]>({ paired, trouble, offer }), acts: { connect: (of, wanted) => connected(outside, of, wanted) } };
}

async function connected(outside: Outside, to: string, { name, settings, scopes, plain }: NewConnection): Promise<Wrong | null> {
  const id = idOf(name);
  try {
    const asked = { to, settings, scopes, plain, paused: true, ...(id && { id }) } as ConnectionRequest;
    const made = await outside.ask((access, journal) => access.addConnection(journal, asked));
    tellOnce(made);
    outside.forget(made.id);
    go("connection", made.id);
    return null;
  } catch (error) {
    return wrongIn(told(error), Object.keys(outside.all.get().value?.plugins.flatMap((one) => one.connects ?? []).find((one) => one.name === to)?.settings["properties"] ?? {}));
  }
}

const SPELT: Readonly<Record<string, string>> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" };

/** What a connection is called: a name becomes one of small letters, digits and hyphens. */
export function idOf(name: string): string {
  const spelt = name.toLowerCase().replace(/[äöüß]/g, (letter) => SPELT[letter] ?? letter);
  const plain = spelt.normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.replace(/[^a-z0-9]+/g, "-").slice(0, 60).replace(/^-+|-+$/g, "");
}

/** An inbox's address, and secrets that nobody gave and that were made up. */
function tellOnce({ id, to, address, made_up = {} }: Connection): void {
  const secrets = Object.entries(made_up).map(([name, text]) => {
    const named = `${to}_${name}`;
    const key = `setting.${named}`;
    return { what: isKey(key) ? say(key) : name, text };
  });
  const all = [...(address ? [{ what: say("connection.address"), text: address }] : []), ...secrets];
  if (all.length) once.value = { of: id, told: all };
}
