/** Asks for this browser's database, before anything else is made ready: it is opened meanwhile. */

import { openDatabase } from "./database";

export const opening = openDatabase(undefined, () => location.reload());
