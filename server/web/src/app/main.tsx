/** The page that a browser opens: the journal on this device, and the screens on it. */

import { opening } from "../device/opening"; // the first, so that it is asked for first

import { render } from "preact";
import { Device } from "../device/device";
import { actsOn } from "../journal/acts";
import { keepDraftsOn } from "../journal/draft_keeping";
import { Journal } from "../journal/journal";
import { Link } from "../journal/link";
import * as preferences from "../journal/preferences";
import { shownOf } from "../journal/shown";
import { localDay } from "../views/moments";
import { App } from "./app";
import { listen } from "./router";
import "./styles/all.css";
import { offerUpdates } from "./updating";
import { dayWords } from "./words/days";
import { locale, say } from "./words/words";

/** Safari has no such callback. */
const whenIdle: (work: () => void) => unknown = "requestIdleCallback" in window ? (work) => requestIdleCallback(work) : (work) => setTimeout(work);

async function begin(page: HTMLElement): Promise<void> {
  // The first date takes a browser long: its calendar is read while there is nothing to do but wait for the database.
  whenIdle(() => dayWords(localDay(new Date())));
  const device = new Device(await opening);
  const beginning = () => ({ title: say("journal.private"), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", locale: locale.value });
  const link = new Link(device, beginning);
  const journal = new Journal(device, link, () => ({ title: say("journal.first"), locale: locale.value }));
  await Promise.all([preferences.begin(device), keepDraftsOn(device), journal.begin()]);
  listen();
  render(<App shown={shownOf(journal)} acts={actsOn(journal)} />, page);
  await link.begin();
  void navigator.storage?.persist?.();
  offerUpdates();
}

const page = document.getElementById("app");
if (page) void begin(page);
