// SPDX-License-Identifier: Apache-2.0
// A device for Milepost, written from docs/protocol.md alone. README.md says what it leaves out.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
const hex = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
const lines = (...all) => all.map((line) => `${line}\n`).join('');
const pick = (o, names) => Object.fromEntries(names.filter((f) => o[f] !== undefined).map((f) => [f, o[f]]));
const key = (e) => `${e.device}.${e.n}`;
const find = (log, { device, n }) => log.find((e) => e.n === n && e.device === device);
const isStub = (e) => e.digest !== undefined;
const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);
// ---- Events: JSON in and out without touching a payload's bytes, digests, the chain, the clock.
const FIELDS = 'device n seen hlc actor type v salt received_at merge_hlc rejected digest data_digest data'.split(' ');
/** Parses JSON, but gives the value of each `data` as the text that it was. */
export function parse(json) {
  let out = '', from = 0, deep = 0;
  for (const { 0: sign, index } of json.matchAll(/"data"\s*:\s*\{|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    const before = deep, end = index + sign.length;
    if (deep > 0 || /^"data".*\{$/s.test(sign)) deep += sign.endsWith('{') - (sign === '}');
    if (before === 0 && deep > 0) out += json.slice(from, (from = end - 1));
    if (before > 0 && deep === 0) out += JSON.stringify(json.slice(from, (from = end)));
  }
  return JSON.parse(out + json.slice(from));
}
const encode = ({ data, ...head }) => JSON.stringify(pick(head, FIELDS)).slice(0, -1)
  + (data === undefined ? '}' : `,"data":${data}}`);
const salted = (e) => e.data_digest ?? hex(`milepost data 1\n${e.salt}\n${e.data}`);
export const digest = (journal, e) => e.digest ?? hex(lines('milepost event 1', journal, e.device, e.n,
  Object.entries(e.seen ?? {}).map((one) => one.join('=')).sort().join(), e.hlc, e.actor, e.type, e.v ?? 1, salted(e)));
const mergeClock = (e) => (isStub(e) ? '' : e.merge_hlc ?? e.hlc);
export const genesis = (journal) => ({ seq: 0, chain: hex(lines('milepost chain 1', journal)) });
export const next = (journal, { seq, chain }, e) => ({ seq: seq + 1, chain: hex(
  Buffer.from(chain + digest(journal, e), 'hex'), lines(e.received_at, mergeClock(e), e.rejected ?? '')) });
const hlc = (number) => number.toString(16).padStart(16, '0');
export const reset = (taken, wall) => [taken, hlc(BigInt(Math.max(0, wall)) << 16n)].sort().at(-1);
export const tick = (last, wall) => reset(hlc(BigInt(`0x${last}`) + 1n), wall);
const hasOther = ({ journal, log }, e, held = find(log, e)) => held && digest(journal, held) !== digest(journal, e);
/** Takes out of a log the words that its redactions name. */
export function redact(log) {
  for (const redaction of log.filter((e) => e.type === 'redaction.made')) {
    const target = JSON.parse(redaction.data), e = find(log, target);
    if (!e || isStub(e) || e.type === 'redaction.made' || salted(e) !== target.digest) continue;
    const blank = (values) => Object.fromEntries(Object.entries(values).map(([f, v]) => (
      ['change', 'accepted'].includes(f) && isObject(v?.fields) ? [f, { ...v, fields: blank(v.fields) }]
        : [f, f === 'id' || target.fields?.includes(f) === false ? v : null])));
    const { event, ...words } = JSON.parse(e.data);
    Object.assign(e, { data: JSON.stringify(blank(words)), data_digest: target.digest, salt: undefined });
  }
}
// ---- Merging. It looks at the names of types and the rough form of fields: a server has checked the rest.
const TYPES = `opened journal, created goal, ranked goal, defined measure, added milestone practice topic, ended series
  rest, planned series, set rest reminder, removed reminder, recorded checkin assessment alliance, amended checkin,
  scheduled session, written reflection plan, made proposal redaction, decided proposal, revised journal goal measure
  milestone practice series session topic reflection reminder plan, status_changed goal milestone practice session
  topic, retracted goal measure milestone practice checkin series session topic reflection assessment alliance proposal`
  .split(',').map((row) => row.match(/\w+/g)).flatMap(([verb, ...kinds]) => kinds.map((kind) => `${kind}.${verb}`));
const FORMS = { boolean: 'owners_only baseline', object: 'answers subscores original change accepted fields',
  number: 'importance confidence low high target weight progress minutes score bond goals tasks n',
  any: 'start due about session value' };
const formOf = (f) => Object.keys(FORMS).find((form) => FORMS[form].split(' ').includes(f)) ?? 'string';
const fits = ([f, value]) => value === null || [typeof value, 'any'].includes(formOf(f));
const SHARED = { goal: 'status on', milestone: 'status on', practice: 'status on', session: 'status on',
  topic: 'status on', checkin: 'value measure', proposal: 'decision on', rest: 'resting until on' };
const byBeing = (type) => (/retracted|removed/.test(type) ? { retracted: true }
  : { 'rest.set': { resting: true }, 'rest.ended': { resting: false, until: null } }[type]);
function toRegisters(kind, id, fields) {
  const names = SHARED[kind]?.split(' ') ?? [], together = pick(fields, names);
  const all = Object.entries(fields).filter(([f]) => !names.includes(f));
  if (Object.keys(together).length) all.push([names[0], together]);
  return all.map(([register, value]) => [`${kind}/${id}/${register}`, value]);
}
/** What an event sets: registers and their values. Null if this device can't read it. */
export function read(journal, { type, v = 1, data }) {
  const values = JSON.parse(data), { event, reason, id = journal, accepted, ...fields } = values;
  if (v !== 1 || !TYPES.includes(type) || !Object.entries(values).every(fits)) return null;
  const writes = toRegisters(type.split('.')[0], id, { ...fields, ...byBeing(type) });
  return accepted ? [...writes, ...toRegisters(accepted.kind, accepted.id, accepted.fields)] : writes;
}
const hasSeen = (a, b) => (a.device === b.device ? b.n < a.n : a.context[b.device] >= b.n);
const rank = (w) => `${w.clock}${w.device}${String(w.n).padStart(16, '0')}`;
const inOrder = (_, v) => (isObject(v) ? Object.fromEntries(Object.entries(v).sort()) : v);
export const isConflict = (writes) => new Set(writes.map((w) => JSON.stringify(w.value, inOrder))).size > 1;
/** What a log adds up to: in `registers`, the writes of each, the one that is shown first. */
export function fold(journal, log) {
  const registers = {}, contexts = new Map(), said = {}, context = {}, unread = [];
  for (const e of [...log].sort((a, b) => a.n - b.n)) {
    const whole = said[e.device] = { ...said[e.device], ...e.seen }, writes = isStub(e) ? [] : read(journal, e);
    contexts.set(e, whole);
    if (!writes) unread.push([e.device, e.n]);
    if ((writes || e.type.startsWith('x.')) && (context[e.device] ?? 0) === e.n - 1) context[e.device] = e.n;
    for (const [register, value] of writes ?? []) {
      const write = { device: e.device, n: e.n, clock: mergeClock(e), context: whole, value };
      const left = (registers[register] ?? []).filter((w) => !hasSeen(write, w));
      registers[register] = left.some((w) => hasSeen(w, write)) ? left : [write, ...left];
    }
  }
  for (const writes of Object.values(registers)) writes.sort((a, b) => (rank(a) > rank(b) ? -1 : 1));
  return { registers, contexts, context, unread };
}
export function isHidden(registers, entity) {
  const back = registers[`${entity}/retracted`] ?? [], own = ([name]) => name.startsWith(`${entity}/`);
  return back[0]?.value === true && Object.entries(registers).filter(own).flatMap(([, writes]) => writes)
    .every((w) => back.some((b) => key(b) === key(w) || hasSeen(b, w)));
}
export const stateHash = ({ registers }) => hex(lines(...Object.entries(registers)
  .map(([name, [shown, ...others]]) => `${name}:${[key(shown), ...others.map(key).sort()]}`).sort()));
/** Of a context, what was not said before, as `seen` has it. */
const unsaid = (context, said = {}) => pick(context, Object.keys(context).filter((d) => context[d] > (said[d] ?? 0)));
export function write(state, type, data) {
  const { journal, device, log, actor } = state, { context: { [device]: _, ...others }, contexts } = fold(journal, log);
  const before = log.filter((e) => e.device === device).at(-1), clock = [hlc(0), ...log.map(mergeClock)].sort().at(-1);
  if (Object.values(data).some((v) => v?.isWellFormed?.() === false)) throw new Error('That is not text.');
  log.push({ device, n: (before?.n ?? 0) + 1, seen: unsaid(others, contexts.get(before)), hlc: tick(clock, Date.now()),
    actor, type, salt: randomBytes(16).toString('base64url'), data: JSON.stringify(data) });
}
// ---- Branches: another event has the name of one here. That one, and what had seen it, gets other names.
const newName = (...all) => hex(lines(...all)).replace(/^(.{8})(.{4}).(.{3})(.)(.{3})(.{12}).*/,
  (_, a, b, c, bits, d, e) => `${a}-${b}-5${c}-${'89ab'[parseInt(bits, 16) % 4]}${d}-${e}`);
/** Writes again what is on the branch that begins with a device's event `n`. */
export function branch(state, device, n) {
  const { journal, log } = state, { contexts } = fold(journal, log), gone = { [device]: n };
  const isOn = (e) => e.n >= gone[e.device], contextOf = (e) => Object.entries(contexts.get(e));
  for (const e of log) if (!e.seq && !isOn(e) && contextOf(e).some(([d, m]) => m >= gone[d])) gone[e.device] = e.n;
  const old = log.filter((e) => isOn(e) && !isStub(e)), rest = log.filter((e) => !isOn(e));
  for (let attempt = 0; log.some(isOn); attempt++) {
    const said = {}, names = {}, first = (d) => digest(journal, find(log, { device: d, n: gone[d] }));
    for (const d in gone) names[d] = newName('milepost again 1', journal, first(d), attempt);
    const now = (d, m) => ({ device: names[d], n: old.filter((e) => e.device === d && e.n <= m).length });
    const again = old.map((e) => {
      const whole = { [e.device]: gone[e.device] - 1 }, of = JSON.parse(e.data);
      for (const [other, to] of contextOf(e)) {
        whole[other] = Math.min(to, (gone[other] ?? Infinity) - 1);
        if (to >= gone[other]) whole[names[other]] = now(other, to).n;
      }
      const told = { id: of.id, ...now(of.device, of.n), digest: of.digest, fields: of.fields };
      const data = e.type === 'redaction.made' && isOn(of) ? JSON.stringify(told) : e.data, place = now(e.device, e.n);
      const seen = unsaid(whole, said[place.device]);
      said[place.device] = whole;
      return { ...e, ...place, seq: undefined, seen, data };
    });
    if (again.some((e) => hasOther({ journal, log: rest }, e))) continue;
    const added = again.filter((e) => !find(rest, e));
    Object.assign(state, { log: [...rest, ...added], device: names[state.device] ?? state.device });
    return { gone, names, added };
  }
}
// ---- Sync.
/** Carries out what a sync answered: as a whole, or not at all. */
export function take(state, { results = [], events = [], cursor, more }) {
  const { journal, device, cursor: old } = state, page = events.map((e) => pick(e, ['seq', ...FIELDS]));
  const own = results.filter((r) => r.seq).map(({ n, outcome, reason: rejected, ...place }) => {
    const e = find(state.log, { device, n }), stub = { device, n, seen: e.seen, rejected, digest: digest(journal, e) };
    return { ...(outcome === 'rejected' ? stub : e), ...place };
  });
  const end = run([...own, ...page], cursor).reduce((at, e) => (e.seq === at.seq + 1 ? next(journal, at, e) : {}), old);
  if (end.seq !== cursor.seq || end.chain !== cursor.chain) throw new Error('The chain does not come out.');
  for (const e of state.log) if (e.seq > old.seq && (e.seq <= cursor.seq || !more)) delete e.seq;
  const put = (e) => {
    const mine = find(state.log, e), at = mine ? state.log.indexOf(mine) : state.log.length;
    if (mine && isStub(e) && !isStub(mine)) state.apart.push({ event: encode(mine), reason: e.rejected });
    const words = mine?.data_digest && { data: mine.data, data_digest: mine.data_digest, salt: undefined };
    state.log[at] = { ...e, ...words, confirmed: true };
  };
  own.forEach(put);
  for (const e of page) if (hasOther(state, e)) branch(state, e.device, e.n); // What is `forked` comes here, too.
  page.forEach(put);
  redact(state.log);
  state.cursor = cursor;
}
const run = (events, { seq }) => events.filter((e) => e.seq <= seq).sort((a, b) => a.seq - b.seq);
const list = (events) => `"events":[${events.map(encode)}]`;
const outbox = ({ log, device }) => log.filter((e) => e.device === device && !e.confirmed);
const lost = ({ log }) => log.filter((e) => e.confirmed && !e.seq);
const batch = (events, bytes = 0) => events.slice(0, 500)
  .filter((e, i) => (bytes += Buffer.byteLength(encode(e)) + 1) < 1e6 || i === 0);
/** Searches the last place where both logs agree, and forgets the places after it. */
async function rewind(state, send) {
  const { journal, log, cursor } = state, chains = [genesis(journal)];
  for (const e of run(log, cursor)) chains.push(next(journal, chains.at(-1), e));
  let [low, high] = [0, cursor.seq];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const theirs = (await send('GET', `/v1/journals/${journal}/chain?at=${middle}`)).chains;
    [low, high] = theirs[middle] === chains[middle].chain ? [middle, high] : [low, middle - 1];
  }
  for (const e of log) if (e.seq > low) delete e.seq;
  state.cursor = chains[low];
}
/** Syncs until both sides have the same. `send` asks the server, `save` keeps the state. */
export async function sync(state, send, save = () => {}) {
  for (let given, rewinds = 0; ; save()) {
    const { journal, device, cursor, log } = state, isRepair = lost(state).length > 0;
    const sent = isRepair ? [] : batch(outbox(state));
    const acknowledged = log.filter((e) => e.device === device && e.confirmed && !isRepair).at(-1)?.n;
    const ask = `${JSON.stringify({ cursor, device, acknowledged }).slice(0, -1)},${list(sent)}}`;
    const answer = (await send('POST', '/v1/sync', `{"journals":{"${journal}":${ask}}}`)).journals[journal];
    if (answer.problem && (answer.problem !== 'history' || ++rewinds > 3)) throw new Error(answer.detail);
    await (answer.problem ? rewind(state, send) : take(state, answer));
    const left = lost(state), [first] = outbox(state);
    if (answer.problem || answer.more) continue;
    if (left.length > 0) {
      if (key(left[0]) === given) throw new Error('The server does not take back what it lost.');
      given = key(left[0]);
      await send('POST', `/v1/journals/${journal}/repair`, `{${list(batch(left))}}`);
    } else if (!isRepair && (!first || (first === sent[0] && cursor.seq === state.cursor.seq))) return;
  }
}
export async function pair(state, send, code) {
  const body = JSON.stringify({ code, name: 'a device in JavaScript', journal: state.journal });
  const { token, account, claimed, journals } = await send('POST', '/v1/pair', body);
  if (state.cursor && !claimed) throw new Error('The journal of this device is not one of that account.');
  const journal = claimed ? state.journal : (journals.find((one) => one.private) ?? journals[0]).id;
  for (const e of outbox(state)) e.actor = account;
  Object.assign(state, { token, actor: account, journal, cursor: state.cursor ?? genesis(journal) });
}
const sender = (url, token = '') => async (method, path, body) => {
  const headers = { 'Content-Type': 'application/json', 'Milepost-Protocol': '1', Authorization: `Bearer ${token}` };
  const answer = await fetch(url + path, { method, body, headers }), content = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${content}`);
  return parse(content);
};
// ---- The command line.
if (process.argv[1] && fs.realpathSync(process.argv[1]) === import.meta.filename) {
  process.on('uncaughtException', (error) => { console.error(error.message); process.exit(1); });
  const file = process.env.DEVICE_FILE ?? 'device.json', [command, first, second] = process.argv.slice(2);
  fs.writeFileSync(`${file}.lock`, '', { flag: 'wx' }); // One at a time: sync must not overwrite a goal.
  process.on('exit', () => fs.unlinkSync(`${file}.lock`));
  const state = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { log: [], apart: [],
    journal: randomUUID(), device: randomUUID(), actor: '00000000-0000-0000-0000-000000000000' };
  const save = () => {
    fs.writeFileSync(`${file}.new`, JSON.stringify(state, null, 1), { mode: 0o600, flush: true });
    fs.renameSync(`${file}.new`, file);
  };
  const { registers } = fold(state.journal, state.log), all = Object.entries(registers).sort();
  const isGoal = ([name]) => /^goal.*title$/.test(name) && !isHidden(registers, name.slice(0, -'/title'.length));
  const commands = {
    pair: () => pair(Object.assign(state, { url: first }), sender(first), second),
    goal: () => write(state, 'goal.created', { id: randomUUID(), title: first }),
    retitle: () => write(state, 'goal.revised', { id: first, title: second }),
    sync: () => sync(state, sender(state.url, state.token), save),
    goals: () => all.filter(isGoal).forEach(([name, [{ value }]]) => console.log(name.split('/')[1], value ?? '?')),
    conflicts: () => all.forEach(([name, w]) => isConflict(w) && console.log(name, w.map(({ value }) => value))),
    hash: () => console.log(stateHash({ registers })),
  };
  if (!commands[command]) throw new Error(`One of these, please: ${Object.keys(commands).join(', ')}.`);
  if (command === 'sync' && !state.url) throw new Error('Pair this device first.');
  await commands[command]();
  save();
  for (const { event, reason } of state.apart) console.error(`The server rejected ${event}: ${reason}`);
}
