/** What a server answered, in the reader's language where it is one of the things that servers say. For pages alone. */

import { isKey, say } from "../app/words/words";
import { inWords } from "./acting";

/** Why something did not work, for a person. What is wrong with a field the server says best itself. */
export function told(error: unknown): string {
  const { name, code = "" } = error as { readonly name?: string; readonly code?: string };
  const what = name === "Offline" ? "offline" : code;
  const key = `problem.${what}`;
  return isKey(key) ? say(key) : inWords(error);
}
