import { expect, test } from "vitest";
import { type Block, type Inline, safeAddress, treeOf } from "./tree";

/** Every address that a text would let somebody follow. */
function links(text: string, calls = false): string[] {
  const of = (all: readonly Inline[]): string[] =>
    all.flatMap((one) => [...(one.kind === "link" ? [one.to] : []), ...("inside" in one ? of(one.inside) : [])]);
  return treeOf(text, calls).flatMap((block) => (block.kind === "list" ? block.items.flatMap(of) : of(block.inside)));
}

/** The text that is seen, without any mark. */
function seen(blocks: readonly Block[]): string {
  const of = (all: readonly Inline[]): string =>
    all.map((one) => (one.kind === "text" ? one.text : one.kind === "break" ? "\n" : of(one.inside))).join("");
  return blocks.map((block) => (block.kind === "list" ? block.items.map(of).join("\n") : of(block.inside))).join("\n\n");
}

test("paragraphs, line breaks, emphasis and lists come out as they were meant", () => {
  expect(treeOf("One *small*\nthing.\n\n- a **big** one\n- b\n\n1. first")).toEqual([
    {
      kind: "paragraph",
      inside: [
        { kind: "text", text: "One " },
        { kind: "em", inside: [{ kind: "text", text: "small" }] },
        { kind: "break" },
        { kind: "text", text: "thing." },
      ],
    },
    {
      kind: "list",
      ordered: false,
      items: [
        [{ kind: "text", text: "a " }, { kind: "strong", inside: [{ kind: "text", text: "big" }] }, { kind: "text", text: " one" }],
        [{ kind: "text", text: "b" }],
      ],
    },
    { kind: "list", ordered: true, items: [[{ kind: "text", text: "first" }]] },
  ]);
});

test("what only looks like a mark stays as it was written", () => {
  for (const text of ["2 * 3 * 4", "snake_case_word", "a * b", "**", "*", "[", "[x](", "[](https://a.example)", "# no heading", "> no quote", "`no code`", "a\tb"]) {
    expect(seen(treeOf(text))).toBe(text);
  }
});

test("emphasis can hold emphasis", () => {
  expect(seen(treeOf("***both*** and **a *b* c**"))).toBe("both and a b c");
});

test("a mark can be taken back with a backslash", () => {
  expect(seen(treeOf("\\*not emphasis\\*"))).toBe("*not emphasis*");
});

test("links to https, mailto and tel can be followed, marked or bare", () => {
  expect(links("[a](https://example.org/x?y=1#z) [b](mailto:sam@example.org) [c](tel:+15550100)")).toEqual([
    "https://example.org/x?y=1#z", "mailto:sam@example.org", "tel:+15550100",
  ]);
  expect(links("See https://example.org/page, or call +1 555 0100.")).toEqual(["https://example.org/page", "tel:+15550100"]);
});

test("where people are written down who can be called, any number is called, and no date or time", () => {
  const called = (text: string) => links(text, true);
  expect(called("Mum 0170 555 0199, or 555-0100; night line: 116 123.")).toEqual(["tel:01705550199", "tel:5550100", "tel:116123"]);
  expect(called("+49 (30) 555 0100 or https://example.org/3456 or *555 0101*")).toEqual(["tel:+49305550100", "https://example.org/3456", "tel:5550101"]);
  expect(called("From 2026-11-26 at 18:30, since 2026-11, room 12, flat 4b, v1.234")).toEqual([]);
  expect(links("Mum 0170 555 0199")).toEqual([]);
});

const HOSTILE = [
  "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
  "\u0001javascript:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)", "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)", "file:///etc/passwd", "blob:https://example.org/x", "filesystem:https://example.org/x", "http://example.org",
  "//example.org", "/goals", "../x", "#main", "https:example.org@evil.example", "https://bank.example@evil.example",
  "https://user:word@evil.example", "https://example.org\\@evil.example", "https://exam\u202eple.org", "intent://x#Intent;scheme=https;end",
  "ftp://example.org", "about:blank", "view-source:https://example.org", "ws://example.org", "sms:+15550100",
];

test("no other address can be followed, however it is dressed up", () => {
  for (const address of HOSTILE) {
    expect(safeAddress(address), address).toBeNull();
    const followed = links(`[words](${address}) and ${address}`);
    expect(followed.filter((to) => !to.startsWith("https://example.org/") && !to.startsWith("tel:+")), address).toEqual([]);
  }
});

test("HTML is text and nothing else", () => {
  for (const text of [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>", "<svg/onload=alert(1)>",
    "&lt;script&gt;", "<style>*{display:none}</style>", "<iframe srcdoc='x'></iframe>", "<!-- --><b>x</b>", "]]><x/>",
  ]) {
    expect(seen(treeOf(text))).toBe(text);
    expect(links(text)).toEqual([]);
  }
});

test("a link within a link, or in its address, is no second link", () => {
  expect(links("[a [b](https://b.example)](https://a.example)")).toEqual(["https://b.example/", "https://a.example/"]);
  expect(links("[https://shown.example](https://true.example/)")).toEqual(["https://true.example/"]);
});

test("text of any make is read in a moment and loses nothing but its marks", () => {
  const nasty = ["*", "_", "**", "[", "](", "[a](", "*a ", "**a ", "_a_b", "\\", "+1", "https://", "- ", "*a**b", "\n", "[*"];
  for (const piece of nasty) {
    const text = piece.repeat(Math.floor(20_000 / piece.length));
    const began = performance.now();
    treeOf(text);
    expect(performance.now() - began, JSON.stringify(piece)).toBeLessThan(500);
  }
  expect(seen(treeOf("a\u0000b"))).toBe("a\u0000b");
});
