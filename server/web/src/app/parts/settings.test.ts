import { expect, test } from "vitest";
import type { Json } from "../../core/generated/payloads";
import schemas from "../../gallery/generated/schemas.json";
import { COLOURS, FEED_LANGUAGES, KINDS, MOST_PAST_DAYS, NO_FEED } from "../screens/connections_shown";
import { asked, begun, settingsOf, wrongIn } from "./settings";

const of = (name: keyof typeof schemas) => settingsOf(schemas[name] as Record<string, Json>);
const forms = (name: keyof typeof schemas) => Object.fromEntries(of(name).map((one) => [one.name, `${one.form.as}${one.needed ? " needed" : ""}${one.secret ? " secret" : ""}`]));

test("whatever comes with Milepost is asked for in fields, and nothing of it as JSON", () => {
  expect(forms("caldav")).toEqual({
    url: "words needed", username: "words needed", password: "words needed secret", tasks: "words", appointments: "words", due: "yes",
  });
  expect(forms("webhook")).toEqual({ url: "words needed", secret: "words secret", previous_secret: "words secret", kinds: "words" });
  expect(forms("notify")).toEqual({ url: "words needed secret" });
  expect(forms("ics")).toEqual({ kinds: "some", goals: "list", past_days: "number", alarms: "yes", colour: "one", language: "one" });
  for (const name of Object.keys(schemas) as (keyof typeof schemas)[]) {
    for (const { form, label, secret } of of(name)) {
      expect(form.as).not.toBe("json");
      expect(label).not.toBe("");
      if (secret) expect(form).toMatchObject({ type: "password" });
    }
  }
});

test("what a setting names is chosen among what the journal has, by its title", () => {
  const has = { practice: { p1: "Breathing" }, goal: { g1: "Sleep through" } };
  const named = (kinds: readonly string[]) => Object.assign({}, ...kinds.map((kind) => has[kind as keyof typeof has] ?? {})) as Record<string, string>;
  const [mindful] = settingsOf(schemas["health-json"] as Record<string, Json>, named);
  expect(mindful?.form).toEqual({ as: "one", of: ["p1", "g1"], words: { p1: "Breathing", g1: "Sleep through" } });
  expect(asked([mindful!], { mindful: "g1" }).values).toEqual({ mindful: "g1" });
  expect(asked([mindful!], { mindful: "" }, { mindful: "g1" }).values).toEqual({ mindful: null });
});

test("a hint is found wherever the author put it", () => {
  expect(of("webhook").every(({ hint }) => hint.length > 10)).toBe(true);
});

test("the form of a feed has what the calendar format takes, with the same defaults", () => {
  const { kinds, past_days, colour, language, goals, alarms } = Object.fromEntries(of("ics").map((one) => [one.name, one]));
  expect(kinds?.default).toEqual(NO_FEED.kinds);
  expect(kinds?.form).toEqual({ as: "some", of: KINDS });
  expect(colour?.form).toEqual({ as: "one", of: [...COLOURS].sort() });
  expect(language?.form).toEqual({ as: "one", of: ["", ...Object.keys(FEED_LANGUAGES)].sort() });
  expect(past_days?.form).toEqual({ as: "number", whole: true, low: 0, high: MOST_PAST_DAYS });
  expect([String(past_days?.default), colour?.default, language?.default, goals?.default, alarms?.default]).toEqual([
    NO_FEED.pastDays, NO_FEED.colour, NO_FEED.language, NO_FEED.goals, NO_FEED.alarms,
  ]);
});

const SHELF = settingsOf({
  required: ["url", "token", "loud"],
  properties: {
    url: { type: "string", pattern: "^https?://", minLength: 8, maxLength: 30 },
    token: { $ref: "#/$defs/Token" },
    loud: { type: "boolean" },
    days: { type: "integer", minimum: 1, exclusiveMaximum: 100, default: 14 },
    weight: { anyOf: [{ type: "number" }, { type: "null" }], default: null },
    rooms: { type: "array", items: { type: "string" }, default: [] },
    doors: { type: "array", items: { enum: ["front", "back"] }, default: ["front"] },
    on: { type: "string", format: "date", default: "" },
    how: { enum: [1, 2], default: 1 },
    place: { $ref: "#/$defs/Place", default: { room: "hall" } },
    either: { anyOf: [{ type: "integer" }, { type: "string" }], default: 0 },
  },
  $defs: {
    Token: { type: "string", format: "password", writeOnly: true, title: "Key" },
    Place: { type: "object", properties: { room: { type: "string" }, inner: { $ref: "#/$defs/Place" } } },
  },
});
const first = begun(SHELF);

