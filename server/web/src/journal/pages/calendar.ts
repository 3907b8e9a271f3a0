/** The calendar feeds of the journal, and what it is connected to. */

import type { CalendarPage } from "../../app/screens/calendar";
import type { FeedActs } from "../../app/screens/calendar_feeds";
import { done } from "../../app/toasts";
import { say } from "../../app/words/words";
import type { Feed } from "../../core/generated/messages";
import { given } from "../../views/fields";
import { carried } from "../acting";
import type { Journal } from "../journal";
import { feedSettings, feedShown, noted, offersOf, type Known, type Outside, outsideOf, standsOf, once } from "../outside";
import { told } from "../told";

export function calendar(journal: Journal): CalendarPage {
  const outside = outsideOf(journal);
  const paired = journal.link.paired.value;
  const isEmpty = !journal.id.value;
  const { value, trouble } = paired && !isEmpty ? outside.all.get() : { value: undefined, trouble: "" };
  const goals = journal.goals.value.map(({ id, title }) => ({ id, title }));
  const shown = given<CalendarPage["shown"]>({ paired, isEmpty, trouble, known: value && knownShown(journal, value), goals, told: feedTold(value) });
  return { shown, acts: feedActs(outside) };
}

/** What was told of a feed; that of a connection is shown on its own page. */
function feedTold(known: Known | undefined): CalendarPage["shown"]["told"] {
  const now = once.value;
  return now && known?.connections.some(({ id }) => id === now.of) ? undefined : now;
}

function knownShown(journal: Journal, { feeds, plugins, connections }: Known): NonNullable<CalendarPage["shown"]["known"]> {
  const offers = offersOf(plugins);
  return {
    feeds: feeds.filter((one) => one.revoked_at === undefined || one.revoked_at === null).map(feedShown),
    connections: connections.map((one) => given<Shown>({
      id: one.id,
      to: one.to,
      title: offers.find(({ to }) => to === one.to)?.title ?? "",
      by: journal.nameOf(one.by),
      stands: standsOf(one),
    })),
    offers,
    broken: plugins.filter((one) => one.problem || !one.enabled).map(({ name, enabled, problem = "" }) => ({ name, words: enabled ? problem : "" })),
  };
}

type Shown = NonNullable<CalendarPage["shown"]["known"]>["connections"][number];

function feedActs(outside: Outside): FeedActs {
  const changed = async (work: () => Promise<unknown>): Promise<string> => {
    try {
      await work();
    } catch (error) {
      return told(error);
    }
    await outside.all.again();
    return "";
  };
  const tellOnce = ({ id, url = "" }: Feed): void => {
    once.value = { of: id, told: [{ what: say("feeds.address"), text: url }] };
  };
  return {
    makeFeed: (words) =>
      changed(async () => {
        const { name, plain } = words;
        tellOnce(await outside.ask((access, journal) => access.addFeed(journal, { format: "ics", name: name.trim(), plain, settings: feedSettings(words) })));
      }),
    changeFeed: async (id, words) => {
      const { name, plain } = words;
      const wrong = await changed(() => outside.ask((access, journal) => access.changeFeed(journal, id, { name: name.trim(), plain, settings: feedSettings(words) })));
      if (!wrong) done(say("done.feed"));
      return wrong;
    },
    ...carried<Pick<FeedActs, "rotateFeed" | "endFeed">>({
      rotateFeed: async (id) => {
        tellOnce(await outside.ask((access, journal) => access.rotateFeed(journal, id)));
        await outside.all.again();
        return true;
      },
      endFeed: async (id) => {
        await outside.ask((access, journal) => access.revokeFeed(journal, id));
        if (once.value?.of === id) noted();
        done(say("done.feed_ended"));
        await outside.all.again();
        return true;
      },
    }, told),
    noted,
  };
}
