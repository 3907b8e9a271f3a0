/** The questions of the ending page. */

export const ENDING_PARTS = ["helped", "signs", "returns", "along"] as const;
export type EndingPart = (typeof ENDING_PARTS)[number];
