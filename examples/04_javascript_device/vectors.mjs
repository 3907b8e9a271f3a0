#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Goes through the golden vectors, and says of each whether this device comes to the same.
//   node vectors.mjs [FOLDER]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as device from './device.mjs';

const folder = process.argv[2] ?? path.join(import.meta.dirname, '../../tests/vectors');
const load = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
const JOURNAL = '11111111-1111-4111-8111-111111111111';
/** An event without what is as if it were left out. */
const least = ({ seen = {}, ...e }) => (
  { ...e, merge_hlc: e.merge_hlc === e.hlc ? undefined : e.merge_hlc, ...(Object.keys(seen).length && { seen }) });
const plain = (v) => JSON.parse(JSON.stringify(v));
const byName = (a, b) => (`${a.device}.${a.n}` < `${b.device}.${b.n}` ? -1 : 1);
const count = { passed: 0, failed: 0, left: 0 };
const leave = (what, why) => { count.left += 1; console.log(`left out  ${what}: ${why}`); };

async function check(what, run) {
  try {
    await run();
    count.passed += 1;
    console.log(`passed    ${what}`);
  } catch (error) {
    count.failed += 1;
    console.log(`FAILED    ${what}\n${error.message}`);
  }
}

const { journal, genesis, events } = load('digest_and_chain.json');
let at = device.genesis(journal);
await check('digest_and_chain: before the first event', () => assert.equal(at.chain, genesis));
for (const { about, body, digest, chain } of events) {
  await check(`digest_and_chain: ${about}`, () => {
    const e = device.parse(body);
    assert.equal(device.digest(journal, e), digest);
    at = device.next(journal, at, e);
    assert.deepEqual(at, { seq: e.seq, chain });
  });
}

for (const { about, last, steps } of load('clocks.json')) {
  if (steps[0].clamp) { leave(`clocks: ${about}`, "a server's"); continue; }
  await check(`clocks: ${about}`, () => {
    let clock = last ?? '0'.repeat(16);
    for (const { tick, observe, reset, wall, reads } of steps) {
      if (tick !== undefined) clock = device.tick(clock, tick);
      else if (observe) clock = observe > clock ? observe : clock;
      else clock = device.reset(reset, wall);
      assert.equal(clock, reads);
    }
  });
}

for (const name of fs.readdirSync(path.join(folder, 'events')).sort()) {
  await check(`events: ${name}`, () => {
    const { data, kind, entity, fields } = load(`events/${name}`);
    const type = name.split('.').slice(0, 2).join('.');
    const event = { type, v: Number(name.split('.')[2]), data: JSON.stringify(data) };
    const own = device.read(JOURNAL, event).filter(([register]) => register.startsWith(`${kind}/${entity}/`));
    const set = Object.fromEntries(own.flatMap(([register, value]) => {
      const f = register.split('/')[2];
      return ['status', 'value', 'decision', 'resting'].includes(f) ? Object.entries(value) : [[f, value]];
    }));
    const { accepted, ...others } = fields;
    assert.deepEqual(set, others);
  });
}

for (const { about, events: bodies, expected } of load('merging.json')) {
  await check(`merging: ${about}`, () => {
    for (const turn of [(all) => all, (all) => all.reverse()]) {
      const log = turn(bodies.map(device.parse)), entities = {}, counters = {};
      const one = ({ device: d, n, value }) => ({ device: d, n, value });
      for (const { device: d, n } of log) counters[d] = Math.max(n, counters[d] ?? 0);
      device.redact(log);
      const state = device.fold(JOURNAL, log);
      for (const [name, writes] of Object.entries(state.registers)) {
        const [kind, id, register] = name.split('/');
        const hidden = device.isHidden(state.registers, `${kind}/${id}`);
        const [shown, ...set_aside] = writes.map(one), conflict = device.isConflict(writes);
        const entity = entities[`${kind}/${id}`] ??= { kind, id, hidden, registers: {} };
        entity.registers[register] = { shown, set_aside: set_aside.sort(byName), conflict };
      }
      assert.deepEqual(Object.keys(entities).sort().map((k) => entities[k]), expected.entities);
      const { context, unread } = state, { entities: _, ...others } = expected;
      assert.deepEqual({ counters, context, unread, state_hash: device.stateHash(state) }, others);
    }
  });
}

