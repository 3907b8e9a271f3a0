/** Why something was not written: what it would have changed was changed meanwhile. */

import type { Draft } from "../core/checking";

export type { Draft };

export class Refusal extends Error {
  override name = "Refusal";
}
