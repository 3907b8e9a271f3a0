import { afterEach, expect, test } from "vitest";
import { LANGUAGES, speak } from "../app/words/words";
import { examples, fetchExamples } from "./examples";

afterEach(() => speak("en"));

async function titlesIn(locale: string): Promise<Map<string, string>> {
  await speak(locale);
  await fetchExamples();
  return new Map(examples.value?.map((one) => [one.id, one.title]));
}

test("the same examples are there in every language that the app speaks, each in its own words", async () => {
  const english = await titlesIn("en");
  expect(english.size).toBeGreaterThan(40);
  for (const language of LANGUAGES.filter((one) => one !== "en")) {
    const other = await titlesIn(language);
    expect([...other.keys()]).toEqual([...english.keys()]);
    for (const [id, title] of other) expect(title, `${language} ${id}`).not.toBe(english.get(id));
  }
});

test("who chooses another language is not shown examples in the one before", async () => {
  expect((await titlesIn("en")).get("sleep-quiet-evening")).toBe("Let the evening grow quiet");
  await speak("de-AT");
  expect(examples.value).toBeUndefined();
  await fetchExamples();
  expect(examples.value?.find(({ id }) => id === "sleep-quiet-evening")?.title).toBe("Den Abend ruhig werden lassen");
});

test("another country with the same language is no reason to fetch again", async () => {
  await titlesIn("de-AT");
  const before = examples.value;
  await speak("de-CH");
  expect(examples.value).toBe(before);
});
