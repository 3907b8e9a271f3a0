/** How this browser is connected to a server. */

import { signal } from "@preact/signals";

import type { OneMore } from "../../app/parts/another_device";
import { address, go } from "../../app/router";
import type { ConnectPage } from "../../app/screens/connect";
import { done } from "../../app/toasts";
import { say } from "../../app/words/words";
import { localMoment } from "../../views/moments";
import { accessOf } from "../fetched";
import { keptInvitation } from "../joining";
import type { Journal } from "../journal";
import { told } from "../told";

/** What one more device is connected by, until somebody says that they have it. */
const another = signal<OneMore | undefined>(undefined);

export function connect(journal: Journal): ConnectPage {
  const { kind, error } = journal.link.trouble.value;
  return {
    shown: {
      paired: journal.link.paired.value,
      code: codeIn(location.hash),
      trouble: error === undefined ? "" : told(error),
      signedOut: kind === "signed-out",
      ...(another.value && { another: another.value }),
    },
    acts: {
      connect: (code, name) => connected(journal, code, name),
      syncNow: () => void journal.link.now(),
      anotherDevice: () => oneMore(journal),
      noted: () => (another.value = undefined),
    },
  };
}

/** Pairs this browser; gives back what is wrong, in words. */
async function connected(journal: Journal, code: string, name: string): Promise<string> {
  try {
    const { pair, Server } = await import("../../device/pairing");
    await pair(journal.device, new Server(journal.link.url), code, name);
  } catch (error) {
    return told(error);
  }
  await journal.reopen();
  await journal.link.connected();
  await journal.reopen();
  done(say("connect.done"));
  if (keptInvitation()) go("join");
  return "";
}

/** Makes a code for one more device of the account; gives back what is wrong, in words. */
async function oneMore(journal: Journal): Promise<string> {
  try {
    const { code, expires_at } = await (await accessOf(journal)).deviceCode();
    another.value = { code, link: `${journal.link.url}${address("connect")}#${code}`, until: localMoment(expires_at) };
    return "";
  } catch (error) {
    return told(error);
  }
}

/** A code behind the `#` of an address, which no server is told. */
export function codeIn(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}
