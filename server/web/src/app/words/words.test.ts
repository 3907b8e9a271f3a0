import { afterEach, expect, test } from "vitest";
import { begun, daysBetween, dayWords, momentWords, relativeWords } from "./days";
import de from "./de.json";
import en from "./en.json";
import { type Catalogue, choose, direction, filled, type Key, say, speak } from "./words";

const CATALOGUES: Record<string, Catalogue> = { en, de };

afterEach(() => speak("en"));

function forms(entry: Catalogue[string]): string[] {
  return typeof entry === "string" ? [entry] : Object.values(entry);
}

function places(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1])).sort();
}

test("every language says the same things", () => {
  for (const catalogue of Object.values(CATALOGUES)) expect(Object.keys(catalogue)).toEqual(Object.keys(en).sort());
});

test("every language has the same places to fill, in every form of a text", () => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    for (const [key, entry] of Object.entries(catalogue)) {
      const needed = new Set(forms((en as Catalogue)[key] ?? "").flatMap(places));
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
  const alike = Object.keys(en).filter((key) => JSON.stringify((en as Catalogue)[key]) === JSON.stringify((de as Catalogue)[key]));
  expect(alike).toEqual(["connect.name_first", "nav.label", "settle.field"]);
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

test("every text is said somewhere", () => {
  const sources = import.meta.glob<string>(["../**/*.ts", "../**/*.tsx", "../../journal/*.ts", "!../**/*.test.ts"], { query: "?raw", import: "default", eager: true });
  const all = Object.values(sources).join("\n");
  const said = (key: string): boolean => {
    const begun = [...all.matchAll(/`([a-z_]+\.(?:to_)?)\$\{\w+(?:\.\w+)*\}(\w*)`/g)];
    return all.includes(`"${key}"`) || begun.some(([, start = "", end = ""]) => key.startsWith(start) && key.endsWith(end));
  };
  expect(Object.keys(en).filter((key) => !said(key))).toEqual([]);
});
