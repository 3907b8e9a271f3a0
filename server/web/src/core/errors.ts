/** What can go wrong in the core: each says what happened, in words for a person. */

/** An event or a payload that is none, or that does not follow on what is there. */
export class InvalidEvent extends Error {
  override name = "InvalidEvent";
}

/** Words that are longer than their field takes. Lengths are in letters. */
export class TooLong extends InvalidEvent {
  constructor(readonly field: string, readonly length: number, readonly most: number) {
    super(`\`${field}\` takes ${most} letters, and this has ${length}. Make it shorter.`);
  }
}

/** Something that somebody wants to write, and that can't be written so. */
export class InvalidInput extends Error {
  override name = "InvalidInput";
}

/** The server answered something that does not add up; nothing was taken from it. */
export class SyncFailed extends Error {
  override name = "SyncFailed";
}
