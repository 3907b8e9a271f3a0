/** Calendar: feeds that any calendar program can subscribe to, and connections to other programs. */

import { NeedsServer } from "../parts/needs_server";
import { Empty, Part, Top } from "../parts/page";
import { More } from "../parts/unfold";
import { address } from "../router";
import { say } from "../words/words";
import type { Page } from "../page";
import { Feeds, type FeedActs } from "./calendar_feeds";
import type { ConnectionLine, FeedShown, Offer, ToldOf } from "./connections_shown";
import { nameOf, offerWords, Stands } from "./connection_words";

export interface CalendarShown {
  readonly paired: boolean;
  /** There is no journal yet that could be shown anywhere. */
  readonly isEmpty: boolean;
  /** Why there is no newer answer of the server's. */
  readonly trouble: string;
  /** What the server knows; undefined until it has answered once. */
  readonly known?: {
    readonly feeds: readonly FeedShown[];
    readonly connections: readonly ConnectionLine[];
    readonly offers: readonly Offer[];
    /** Plugins that don't run there, and why; nothing where they are not switched on. */
    readonly broken: readonly { readonly name: string; readonly words: string }[];
  };
  readonly goals: readonly { readonly id: string; readonly title: string }[];
  readonly told?: ToldOf;
}

export type CalendarPage = Page<CalendarShown, FeedActs>;

export function Calendar({ shown, acts }: CalendarPage) {
  const { known, trouble } = shown;
  return (
    <>
      <Top title={say("place.calendar")} back={{ screen: "more", words: say("nav.more") }} />
      {!shown.paired
        ? <NeedsServer drawing="way" words="calendar.alone" />
        : shown.isEmpty ? <Empty drawing="way" words="calendar.empty"><p><a class="act" href={address("goal_new")}>{say("goals.new")}</a></p></Empty>
        : (
          <>
            {trouble && <p class="part-gap" role="status">{say(known ? "calendar.old" : "calendar.away", { words: trouble })}</p>}
            {known && (
              <div class="two">
                <div><Feeds feeds={known.feeds} goals={shown.goals} told={shown.told} acts={acts} /></div>
                <div><Connections connections={known.connections} offers={known.offers} broken={known.broken} /></div>
              </div>
            )}
          </>
        )}
    </>
  );
}

function Connections({ connections, offers, broken }: Omit<NonNullable<CalendarShown["known"]>, "feeds">) {
  return (
    <>
      <Part title={say("connections.title")}>
        <p class="quiet">{say("connections.what")}</p>
        {connections.length > 0 && (
          <ul class="rows">{connections.map((one) => <li key={one.id}><Line connection={one} /></li>)}</ul>
        )}
      </Part>
      <Part title={say("connections.new")}>
        {offers.length ? <ul class="rows places">{offers.map((one) => <li key={one.to}><OfferLine offer={one} /></li>)}</ul> : <Empty drawing="streams" words="connections.none_offered" />}
        {broken.length > 0 && (
          <More title={say("connections.broken")}>
            <ul class="bullets">{broken.map((one) => <li key={one.name}>{one.name}: {one.words || say("connections.not_enabled")}</li>)}</ul>
          </More>
        )}
      </Part>
    </>
  );
}

function Line({ connection: one }: { connection: ConnectionLine }) {
  return (
    <div class="grow">
      <a class="own" href={address("connection", one.id)}>{one.id}</a>
      <small>{[nameOf(one.to), one.by && say("by", { who: one.by })].filter(Boolean).join(" · ")}</small>
      <Stands stands={one.stands} />
    </div>
  );
}

function OfferLine({ offer }: { offer: Offer }) {
  return (
    <a href={address("connection_new", offer.to)}>
      <b>{nameOf(offer.to)}</b>
      <small>{offerWords(offer.to, offer.title)}</small>
    </a>
  );
}
