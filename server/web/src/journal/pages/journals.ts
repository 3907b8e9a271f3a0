/** The journals on this device, and changing from one to another. */

import { go } from "../../app/router";
import { done } from "../../app/toasts";
import type { JournalLine, JournalsActs, JournalsPage, RoleShown } from "../../app/screens/journals";
import { say } from "../../app/words/words";
import type { Device } from "../../device/device";
import { given, text } from "../../views/fields";
import { carried } from "../acting";
import { Read } from "../fetched";
import type { Journal } from "../journal";

const TITLES = new WeakMap<Journal, Read<ReadonlyMap<string, string>>>();

/** Journal → its title, of all that are here; empty until they are read. */
export function titlesOf(journal: Journal): ReadonlyMap<string, string> {
  let titles = TITLES.get(journal);
  if (!titles) TITLES.set(journal, (titles = new Read(journal, readTitles)));
  return titles.get() ?? new Map<string, string>();
}

async function readTitles(device: Device): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { journal } of await device.rows()) {
    found.set(journal, text((await device.state(journal)).fields("journal", journal), "title"));
  }
  return found;
}

export function journals(journal: Journal): JournalsPage {
  const titles = titlesOf(journal);
  const lines = journal.rows.value.map((row): JournalLine => {
    const { journal: id, private: isPrivate } = row;
    return given<JournalLine>({
      id,
      title: titles.get(id) || say("journals.untitled"),
      role: journal.roleIn(id) as RoleShown,
      others: othersIn(journal, id),
      isPrivate,
      isOpen: id === journal.id.value,
      kept: journal.roleIn(id) === "none" ? journal.unsent.value.get(id) || undefined : undefined,
    });
  });
  const rank = (one: JournalLine) => (one.isPrivate ? 0 : one.role === "none" ? 2 : 1);
  lines.sort((one, other) => rank(one) - rank(other) || one.title.localeCompare(other.title));
  return { shown: { journals: lines }, acts: journalsActs(journal) };
}

/** What the others in a journal are called. */
export function othersIn(journal: Journal, id: string): string[] {
  return journal.membersOf(id).filter((one) => one.id !== journal.account.value).map(({ name }) => name);
}

function journalsActs(journal: Journal): JournalsActs {
  return carried<JournalsActs>({
    open: async (id) => {
      await journal.use(id);
      go("today");
    },
    begin: async (title) => {
      await journal.openAnother(title);
      done(say("journals.begun"));
      go("together");
      return true;
    },
  });
}
