// Read off the core's data; `python -m tests.web.data_files` writes it anew.

/** What goals are about that are left to people. */
export const ALONE: readonly string[] = [
  "\\b(?:weight|weigh(?:ing)? (?:myself|less|more))\\b",
  "\\bcalor\\w+",
  "\\bk(?:cal|gs?|ilos?)\\b",
  "\\b(?:lose|gain|drop|shed) \\d+",
  "\\b(?:\\d+ ?kg|bmi)\\b",
  "\\b(?:fat|thin|slim)(?:ner|ter|mer)?\\b",
  "\\bdiet\\w*",
  "\\bfasting\\b",
  "\\bstarv\\w+",
  "\\bpurg\\w+",
  "\\b(?:eat|eating) (?:less|fewer|nothing)\\b",
  "\\b(?:stop|quit|avoid|not|no more) eat(?:ing)?\\b",
  "\\bmed(?:s|icat\\w+|icines?)\\b",
  "\\bpills?\\b",
  "\\bdos(?:e|es|age)\\b",
  "\\b(?:antidepressant|sleeping pill|tranquilli[sz]er)s?\\b",
  "\\bsuicid\\w+",
  "\\bself[- ]?(?:harm|injur)\\w*",
  "\\b(?:kill|hurt|harm|cut|burn)(?:ing|ting)? myself\\b",
  "\\b(?:stop|quit|avoid|not|no more) cutting\\b",
  "\\b(?:want|wanting|wish|wishing) (?:to die|to be dead|i was dead|i were dead)\\b",
  "\\bend(?:ing)? (?:my life|it all)\\b",
];
