/** People's words as a small tree. Of Markdown it takes paragraphs, emphasis, lists and links; all else is just text.

Nothing here makes HTML, and no address comes through that `safeAddress` does not let through.
*/

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "em" | "strong"; readonly inside: readonly Inline[] }
  | { readonly kind: "link"; readonly to: string; readonly inside: readonly Inline[] };

export type Block =
  | { readonly kind: "paragraph"; readonly inside: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] };

const ALLOWED = new Set(["https:", "mailto:", "tel:"]);
const MARKED = /^ {0,3}(?:[-*+]|(\d{1,9})[.)])[ \t]+(.*)$/;
/** What is followed without being marked: a web address, and a telephone number with its country. */
const BARE = /https:\/\/[^\s<>()[\]"'`*]+|\+\d[\d ()/-]{5,18}\d/g;
/** Where people are written down who can be called: any number of three digits or more, too, but for a date. */
const CALLED = new RegExp(`${BARE.source}|(?<![\\w.:/-])(?!\\d{4}-\\d\\d(?!\\d))\\d(?:[ ()/-]?\\d){2,18}(?![\\w:])`, "g");
/** Emphasis within emphasis goes no deeper than this; what is deeper is text. */
const DEPTH = 6;
/** How many letters emphasis or a link may be long: without a bound, hostile text would take quadratic time. */
const FURTHEST = 2000;

/** A text as blocks, in its own order. With `calls`, numbers in it are called. */
export function treeOf(text: string, calls = false): Block[] {
  const links = calls ? CALLED : BARE;
  const blocks: Block[] = [];
  let lines: string[] = [];
  let items = null as { ordered: boolean; texts: string[] } | null;
  const endParagraph = (): void => {
    if (lines.length) blocks.push({ kind: "paragraph", inside: inlines(lines.join("\n"), links) });
    lines = [];
  };
  const endList = (): void => {
    if (items) blocks.push({ kind: "list", ordered: items.ordered, items: items.texts.map((one) => inlines(one, links)) });
    items = null;
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const mark = MARKED.exec(line);
    if (mark) {
      const ordered = mark[1] !== undefined;
      endParagraph();
      if (items?.ordered !== ordered) endList();
      items ??= { ordered, texts: [] };
      items.texts.push(mark[2] ?? "");
    } else if (line.trim() === "") {
      endParagraph();
      endList();
    } else if (items && /^\s/.test(line)) {
      items.texts.push(`${items.texts.pop() ?? ""}\n${line.trim()}`);
    } else {
      endList();
      lines.push(line.trimEnd());
    }
  }
  endParagraph();
  endList();
  return blocks;
}

/** An address that may be followed from people's words, or null. Nothing but https, mailto and tel, and no sign-in. */
export function safeAddress(address: string): string | null {
  if (/[\u0000-\u0020\u007f-\u009f\u202a-\u202e\u2066-\u2069\\]/.test(address)) return null;
  try {
    const found = new URL(address);
    return ALLOWED.has(found.protocol) && !found.username && !found.password ? found.href : null;
  } catch {
    return null;
  }
}

/** One run of text with its emphasis, links and line breaks. */
function inlines(text: string, links: RegExp | null, depth = 0): Inline[] {
  const found: Inline[] = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const piece = pieceAt(text, at, depth, links);
    if (piece) {
      found.push(...plainText(plain, links), piece.inline);
      plain = "";
      at = piece.end;
    } else {
      const escaped = text[at] === "\\" && /[\\*_[\]()]/.test(text[at + 1] ?? "");
      plain += escaped ? text[at + 1] : text[at];
      at += escaped ? 2 : 1;
    }
  }
  return [...found, ...plainText(plain, links)];
}

type Piece = { readonly inline: Inline; readonly end: number } | null;

function pieceAt(text: string, at: number, depth: number, links: RegExp | null): Piece {
  const sign = text[at];
  if (sign === "\n") return { inline: { kind: "break" }, end: at + 1 };
  if (depth >= DEPTH) return null;
  if (sign === "[" && links) return linkAt(text, at, depth);
  if (sign !== "*" && sign !== "_") return null;
  const twice = text[at + 1] === sign;
  return emphasisAt(text, at, twice ? sign + sign : sign, depth, links);
}

function emphasisAt(text: string, at: number, mark: string, depth: number, links: RegExp | null): Piece {
  const from = at + mark.length;
  const inWord = mark[0] === "_" && /[\p{L}\p{N}]/u.test(text[at - 1] ?? "");
  if (inWord || /^$|\s/.test(text[from] ?? "")) return null;
  const length = closing(text.slice(from, from + FURTHEST), mark);
  if (length < 1) return null;
  const end = from + length;
  const inside = inlines(text.slice(from, end), links, depth + 1);
  return { inline: { kind: mark.length === 2 ? "strong" : "em", inside }, end: end + mark.length };
}

/** Where emphasis ends, or -1. A single mark is not closed by half of a double one. */
function closing(text: string, mark: string): number {
  let end = text.indexOf(mark, 1);
  while (end !== -1 && mark.length === 1 && text[end + 1] === mark) end = text.indexOf(mark, end + 2);
  while (end !== -1 && mark.length === 2 && text[end + 2] === mark[0]) end += 1;
  return /\s/.test(text[end - 1] ?? " ") ? -1 : end;
}

/** `[words](address)`. One whose address is not let through stays as it was written. */
function linkAt(text: string, at: number, depth: number): Piece {
  const reach = text.slice(at, at + FURTHEST);
  const middle = reach.indexOf("](");
  const end = middle === -1 ? -1 : reach.indexOf(")", middle);
  const words = reach.slice(1, Math.max(1, middle));
  if (end === -1 || words === "" || words.includes("[")) return null;
  const to = safeAddress(reach.slice(middle + 2, end));
  return to ? { inline: { kind: "link", to, inside: inlines(words, null, depth + 1) }, end: at + end + 1 } : null;
}

function plainText(text: string, links: RegExp | null): Inline[] {
  if (!text) return [];
  if (!links) return [{ kind: "text", text }];
  const found: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(links)) {
    const written = match[0].replace(/[.,;:!?]+$/, "");
    const to = safeAddress(written.startsWith("https:") ? written : `tel:${written.replace(/[^\d+]/g, "")}`);
    if (!to) continue;
    if (match.index > from) found.push({ kind: "text", text: text.slice(from, match.index) });
    found.push({ kind: "link", to, inside: [{ kind: "text", text: written }] });
    from = match.index + written.length;
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) });
  return found;
}