test("every kind of setting begins with what is so by default", () => {
  expect(first).toEqual({
    url: "", token: "", loud: false, days: "14", weight: "", rooms: "", doors: ["front"], on: "", how: "1", place: '{"room":"hall"}', either: "0",
  });
  expect(Object.fromEntries(SHELF.map(({ name, form }) => [name, form.as]))).toEqual({
    url: "words", token: "words", loud: "yes", days: "number", weight: "number", rooms: "list", doors: "some", on: "words", how: "one", place: "json", either: "json",
  });
});

test("what was changed is asked for, as the schema wants it, and what is needed in any case", () => {
  const typed = { ...first, url: " https://example.org ", token: " key ", days: "7", weight: "1,5", rooms: "hall\n\n attic ", doors: ["back"], how: "2", place: '{"room":"attic"}', either: "x" };
  expect(asked(SHELF, typed)).toEqual({
    values: { url: "https://example.org", token: " key ", loud: false, days: 7, weight: 1.5, rooms: ["hall", "attic"], doors: ["back"], how: 2, place: { room: "attic" }, either: "x" },
    wrong: new Map(),
  });
});

test("what can't be used is said before a server is asked", () => {
  const wrong = (changed: Record<string, string>) => Object.fromEntries([...asked(SHELF, { ...first, url: "https://example.org", token: "k", ...changed }).wrong].map(([name, { key }]) => [name, key]));
  expect(wrong({})).toEqual({});
  expect(wrong({ url: "", token: "" })).toEqual({ url: "setting_wrong.missing", token: "setting_wrong.missing" });
  expect(wrong({ url: "ftp://example.org" })).toEqual({ url: "setting_wrong.pattern" });
  expect(wrong({ url: "http://" })).toEqual({ url: "setting_wrong.short" });
  expect(wrong({ url: `https://${"o".repeat(40)}` })).toEqual({ url: "refused.too_long" });
  expect(wrong({ days: "many" })).toEqual({ days: "setting_wrong.number" });
  expect(wrong({ days: "1.5" })).toEqual({ days: "setting_wrong.whole" });
  expect(wrong({ days: "0" })).toEqual({ days: "setting_wrong.low" });
  expect(wrong({ days: "100" })).toEqual({ days: "setting_wrong.high" });
});

test("a change asks for what differs alone, and brings what was emptied back to its default", () => {
  const now = { url: "https://example.org", token: "(set)", loud: true, days: 7, rooms: ["hall"] };
  const typed = begun(SHELF, now);
  expect(typed).toMatchObject({ url: "https://example.org", token: "", loud: true, days: "7", rooms: "hall" });
  expect(asked(SHELF, typed, now)).toEqual({ values: {}, wrong: new Map() });
  expect(asked(SHELF, { ...typed, days: "", rooms: "", token: "new" }, now).values).toEqual({ days: null, rooms: null, token: "new" });
  expect([...asked(SHELF, { ...typed, url: "" }, now).wrong.keys()]).toEqual(["url"]);
});

test("a schema that goes round in a circle, or is none, comes to an end", () => {
  expect(settingsOf({ properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { $ref: "#/$defs/A" } } })[0]?.form.as).toBe("json");
  expect(settingsOf({})).toEqual([]);
  expect(settingsOf({ properties: { a: null, b: { type: "array" }, c: { enum: [null] } } }).map(({ form }) => form.as)).toEqual(["json", "json", "json"]);
});

test("a server's words are shown at the setting that they name", () => {
  const names = ["url", "past_days", "rooms"];
  expect(wrongIn("These settings can't be used: `url` must be an address as in https://example.org/milepost", names)).toEqual({ name: "url", words: "`url` must be an address as in https://example.org/milepost" });
  expect(wrongIn("These settings can't be used: Expected `int` >= 0 - at `$.past_days`", names)).toEqual({ name: "past_days", words: "Expected `int` >= 0" });
  expect(wrongIn("These settings can't be used: Expected `str`, got `int` - at `$.rooms[0]`", names)).toMatchObject({ name: "rooms" });
  expect(wrongIn("There is a connection of that name.", names)).toEqual({ name: "", words: "There is a connection of that name." });
});
