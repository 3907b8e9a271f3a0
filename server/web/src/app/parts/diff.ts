/** What changed between two wordings, word by word. Pure. */

export interface Run {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** Texts with more words than this are shown whole, before and after: comparing them takes too long to be instant. */
const MOST_WORDS = 400;

/** The runs of words that stayed, went and came, in order. */
export function diff(before: string, after: string): Run[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) return runs([["gone", before], ["new", after]]);
  const length = lengths(a, b);
  const found: [Run["kind"], string][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push(["same", a[i] as string]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(length, i + 1, j) >= at(length, i, j + 1))) {
      found.push(["gone", a[i] as string]);
      i += 1;
    } else {
      found.push(["new", b[j] as string]);
      j += 1;
    }
  }
  return runs(found);
}

/** Longest common subsequence of what follows each pair of places. */
function lengths(a: readonly string[], b: readonly string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = table[i] as number[];
      row[j] = a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function runs(parts: readonly (readonly [Run["kind"], string])[]): Run[] {
  const found: { kind: Run["kind"]; text: string }[] = [];
  for (const [kind, text] of parts) {
    const last = found.at(-1);
    if (last?.kind === kind) last.text += text;
    else if (text) found.push({ kind, text });
  }
  return found;
}

function wordsOf(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}
