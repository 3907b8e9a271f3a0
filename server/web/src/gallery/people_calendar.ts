/** Made-up feeds and connections, for looking at the pages about them. None of it is part of the app. */

import type { CalendarShown } from "../app/screens/calendar";
import type { ConnectionFound } from "../app/screens/connection";
import { type FeedShown, type Leaving, NO_FEED, type Offer } from "../app/screens/connections_shown";
import { settingsOf } from "../app/parts/settings";
import type { Json } from "../core/generated/payloads";
import schemas from "./generated/schemas.json";

const schemaOf = (name: keyof typeof schemas): Record<string, Json> => schemas[name] as Record<string, Json>;

const LONG = "A feed for the kitchen wall of the round house, where the dragon next door and all the geese can read it";

const FEEDS: readonly FeedShown[] = [
  { id: "f1", words: { ...NO_FEED, name: "Phone" }, isCalendar: true, format: "ics" },
  { id: "f2", words: { ...NO_FEED, name: LONG, plain: true, kinds: ["milestones", "sessions"], goals: ["g1"] }, isCalendar: true, format: "ics" },
  { id: "f3", words: { ...NO_FEED, name: "" }, isCalendar: false, format: "csv" },
];

const SHELF: Record<string, Json> = {
  type: "object",
  required: ["url", "token"],
  properties: {
    url: { type: "string", description: "Where the shelf is." },
    token: { type: "string", format: "password", writeOnly: true, description: "The key of the shelf." },
    days: { type: "integer", minimum: 1, default: 14, description: "How many days to look ahead." },
    loud: { type: "boolean", default: false, description: "Whether it rings." },
    how: { enum: ["by hand", "by goose"], default: "by hand", description: "How things are put there." },
    rooms: { type: "array", items: { type: "string" }, default: [], description: "Where to put things." },
    on: { type: "array", items: { enum: ["Monday", "Friday"] }, default: ["Monday"], description: "On which days." },
    more: { anyOf: [{ type: "object" }, { type: "null" }], default: null, description: "Whatever else the shelf is to know." },
  },
};

export const OFFERS: Readonly<Record<"caldav" | "fhir" | "webhook" | "health-auto-export" | "shelf" | "box", Offer>> = {
  caldav: { to: "caldav", kind: "connector", title: "", scopes: ["dates", "titles"], settings: settingsOf(schemaOf("caldav")) },
  fhir: { to: "fhir", kind: "connector", title: "", scopes: ["dates", "numbers", "titles"], settings: settingsOf(schemaOf("fhir")) },
  "health-auto-export": { to: "health-auto-export", kind: "inbox", title: "", scopes: ["dates", "numbers", "titles"], settings: settingsOf(schemaOf("health-auto-export")) },
  webhook: { to: "webhook", kind: "connector", title: "", scopes: ["dates", "numbers", "titles"], settings: settingsOf(schemaOf("webhook")) },
  shelf: { to: "shelf", kind: "connector", title: "Puts things onto a shelf of the marmalade works", scopes: ["titles"], settings: settingsOf(SHELF) },
  box: { to: "box", kind: "inbox", title: "Takes in numbers that the moon ferry sends", scopes: [], settings: [] },
};

export const CALENDAR: CalendarShown = {
  paired: true,
  isEmpty: false,
  trouble: "",
  known: {
    feeds: FEEDS,
    connections: [
      { id: "kitchen-wall", to: "caldav", title: "", stands: { state: "works", why: "", success: "2031-03-13T08:15", behind: 2, letters: 1 } },
      { id: "shelf", to: "shelf", title: OFFERS.shelf.title, stands: { state: "trouble", why: "The shelf answered 503.", success: "2031-03-10T21:00", next: "2031-03-13T09:30", behind: 7, letters: 0 } },
      { id: "webhook-for-the-very-long-night-train-to-the-harbour-of-geese", to: "webhook", title: "", by: "Dr Ito", stands: { state: "asks", why: "", behind: 0, letters: 0 } },
    ],
    offers: Object.values(OFFERS),
    broken: [{ name: "marmalade", words: "The plugin needs a newer Milepost." }, { name: "geese", words: "" }],
  },
  goals: [{ id: "g1", title: "Say what I need, even to the dragon next door" }, { id: "g3", title: "Walk down to the harbour" }],
};

export const TOLD_FEED = { of: "f1", told: [{ what: "The secret address", text: "https://goals.example.org/feeds/3vQ0aZp2mW6yT8kLr1xN4bC7dE9fG5hJ2sU0iO3wA1M.ics" }] };
export const ONE_MORE = { link: "https://goals.example.org/connect#K7QM-2XTP", code: "K7QM-2XTP", until: "2031-03-13T09:35" };
export const TOLD_BOX = { of: "box", told: [{ what: "The secret address of this inbox", text: "https://goals.example.org/in/3vQ0aZp2mW6yT8kLr1xN4bC7dE9fG5hJ2sU0iO3wA1M" }, { what: "The secret that signs it", text: "whsec_bm90IGEgc2VjcmV0LCBqdXN0IGdlZXNl" }] };

export const CONNECTION: ConnectionFound = {
  ...(CALENDAR.known?.connections[0] as NonNullable<CalendarShown["known"]>["connections"][number]),
  kind: "connector",
  isOwn: true,
  mayBegin: true,
  scopes: ["dates", "titles"],
  plain: false,
  offered: ["dates", "titles"],
  hosts: ["calendar.example.org"],
  settings: OFFERS.caldav.settings,
  values: { url: "https://calendar.example.org", username: "robin", password: "(set)", tasks: "", appointments: "", due: false },
  letters: [{ id: "m1", kind: "milestone", reason: "The calendar said that a title of 4,000 letters does not fit onto the kitchen wall.", tries: 3, at: "2031-03-12T17:02" }],
  log: [
    { at: "2031-03-13T08:15", what: "sent", words: "2 milestones: title, due", hosts: "calendar.example.org", things: 2 },
    { at: "2031-03-12T17:02", what: "rejected", words: "milestone: title", hosts: "calendar.example.org", things: 1 },
    { at: "2031-03-12T17:01", what: "took in", words: "1 changed", hosts: "", things: 1 },
    { at: "2031-03-12T17:00", what: "said", words: "A list of tasks was made.", hosts: "", things: 0 },
  ],
};

export const NOT_BEGUN: ConnectionFound = { ...CONNECTION, id: "shelf", to: "shelf", title: OFFERS.shelf.title, stands: { state: "new", why: "", behind: 0, letters: 0 }, letters: [], log: [], settings: OFFERS.shelf.settings, values: {} };
export const INBOX: ConnectionFound = { ...NOT_BEGUN, id: "box", to: "box", title: OFFERS.box.title, kind: "inbox", settings: [], hosts: [], scopes: [] };

export const LEAVING: readonly Leaving[] = [
  { id: "g1", kind: "goal", what: "changed", text: "", parts: [["title", "Goal"], ["due", "2031-05-30"], ["steps", "3"]] },
  { id: "m2", kind: "milestone", what: "changed", text: "BEGIN:VTODO\nSUMMARY:Step 2 of 3\nDUE;VALUE=DATE:20310316\nEND:VTODO", parts: [] },
  { id: "m9", kind: "milestone", what: "removed", text: "", parts: [] },
];
