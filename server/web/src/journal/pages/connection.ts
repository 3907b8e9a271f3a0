/** One connection, and what can be done about it. */

import { go } from "../../app/router";
import type { ConnectionActs, ConnectionFound, ConnectionPage } from "../../app/screens/connection";
import type { Leaving } from "../../app/screens/connections_shown";
import { settingsOf, wrongIn } from "../../app/parts/settings";
import { done } from "../../app/toasts";
import { say } from "../../app/words/words";
import type { ConnectionChange, Previewed } from "../../core/generated/access";
import type { Json } from "../../core/generated/payloads";
import { given } from "../../views/fields";
import { localMoment } from "../../views/moments";
import { carried } from "../acting";
import type { Journal } from "../journal";
import { type KnownOfOne, namedIn, noted, type Outside, outsideOf, standsOf, once } from "../outside";
import { told } from "../told";

export function connection(journal: Journal, id: string): ConnectionPage {
  const outside = outsideOf(journal);
  const paired = journal.link.paired.value && journal.id.value !== "";
  const { value, trouble } = paired ? outside.one(id).get() : { value: undefined, trouble: "" };
  const shownOnce = once.value?.of === id ? once.value : undefined;
  const shown = given<ConnectionPage["shown"]>({ id, paired, trouble, found: value && foundShown(journal, value), told: shownOnce });
  return { shown, acts: connectionActs(outside) };
}

function foundShown(journal: Journal, { plugins, details: { connection: one, letters, log } }: KnownOfOne): ConnectionFound {
  const brought = plugins.flatMap(({ connects = [] }) => connects).find(({ name }) => name === one.to);
  const isOwner = (journal.members.value.find((member) => member.id === journal.account.value)?.role ?? "owner") === "owner";
  const { scopes = [], plain = false, hosts = [], settings = {} } = one;
  return given<ConnectionFound>({
    id: one.id,
    to: one.to,
    title: brought?.title ?? "",
    by: journal.nameOf(one.by),
    kind: brought?.kind ?? "connector",
    stands: standsOf(one),
    isOwn: journal.isOwn(one.by),
    mayBegin: isOwner || one.status !== "asks",
    scopes,
    plain,
    hosts,
    offered: brought?.defaults ?? [],
    settings: settingsOf(brought?.settings ?? {}, namedIn(journal.seen.value.state)),
    values: settings,
    letters: letters.map((letter) => ({ ...letter, at: localMoment(letter.at) })),
    log: log.map(({ at, what, words = "", hosts = "", things = 0 }) => ({ at: localMoment(at), what, words, hosts, things })),
  });
}

function connectionActs(outside: Outside): ConnectionActs {
  return {
    leaving: async (id) => {
      try {
        return (await outside.ask((access, journal) => access.preview(journal, id))).map(leavingOf);
      } catch (error) {
        return told(error);
      }
    },
    check: async (id) => {
      try {
        return await outside.ask((access, journal) => access.checkConnection(journal, id));
      } catch (error) {
        return { ok: false, words: told(error) };
      }
    },
    change: async (id, settings, { scopes, plain }) => {
      try {
        const change = { scopes, plain, ...(Object.keys(settings).length && { settings }) } as ConnectionChange;
        await outside.ask((access, journal) => access.changeConnection(journal, id, change));
      } catch (error) {
        const now = outside.one(id).get().value?.details.connection.settings ?? {};
        return wrongIn(told(error), [...Object.keys(now), ...Object.keys(settings)]);
      }
      done(say("done.connection"));
      await outside.one(id).again();
      return null;
    },
    ...carried<Pick<ConnectionActs, "steer" | "decide" | "end">>({
      steer: async (id, how) => {
        const { failures = 0, error = "" } = await outside.ask((access, journal) => access.steer(journal, id, how));
        done(how === "run" && failures ? say("done.not_through", { words: error }) : say(`done_steering.${how}`));
        await outside.one(id).again();
        return true;
      },
      decide: async (id, letter, how) => {
        await outside.ask((access, journal) => access.steer(journal, id, how, letter));
        done(say(`done_steering.${how}`));
        await outside.one(id).again();
        return true;
      },
      end: async (id) => {
        await outside.ask((access, journal) => access.removeConnection(journal, id));
        outside.forget(id);
        if (once.value?.of === id) noted();
        done(say("done.connection_ended"));
        go("calendar");
        return true;
      },
    }, told),
    noted,
  };
}

/** Fields that say nothing to a person. */
const UNSAID = new Set(["id", "changed_at"]);

function leavingOf({ kind, id, what, view = {}, text = "" }: Previewed): Leaving {
  const parts = Object.entries(view).filter(([name, value]) => !UNSAID.has(name) && value !== null && value !== "");
  return { kind, id, what, text, parts: parts.map(([name, value]) => [name, valueWords(value)] as const) };
}

function valueWords(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
