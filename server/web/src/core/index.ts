/**
 * The browser's core: what it takes to be a device, and touches neither network nor store. The fold, the writing of
 * events, and the conversation of a sync come to the same as those in Python, which `tests/web` shows.
 */

export { writeAgain, type Again, type Branch, type Held } from "./branch";
export { HLC_MIN, HybridClock, formatHlc, hlcMs } from "./clock";
export {
  asStub,
  authored,
  decodeEvent,
  encodeEvent,
  genesisChain,
  identityDigest,
  nextChain,
  rankedAt,
  saltedDigest,
  unplaced,
} from "./envelope";
export { InvalidEvent, InvalidInput, SyncFailed } from "./errors";
export * from "./generated/messages";
export { FOLD_VERSION, MAX_LINKS, MAX_PUSH_BYTES, MAX_PUSH_EVENTS, NOBODY, PROTOCOL, STRIDE } from "./generated/table";
export { State, fold, redactionsIn, stateHash, type Progress } from "./journal";
export { isSame } from "./json";
export { dumpState, loadState } from "./kept";
export { encodeRepair, encodeSync, parseMessage, parseSnapshot } from "./messages";
export { rankBetween } from "./rank";
export { isKnown, readFields, type Fields } from "./reading";
export { bytesOf, linkOf } from "./receipts";
export { REDACTION, redacted, redactionOf } from "./redaction";
export { setAside, shown, type Register, type Registers, type Stamp, type Write } from "./register";
export type { Answer, Behind, Request, Settled, Standing, Step } from "./steps";
export { Session, type Phase } from "./sync";
export { unsaid, writeDrafts, writtenOver, type Draft, type Pen } from "./writing";
