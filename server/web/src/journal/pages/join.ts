/** Joining a journal by an invitation's code, with this browser's account or a new one. */

import { signal } from "@preact/signals";
import { go } from "../../app/router";
import type { JoinActs, JoinPage, OpenedShown } from "../../app/screens/join";
import { done } from "../../app/toasts";
import { say } from "../../app/words/words";
import type { InvitationSeen } from "../../core/generated/access";
import type { ServerProblem } from "../../device/server";
import { localDay } from "../../views/moments";
import { accessOf } from "../fetched";
import { keepInvitation, keptInvitation } from "../joining";
import type { Journal } from "../journal";
import { told } from "../told";
import { codeIn } from "./connect";

/** What was looked at last: by which code, what it opens, and what is wrong with it. */
interface Looked {
  readonly code: string;
  readonly seen?: InvitationSeen;
  /** Its words may come after it: with the page. */
  readonly error?: unknown;
}

const looked = signal<Looked>({ code: "" });

export function join(journal: Journal): JoinPage {
  const code = codeIn(location.hash) || keptInvitation();
  const { seen, error, code: at } = looked.value;
  const wrong = error === undefined ? "" : whyNot(error);
  if (code && code !== at) void look(journal, code);
  const opened: OpenedShown | undefined = seen && {
    code: at,
    title: seen.title,
    role: seen.role,
    by: seen.invited_by,
    until: localDay(new Date(seen.expires_at)),
    members: seen.members.map(({ name, role }) => ({ name, role })),
    waits: seen.waits,
  };
  return { shown: { on: journal.today.value, code: at || code, paired: journal.link.paired.value, ...(opened && { opened }), wrong }, acts: joinActs(journal) };
}

/** Looking uses nothing up. */
async function look(journal: Journal, code: string): Promise<string> {
  looked.value = { code };
  try {
    const seen = await (await accessOf(journal)).look(code);
    looked.value = { code, seen };
    keepInvitation(code);
    return "";
  } catch (error) {
    looked.value = { code, error };
    return whyNot(error);
  }
}

function joinActs(journal: Journal): JoinActs {
  return {
    look: (code) => look(journal, code),
    another: () => {
      forgetCode();
      looked.value = { code: "" };
    },
    join: async (code, account, device) => {
      const seen = looked.peek().seen;
      try {
        if (journal.link.paired.value) {
          await (await accessOf(journal)).join(code);
          await journal.link.now();
        } else {
          const { pair, Server } = await import("../../device/pairing");
          await pair(journal.device, new Server(journal.link.url), code, device, account);
          await journal.link.connected();
        }
      } catch (error) {
        return whyNot(error);
      }
      await journal.use(seen?.journal ?? "");
      forgetCode();
      looked.value = { code: "" };
      done(say("join.done"));
      go("together");
      return "";
    },
  };
}

/** A code that was used stands in no address any more. */
function forgetCode(): void {
  keepInvitation("");
  if (location.hash) history.replaceState(null, "", location.pathname);
}

function whyNot(error: unknown): string {
  const { code = "" } = error as Partial<ServerProblem>;
  if (code === "pairing-code") return say("join.refused");
  return code === "not-allowed" ? say("join.not_allowed") : told(error);
}
