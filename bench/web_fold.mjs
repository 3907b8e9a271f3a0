// Times the browser's core in a browser's engine: `node web_fold.mjs BUNDLE LOG STATE JOURNAL ROUNDS` prints seconds.
import fs from "node:fs";
import vm from "node:vm";

const [bundle, log, state] = process.argv.slice(2, 5).map((name) => fs.readFileSync(name, "utf8"));
const [journal, rounds] = process.argv.slice(5);
vm.runInThisContext(bundle);
const { fold, loadState, parseMessage } = vm.runInThisContext("bridge");

/** The seconds that something takes, and what came of it. */
function timed(work) {
  const started = performance.now();
  const made = work();
  return [(performance.now() - started) / 1000, made];
}

const times = { parse: [], fold: [], load: [] };
for (let round = 0; round <= Number(rounds); round++) {
  const [parse, events] = timed(() => parseMessage(log));
  const [folded, made] = timed(() => fold(journal, events));
  const [loaded] = timed(() => loadState(state));
  if (made.unfolded.length) throw new Error("Not every event was folded.");
  if (round === 0) continue; // it warms up
  times.parse.push(parse);
  times.fold.push(folded);
  times.load.push(loaded);
}
const median = (all) => all.sort((one, other) => one - other)[Math.floor(all.length / 2)];
console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]))));