for (const { about, event, redaction, left, digest } of load('redactions.json')) {
  await check(`redactions: ${about}`, () => {
    const log = [event, redaction].map(device.parse);
    assert.equal(device.digest(JOURNAL, log[0]), digest);
    for (let i = 0; i < 2; i++) {
      device.redact(log);
      assert.deepEqual(plain(log[0]), device.parse(left));
      assert.equal(device.digest(JOURNAL, log[0]), digest);
    }
  });
}

const held = ({ event, confirmed }) => ({ ...device.parse(event), ...(confirmed && { confirmed }) });
for (const { about, log, device: own, first, gone_from, names, again } of load('branches.json')) {
  await check(`branches: ${about}`, () => {
    const placed = log.map((one, i) => ({ ...held(one), ...(one.placed && { seq: i + 1 }) }));
    const got = device.branch({ journal: JOURNAL, device: own, log: placed }, own, first);
    assert.deepEqual([got.gone, got.names], [gone_from, names]);
    assert.deepEqual(plain(got.added.map(least)), again.map(held));
  });
}

/** A body without the fields that have their defaults. */
function bare(body) {
  const full = (_, v) => (Array.isArray(v) && !v.length ? undefined : v?.hlc ? least(v) : v);
  return body ? JSON.parse(JSON.stringify(device.parse(body), full)) : '';
}
/** The chain values of a log, by place. */
function chainsOf(log) {
  let at = device.genesis(JOURNAL);
  return [at.chain, ...log.map((body) => (at = device.next(JOURNAL, at, device.parse(body))).chain)];
}
for (const c of load('devices.json')) {
  const asked = [...c.exchanges];
  if (asked.some((x) => x.request.path.endsWith('/snapshot'))) {
    leave(`devices: ${c.about}`, 'it begins from no snapshots');
    continue;
  }
  await check(`devices: ${c.about}`, async () => {
    const state = { journal: JOURNAL, device: c.before.device, apart: [],
      log: c.before.log.map(held), cursor: device.genesis(JOURNAL) };
    for (const e of state.log.filter((x) => x.seq).sort((a, b) => a.seq - b.seq)) {
      state.cursor = device.next(JOURNAL, state.cursor, e);
    }
    let failed = false;
    const chains = chainsOf((c.put_back ?? c).server);
    const send = async (method, where, body) => {
      // Which places a search asks for is the device's own affair: it is answered from the server's log.
      const [, searched] = where.match(/\/chain\?at=(\d+)$/) ?? [];
      if (searched) return { chains: { [searched]: chains[searched] } };
      while (asked[0].request.path.includes('/chain?')) asked.shift();
      const { request, answer } = asked.shift();
      assert.deepEqual([method, where], [request.method, request.path]);
      assert.deepEqual(bare(body), bare(request.body));
      return device.parse(answer.body);
    };
    try {
      await device.sync(state, send);
    } catch (error) {
      if (!c.failed) throw error;
      failed = true;
    }
    assert.deepEqual([failed, asked.length], [c.failed, 0]);
    const { state_hash, log, set_apart, ...after } = c.after;
    assert.deepEqual({ device: state.device, cursor: state.cursor }, after);
    assert.deepEqual(plain(state.log.map(least)), log.map(held));
    assert.deepEqual(state.apart.map((a) => ({ ...a, event: device.parse(a.event) })),
      set_apart.map((a) => ({ ...a, event: device.parse(a.event) })));
    return assert.equal(device.stateHash(device.fold(JOURNAL, state.log)), state_hash);
  });
}

for (const name of ['logs.json', 'wire.json']) leave(name, "a server's");
leave('hints.json', 'this device listens to none');
leave('forms.json', 'it checks no exact forms');
console.log(`${count.passed} passed, ${count.failed} failed, ${count.left} left out`);
process.exitCode = count.failed ? 1 : 0;
