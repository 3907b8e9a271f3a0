/** Name-based ids (UUID version 5, RFC 9562): the same on every device for the same name. */

import { sha1 } from "@noble/hashes/legacy.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

import { utf8 } from "../core/hash";

/** Whether names can be made in it. */
export function isUuid(namespace: string): boolean {
  return /^[0-9a-f]{32}$/i.test(namespace.replaceAll("-", ""));
}

export function nameIn(namespace: string, name: string): string {
  const made = bytesToHex(sha1.create().update(hexToBytes(namespace.replaceAll("-", ""))).update(utf8(name)).digest());
  const variant = ((parseInt(made.charAt(16), 16) & 3) | 8).toString(16);
  const digits = `${made.slice(0, 12)}5${made.slice(13, 16)}${variant}${made.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
