// SPDX-License-Identifier: Apache-2.0
// A device for Milepost, written from docs/protocol.md alone. README.md says what it leaves out.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
const hex = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
const lines = (...all) => all.map((line) => `${line}\n`).join('');
const pick = (o, names) => Object.fromEntries(names.filter((f) => o[f] !== undefined).map((f) => [f, o[f]]));
const max = (a, b) => (a > b ? a : b);
const key = (e) => `${e.device}.${e.n}`;
const isStub = (e) => e.digest !== undefined;
const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);

// ---- Events: JSON in and out without touching a payload's bytes, digests, the chain, the clock.
const AUTHOR = ['device', 'n', 'seen', 'hlc', 'actor', 'type', 'v', 'salt', 'data_digest', 'data'];
const KEPT = [...AUTHOR, 'seq', 'received_at', 'merge_hlc', 'rejected', 'digest'];
/** Parses JSON, but gives the value of each `data` as the text that it was. */
export function parse(json) {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;
  let out = '', from = 0, before;
  for (let now = token.exec(json); now; [before, now] = [now[0], token.exec(json)]) {
    if (now[0] !== ':' || before !== '"data"') continue;
    const { index } = (now = token.exec(json));
    for (let deep = 0; (deep += '{['.includes(now[0]) - '}]'.includes(now[0])) > 0;) now = token.exec(json);
    out += json.slice(from, index) + JSON.stringify(json.slice(index, (from = token.lastIndex)));
  }
  return JSON.parse(out + json.slice(from));
}
export function encode(event, fields = AUTHOR) {
  const { data, ...head } = pick(event, fields), json = JSON.stringify(head);
  return data === undefined ? json : `${json.slice(0, -1)},"data":${data}}`;
}
const salted = (e) => e.data_digest ?? hex(`milepost data 1\n${e.salt}\n${e.data}`);
export function digest(journal, e) {
  if (isStub(e)) return e.digest;
  const seen = Object.entries(e.seen ?? {}).map(([d, n]) => `${d}=${n}`).sort().join();
  const head = ['milepost event 1', journal, e.device, e.n, seen, e.hlc, e.actor, e.type, e.v ?? 1];
  return hex(lines(...head, salted(e)));
}
const mergeClock = (e) => (isStub(e) ? '' : e.merge_hlc ?? e.hlc);
export const genesis = (journal) => ({ seq: 0, chain: hex(lines('milepost chain 1', journal)) });
export function next(journal, { seq, chain }, e) {
  const bytes = Buffer.from(chain + digest(journal, e), 'hex');
  return { seq: seq + 1, chain: hex(bytes, lines(e.received_at, mergeClock(e), e.rejected ?? '')) };
}
const hlc = (number) => number.toString(16).padStart(16, '0');
export const reset = (taken, wall) => max(hlc(BigInt(Math.max(0, wall)) << 16n), taken);
export const tick = (last, wall) => reset(hlc(BigInt(`0x${last}`) + 1n), wall);
/** Takes out of a log the words that its redactions name. */
export function redact(log) {
  for (const redaction of log.filter((e) => e.type === 'redaction.made')) {
    const target = JSON.parse(redaction.data), e = log.find((one) => key(one) === key(target));
    if (!e || isStub(e) || e.type === 'redaction.made' || salted(e) !== target.digest) continue;
    const blank = (values) => Object.fromEntries(Object.entries(values).map(([f, v]) => (
      ['change', 'accepted'].includes(f) && isObject(v?.fields) ? [f, { ...v, fields: blank(v.fields) }]
        : [f, f === 'id' || target.fields?.includes(f) === false ? v : null])));
    const { event, ...words } = JSON.parse(e.data);
    Object.assign(e, { data: JSON.stringify(blank(words)), data_digest: target.digest, salt: undefined });
  }
}
// ---- Merging. It looks at the names of types and the rough form of fields: a server has checked the rest.
const TYPES = `opened journal, created goal, ranked goal, defined measure, added milestone practice topic,
  planned series, ended series rest, set rest reminder, removed reminder, recorded checkin assessment
  alliance, amended checkin, scheduled session, written reflection plan, made proposal redaction, decided
  proposal, revised journal goal measure milestone practice series session topic reflection reminder plan,
  status_changed goal milestone practice session topic, retracted goal measure milestone practice checkin
  series session topic reflection assessment alliance proposal`.split(',')
  .map((row) => row.match(/\w+/g)).flatMap(([verb, ...kinds]) => kinds.map((kind) => `${kind}.${verb}`));
const FORMS = { boolean: 'owners_only baseline', object: 'answers subscores original change accepted fields',
  number: 'importance confidence low high target weight progress minutes score bond goals tasks n',
  any: 'start due about session value' };
const SHARED = { goal: 'status on', milestone: 'status on', practice: 'status on', session: 'status on',
  topic: 'status on', checkin: 'value measure', proposal: 'decision on', rest: 'resting until on' };
