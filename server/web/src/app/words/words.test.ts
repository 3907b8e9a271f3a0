import { afterEach, expect, test } from "vitest";
import { begun, daysBetween, dayWords, momentWords, relativeWords } from "./days";
import firstDe from "./first/de.json";
import firstEn from "./first/en.json";
import laterDe from "./later/de.json";
import laterEn from "./later/en.json";
import { type Catalogue, choose, direction, filled, type Key, say, speak, speakOfAll } from "./words";

const en: Catalogue = { ...firstEn, ...laterEn };
const de: Catalogue = { ...firstDe, ...laterDe };
const CATALOGUES: Record<string, Catalogue> = { en, de };
const PARTS: Record<string, [Catalogue, Catalogue]> = { first: [firstEn, firstDe], later: [laterEn, laterDe] };

afterEach(() => speak("en"));

function forms(entry: Catalogue[string]): string[] {
  return typeof entry === "string" ? [entry] : Object.values(entry);
}

function places(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1])).sort();
}

test("every language says the same things", () => {
  for (const [english, other] of Object.values(PARTS)) {
    expect(Object.keys(english)).toEqual(Object.keys(english).sort());
    expect(Object.keys(other)).toEqual(Object.keys(english));
  }
  expect(Object.keys(firstEn).filter((key) => key in laterEn)).toEqual([]);
});

test("every language has the same places to fill, in every form of a text", () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    for (const [key, entry] of Object.entries(catalogue)) {
      const needed = new Set(forms(en[key] ?? "").flatMap(places));
      const found = new Set(forms(entry).flatMap(places));
      expect(found, `${language} ${key}`).toEqual(needed);
    }
  }
});

test("every language has the forms that its numbers ask for", () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, entry] of Object.entries(catalogue)) {
      if (typeof entry !== "string") expect(Object.keys(entry).sort(), `${language} ${key}`).toEqual([...categories].sort());
    }
  }
});

test("no text is left empty, in two languages the same by mistake, or says what we don't say", () => {
  const alike = Object.keys(en).filter((key) => JSON.stringify(en[key]) === JSON.stringify(de[key]));
  expect(alike.sort()).toEqual(["colour.orange", "connect.name_first", "connects.webhook", "nav.label", "settle.field", "stands.why", "subscribe.outlook", "subscribe.thunderbird"]);
  for (const catalogue of Object.values(CATALOGUES)) {
    for (const [key, entry] of Object.entries(catalogue)) {
      for (const text of forms(entry)) {
        expect(text.trim(), key).not.toBe("");
        expect(text, key).not.toMatch(/streak|serie|badge|score|well done|great|super|missed|verpasst|fail|%|!/i);
      }
    }
  }
});

test("a sentence is short enough to be read at once", () => {
  for (const catalogue of Object.values(CATALOGUES)) {
    for (const [key, entry] of Object.entries(catalogue)) {
      for (const sentence of forms(entry).flatMap((text) => text.split(/[.:?]\s/))) {
        expect(sentence.split(/\s+/).length, `${key}: ${sentence}`).toBeLessThanOrEqual(20);
      }
    }
  }
});

test("words follow the number and the language", async () => {
  expect(say("standing.unsent", { n: 1 })).toBe("1 change is on its way.");
  expect(say("standing.unsent", { n: 1200 })).toBe("1,200 changes are on their way.");
  await speak("de-AT");
  expect(say("standing.unsent", { n: 2 })).toBe("2 Änderungen sind unterwegs.");
});

test("what people wrote is filled in and never read as a place to fill", () => {
  expect(filled("{a} and {b}", { a: "{b}", b: "$&" })).toBe("{b} and $&");
  expect(filled("{missing}", {})).toBe("{missing}");
  expect(say("unknown.key" as Key)).toBe("unknown.key");
});

test("the first language that there are words for is taken, else English", () => {
  expect(choose(["fr-CA", "de-CH", "en"])).toBe("de-CH");
  expect(choose(["fr"])).toBe("en");
  expect([direction("ar-EG"), direction("de")]).toEqual(["rtl", "ltr"]);
});

test("days are said near and far in the reader's language", async () => {
  expect(relativeWords("2031-03-13", "2031-03-13")).toBe("today");
  expect(relativeWords("2031-03-16", "2031-03-13")).toBe("in 3 days");
  expect(relativeWords("2032-01-02", "2031-03-13")).toContain("2032");
  await speak("de");
  expect(relativeWords("2031-03-14", "2031-03-13")).toBe("morgen");
  expect(dayWords("2031-03-13")).toBe("Donnerstag, 13. März");
  expect(begun("übermorgen")).toBe("Übermorgen");
  expect(momentWords("2031-03-18T16:30+01:00")).toContain("16:30");
});

test("days are counted over the change of clocks and the turn of a year", () => {
  expect(daysBetween("2031-03-29", "2031-04-01")).toBe(3);
  expect(daysBetween("2031-12-31", "2032-01-01")).toBe(1);
});

test("the words of a later page are there once it is opened, in every language", async () => {
  expect(say("settings.theme")).toBe("settings.theme");
  await speakOfAll();
  expect(say("settings.theme")).toBe("Light or dark");
  await speak("de");
  expect(say("settings.theme")).toBe("Hell oder dunkel");
});

const SOURCES = import.meta.glob<string>(["../../**/*.ts", "../../**/*.tsx", "!../../gallery/*", "!../../**/*.test.ts"], { query: "?raw", import: "default", eager: true });

/** Whether these sources say a key: by its name, or by a name that is put together from a beginning and an end. */
function saying(sources: readonly string[]): (key: string) => boolean {
  const all = sources.join("\n");
  const begun = [...all.matchAll(/`([a-z_]+\.(?:[a-z]+_)?)\$\{\w+(?:\.\w+)*\}(\w*)`/g)];
  return (key) => all.includes(`"${key}"`) || begun.some(([, start = "", end = ""]) => key.startsWith(start) && key.endsWith(end));
}

/** The modules that come with one, but for what is fetched when it is needed. */
function withAllOf(path: string, found = new Map<string, string>()): Map<string, string> {
  const source = SOURCES[path];
  if (source === undefined || found.has(path)) return found;
  found.set(path, source);
  for (const [, other = ""] of source.matchAll(/^(?:import|export)\s+(?!type )[^;]*?from\s+"(\.[^"]+)";/gm)) {
    const at = new URL(other, `https://x/app/words/${path}`).pathname.replace("/app/words/", "./").replace(/^\/app\//, "../").replace(/^\//, "../../");
    for (const end of [".ts", ".tsx"]) withAllOf(at + end, found);
  }
  return found;
}

test("every text is said somewhere", () => {
  const isSaid = saying(Object.values(SOURCES));
  expect(Object.keys(en).filter((key) => !isSaid(key))).toEqual([]);
});

test("the words that come first are those of what is opened first", () => {
  const first = withAllOf("../main.tsx");
  expect(first.size).toBeGreaterThan(50);
  const isSaid = saying([...first.values()]);
  expect(Object.keys(firstEn).filter((key) => !isSaid(key)), "belongs in later/").toEqual([]);
  expect(Object.keys(laterEn).filter(isSaid), "belongs in first/").toEqual([]);
});
