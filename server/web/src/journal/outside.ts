/**
 * What a server knows of calendars and connections, as the pages about them are shown it. Each is asked for when its page is come
 * to. What a server tells once is held here until somebody says that they have it, in memory alone.
 */

import { signal } from "@preact/signals";

import { COLOURS, type FeedShown, type HowItStands, KINDS, NO_FEED, type Offer, type ToldOf, type Values } from "../app/screens/connections_shown";
import { type Named, settingsOf } from "../app/parts/settings";
import type { Connection, ConnectionDetails, PluginEntry } from "../core/generated/access";
import type { Feed } from "../core/generated/messages";
import type { State } from "../core/journal";
import type { Access } from "../device/access";
import { given, text } from "../views/fields";
import { localMoment } from "../views/moments";
import { accessOf, Fetched } from "./fetched";
import type { Journal } from "./journal";

export interface Known {
  readonly feeds: readonly Feed[];
  readonly plugins: readonly PluginEntry[];
  readonly connections: readonly Connection[];
}

export interface KnownOfOne {
  readonly plugins: readonly PluginEntry[];
  readonly details: ConnectionDetails;
}

/** What was told once and is not taken along yet. */
export const once = signal<ToldOf | undefined>(undefined);

export const noted = (): void => {
  once.value = undefined;
};

export class Outside {
  readonly all: Fetched<Known>;
  readonly #ones = new Map<string, Fetched<KnownOfOne>>();

  constructor(readonly journal: Journal) {
    this.all = new Fetched(journal, async (access) => {
      const id = await this.#onServer();
      const [feeds, plugins, connections] = await Promise.all([access.feeds(id), access.plugins(), access.connections(id)]);
      return { feeds, plugins, connections };
    });
  }

  one(id: string): Fetched<KnownOfOne> {
    const found = this.#ones.get(id) ?? new Fetched(this.journal, async (access) => {
      const [plugins, details] = await Promise.all([access.plugins(), access.connection(await this.#onServer(), id)]);
      return { plugins, details };
    });
    this.#ones.set(id, found);
    return found;
  }

  /** What has ended is not to be shown again, as it was, where something else is called so. */
  forget(id: string): void {
    this.#ones.delete(id);
  }

  /** Asks the server of this device for something in this journal. */
  async ask<T>(asked: (access: Access, journal: string) => Promise<T>): Promise<T> {
    return asked(await accessOf(this.journal), await this.#onServer());
  }

  /** The journal in use. One that began a moment ago is brought to the server first, which else knows of none. */
  async #onServer(): Promise<string> {
    const { device, link, id } = this.journal;
    const row = (await device.rows()).find(({ journal }) => journal === id.peek());
    if (row && !row.claimed) await link.now();
    return id.peek();
  }
}

const OF = new WeakMap<Journal, Outside>();

export function outsideOf(journal: Journal): Outside {
  const found = OF.get(journal) ?? new Outside(journal);
  OF.set(journal, found);
  return found;
}

/** What a journal has that a setting can name. */
export function namedIn(state: State): Named {
  return (kinds) => Object.fromEntries(kinds.flatMap((kind) => state.visible(kind).map((id) => {
    const fields = state.fields(kind, id);
    return [id, text(fields, "title") || text(fields, "question") || text(state.fields("goal", text(fields, "goal")), "title") || id];
  })));
}

/** What can be connected to: of plugins that run. */
export function offersOf(plugins: readonly PluginEntry[], named?: Named): readonly Offer[] {
  const brought = plugins.filter((one) => one.enabled && !one.problem).flatMap((one) => one.connects ?? []);
  return brought.map(({ name, kind, title, defaults, settings }) => ({ to: name, kind, title, scopes: defaults, settings: settingsOf(settings, named) }));
}

export function feedShown({ id, name, plain, format, settings = {} }: Feed): FeedShown {
  const { kinds, goals, past_days, alarms, colour, language } = settings;
  const words = {
    name,
    plain,
    kinds: Array.isArray(kinds) ? KINDS.filter((one) => kinds.includes(one)) : NO_FEED.kinds,
    goals: Array.isArray(goals) ? goals.map(String) : [],
    pastDays: String(past_days ?? NO_FEED.pastDays),
    alarms: alarms !== false,
    colour: COLOURS.find((one) => one === colour) ?? NO_FEED.colour,
    language: typeof language === "string" ? language : NO_FEED.language,
  };
  return { id, words, isCalendar: format === "ics", format };
}

/** The settings of a feed as its server takes them. */
export function feedSettings({ kinds, goals, pastDays, alarms, colour, language }: FeedShown["words"]): Values {
  return { kinds: [...kinds], goals: [...goals], past_days: Number(pastDays), alarms, colour, language };
}

export function standsOf(one: Connection): HowItStands {
  const { success_at = 0, next_at = 0, behind = 0, letters = 0 } = one;
  const state = stateOf(one);
  const why = state === "held" ? one.reason : state === "trouble" ? one.error : "";
  const success = success_at ? localMoment(success_at) : undefined;
  return given<HowItStands>({ state, why: why ?? "", success, next: next_at ? localMoment(next_at) : undefined, behind, letters });
}

function stateOf({ status, reason, failures = 0, success_at = 0, error_at = 0 }: Connection): HowItStands["state"] {
  if (status === "asks") return "asks";
  if (status === "paused") return success_at || error_at ? "paused" : "new";
  if (reason) return "held";
  if (failures) return "trouble";
  return success_at ? "works" : "begins";
}