const byBeing = (type) => (/retracted|removed/.test(type) ? { retracted: true }
  : { 'rest.set': { resting: true }, 'rest.ended': { resting: false, until: null } }[type]);
function toRegisters(kind, id, { id: _, event, reason, ...fields }) {
  const names = SHARED[kind]?.split(' ') ?? [], together = pick(fields, names);
  const all = Object.entries(fields).filter(([f]) => !names.includes(f));
  if (Object.keys(together).length) all.push([names[0], together]);
  return all.map(([register, value]) => [`${kind}/${id}/${register}`, value]);
}
/** What an event sets: registers and their values. Null if this device can't read it. */
export function read(journal, { type, v = 1, data }) {
  const { accepted, ...fields } = JSON.parse(data), kind = type.split('.')[0];
  const formOf = (f) => Object.keys(FORMS).find((form) => FORMS[form].split(' ').includes(f)) ?? 'string';
  const fits = ([f, value]) => value === null || [typeof value, 'any'].includes(formOf(f));
  if (v !== 1 || !TYPES.includes(type) || !Object.entries(fields).every(fits)) return null;
  const writes = toRegisters(kind, fields.id ?? journal, { ...fields, ...byBeing(type) });
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
    const whole = said[e.device] = { ...said[e.device], ...e.seen };
    const writes = isStub(e) ? [] : read(journal, e), isPassed = writes || e.type.startsWith('x.');
    contexts.set(e, whole);
    if (!writes) unread.push([e.device, e.n]);
    if (isPassed && (context[e.device] ?? 0) === e.n - 1) context[e.device] = e.n;
    for (const [register, value] of writes ?? []) {
      const write = { device: e.device, n: e.n, clock: mergeClock(e), context: whole, value };
      const held = registers[register] ?? [];
      if (held.some((w) => hasSeen(w, write))) continue;
      registers[register] = [write, ...held.filter((w) => !hasSeen(write, w))];
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
export function write(state, type, data) {
  const { journal, device, log, actor } = state, { context, contexts } = fold(journal, log);
  const before = log.filter((e) => e.device === device).at(-1);
  const isNew = ([d, n]) => d !== device && n > (contexts.get(before)?.[d] ?? 0);
  const seen = Object.fromEntries(Object.entries(context).filter(isNew));
  state.clock = tick(state.clock, Date.now());
  log.push({ device, n: (before?.n ?? 0) + 1, seen, hlc: state.clock,
    actor, type, salt: randomBytes(16).toString('base64url'), data: JSON.stringify(data) });
}
// ---- Sync.
/** Carries out what a sync answered: as a whole, or not at all. */
export function take(state, { results = [], events = [], cursor, more }) {
  const { journal, cursor: old } = state, held = new Map(state.log.map((e) => [key(e), e]));
  const isSame = (e) => held.get(key(e)) && digest(journal, held.get(key(e))) === digest(journal, e);
  const news = events.map((e) => pick(e, KEPT));
  for (const { n, outcome, reason, ...place } of results.filter((r) => r.seq)) {
    const e = held.get(`${state.device}.${n}`), author = pick(e, ['device', 'n', 'seen']);
    const stub = outcome === 'rejected' && { ...author, rejected: reason, digest: digest(journal, e) };
    news.push({ ...(stub || e), ...place });
  }
  const run = news.filter((e) => e.seq <= cursor.seq).sort((a, b) => a.seq - b.seq);
  const end = run.reduce((at, e) => (e.seq === at.seq + 1 ? next(journal, at, e) : {}), old);
  if (end.seq !== cursor.seq || end.chain !== cursor.chain) throw new Error('The chain does not come out.');
  const isFork = results.some((r) => r.outcome === 'forked') || news.some((e) => isSame(e) === false);
  if (isFork) throw new Error('Another event has the name of one here. It stops here, and all is kept.');
  let isLower = false;
  for (const e of news.filter(isSame)) {
    const mine = held.get(key(e)), { data, data_digest } = mine;
    if (isStub(e) && !isStub(mine)) state.apart.push({ event: encode(mine), reason: e.rejected });
    isLower ||= mergeClock(e) < mergeClock(mine);
    for (const f in mine) delete mine[f];
    Object.assign(mine, e, data_digest && { data, data_digest, salt: undefined }, { confirmed: true });
  }
  for (const e of news) if (!held.has(key(e))) state.log.push({ ...e, confirmed: true });
  const places = new Set(run.map(key));
  const isGone = (e) => (e.seq > cursor.seq ? !more : e.seq > old.seq && !places.has(key(e)));
  for (const e of state.log.filter(isGone)) delete e.seq;
  redact(state.log);
  state.cursor = cursor;
  const greatest = state.log.filter((e) => e.confirmed).map(mergeClock).reduce(max, '');
  state.clock = isLower ? reset(greatest, Date.now()) : max(state.clock, greatest);
}
const list = (events, fields) => `"events":[${events.map((e) => encode(e, fields))}]`;
const outbox = ({ log, device }) => log.filter((e) => e.device === device && !e.confirmed);
const lost = ({ log }) => log.filter((e) => e.confirmed && !e.seq);
const batch = (events, bytes = 0) => events.slice(0, 500)
  .filter((e, i) => (bytes += Buffer.byteLength(encode(e, KEPT)) + 1) < 1e6 || i === 0);
/** Searches the last place where both logs agree, and forgets the places after it. */
async function rewind(state, send) {
  const { journal, log, cursor } = state, chains = [genesis(journal)];
  const placed = log.filter((e) => e.seq <= cursor.seq).sort((a, b) => a.seq - b.seq);
  for (const e of placed) chains.push(next(journal, chains.at(-1), e));
  let low = 0;
  for (let high = cursor.seq; low < high;) {
    const from = low, count = Math.min(64, high - low), step = (high - low) / count;
    const at = Array.from({ length: count }, (_, i) => from + Math.ceil((i + 1) * step));
    const theirs = (await send('GET', `/v1/journals/${journal}/chain?at=${encodeURIComponent(at)}`)).chains;
    const agree = at.filter((seq) => theirs[seq] === chains[seq].chain).length;
    [low, high] = [at[agree - 1] ?? low, (at[agree] ?? high + 1) - 1];
  }
  for (const e of log) if (e.seq > low) delete e.seq;
  state.cursor = chains[low];
}
/** Syncs until both sides have the same. `send` asks the server, `save` keeps the state. */
export async function sync(state, send, save = () => {}) {
  for (let before = Infinity, rewinds = 0; ;) {
    const { journal, device, cursor, log } = state, isRepair = lost(state).length > 0;
    const sent = isRepair ? [] : batch(outbox(state));
    const acknowledged = log.filter((e) => e.device === device && e.confirmed && !isRepair).at(-1)?.n;
    const ask = `${JSON.stringify({ cursor, device, acknowledged }).slice(0, -1)},${list(sent)}}`;
    const answer = (await send('POST', '/v1/sync', `{"journals":{"${journal}":${ask}}}`)).journals[journal];
    if (answer.problem === 'history' && ++rewinds <= 3) await rewind(state, send);
    else if (answer.problem) throw new Error(answer.detail);
    else take(state, answer);
    save();
    const left = lost(state), first = outbox(state)[0];
    if (answer.problem || answer.more) continue;
    if (left.length > 0) {
      if (left.length >= before) throw new Error('The server does not take back what it lost.');
      before = left.length;
      await send('POST', `/v1/journals/${journal}/repair`, `{${list(batch(left), KEPT)}}`);
    } else if (!isRepair && (!first || key(first) === key(sent[0]))) return;
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
const sender = (url, token) => async (method, path, body) => {
  const headers = { 'Content-Type': 'application/json', 'Milepost-Protocol': '1' };
  if (token) headers.Authorization = `Bearer ${token}`;
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
  const fresh = { journal: randomUUID(), device: randomUUID(), actor: '00000000-0000-0000-0000-000000000000',
    clock: hlc(0), log: [], apart: [] };
  const state = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : fresh;
  const save = () => {
    fs.writeFileSync(`${file}.new`, JSON.stringify(state, null, 1), { mode: 0o600, flush: true });
    fs.renameSync(`${file}.new`, file);
  };
  const { registers } = fold(state.journal, state.log), all = Object.entries(registers).sort();
  const goals = all.map(([name, [{ value }]]) => [...name.split('/'), value ?? '(untitled)'])
    .filter(([kind, id, f]) => `${kind}.${f}` === 'goal.title' && !isHidden(registers, `goal/${id}`));
  const commands = {
    pair: () => pair(Object.assign(state, { url: first }), sender(first), second),
    goal: () => write(state, 'goal.created', { id: randomUUID(), title: first }),
    retitle: () => write(state, 'goal.revised', { id: first, title: second }),
    sync: () => sync(state, sender(state.url, state.token), save),
    goals: () => goals.forEach(([, id, , title]) => console.log(`${id}  ${title}`)),
    conflicts: () => all.filter(([, writes]) => isConflict(writes))
      .forEach(([name, writes]) => console.log(name, ...writes.map((w) => JSON.stringify(w.value)))),
    hash: () => console.log(stateHash({ registers })),
  };
  if (!commands[command]) throw new Error(`One of these, please: ${Object.keys(commands).join(', ')}.`);
  if (command === 'sync' && !state.url) throw new Error('Pair this device first.');
  await commands[command]();
  save();
  for (const { event, reason } of state.apart) console.error(`The server rejected ${event}: ${reason}`);
}
