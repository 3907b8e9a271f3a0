/** SHA-256 over text and bytes, in hexadecimal digits. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** How many bytes a text has in UTF-8. */
export function sizeOf(text: string): number {
  return utf8(text).length;
}

/** The hash of a text. */
export function hashOf(text: string): string {
  return bytesToHex(sha256(utf8(text)));
}

/** The hash of bytes that are given in hexadecimal digits, and a text behind them. */
export function hashAfter(digits: string, text: string): string {
  return bytesToHex(sha256.create().update(hexToBytes(digits)).update(utf8(text)).digest());
}

/** A hash of text that comes in pieces. */
export function hashing(): { add(text: string): void; end(): string } {
  const hash = sha256.create();
  return { add: (text) => void hash.update(utf8(text)), end: () => bytesToHex(hash.digest()) };
}
