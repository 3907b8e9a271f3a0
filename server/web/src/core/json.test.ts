import { expect, test } from "vitest";

import { cutOut, isSame, parseMessage, parsePayload } from "./json";

const kept = (text: string) => parseMessage(`{"events":[{"n":1,"data":${text}}]}`);

test.each([
  '{"title":"a"}',
  '{ "title" : "a",\n "b": [1, {"data": {"c": "}"}}] }',
  '{"data":{"data":{}},"title":"\\"data\\":{"}',
  '{"a":"ends in a backslash \\\\","b":"\\\\\\""}',
  '{"a":"\\u00e4 ä 🌱"}',
  "{}",
])("a payload stays the text that it was: %s", (text) => {
  expect(kept(text)).toEqual({ events: [{ n: 1, data: text }] });
});

test.each(["null", "7", '"text"', "[1]"])(
  "what is no object is kept as well, and no digest comes out right: %s",
  (text) => {
    expect(kept(text)).toEqual({ events: [{ n: 1, data: text }] });
  },
);

test("a text that only looks like a payload is none", () => {
  const message = { reason: '"data":{', data_digest: "d", list: ["data", { x: "data" }] };
  expect(parseMessage(JSON.stringify(message))).toEqual(message);
});

test("blanks may stand around a colon", () => {
  expect(parseMessage('{"data" :\n {"a":1} , "n": 1}')).toEqual({ data: '{"a":1}', n: 1 });
});

test("a member is cut out with the text of its value, and only on the outside", () => {
  const text = '{"a":{"state":1},"state" : {"b": [1, 2]},"c":3}';
  expect(cutOut(text, "state")).toEqual(['{"b": [1, 2]}', '{"a":{"state":1},"state" : null,"c":3}']);
  expect(() => cutOut('{"a":{"state":1}}', "state")).toThrow("There is no `state`");
});

test("half of a letter is no text, in a value or a name", () => {
  expect(parsePayload('{"a":"\\ud83c"}')).toBeUndefined();
  expect(parsePayload('{"\\udf31":1}')).toBeUndefined();
  expect(parsePayload('{"a":"\\ud83c\\udf31"}')).toEqual({ a: "🌱" });
  expect(parsePayload("{")).toBeUndefined();
});

test("values are the same in whatever order their names stand", () => {
  expect(isSame({ a: 1, b: [1, null] }, { b: [1, null], a: 1 })).toBe(true);
  expect(isSame({ a: 1 }, { b: 1 })).toBe(false);
  expect(isSame([], {})).toBe(false);
  expect(isSame(null, {})).toBe(false);
});
