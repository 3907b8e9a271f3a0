// Read off the core's data; `python -m tests.web.data_files` writes it anew.

/** The month in which the lines were written down. */
export const AS_OF = "2025-06";

/** Region → the number that is called where somebody is in danger. */
export const EMERGENCY: Readonly<Record<string, string>> = {"US": "911", "CA": "911", "GB": "999", "IE": "112", "DE": "112", "AT": "112", "CH": "112", "FR": "112", "NL": "112", "BE": "112", "ES": "112", "AU": "000", "NZ": "111"};

export const LINES: readonly { region: string; name: string; reach: string; hours: string; source: string }[] = [
  {"region": "US", "name": "988 Suicide & Crisis Lifeline", "reach": "call or text 988", "hours": "day and night", "source": "988lifeline.org"},
  {"region": "CA", "name": "988 Suicide Crisis Helpline", "reach": "call or text 988", "hours": "day and night", "source": "988.ca"},
  {"region": "GB", "name": "Samaritans", "reach": "call 116 123", "hours": "day and night", "source": "samaritans.org"},
  {"region": "GB", "name": "Shout", "reach": "text SHOUT to 85258", "hours": "day and night", "source": "giveusashout.org"},
  {"region": "IE", "name": "Samaritans", "reach": "call 116 123", "hours": "day and night", "source": "samaritans.org"},
  {"region": "DE", "name": "TelefonSeelsorge", "reach": "call 0800 111 0 111, 0800 111 0 222 or 116 123", "hours": "day and night", "source": "telefonseelsorge.de"},
  {"region": "AT", "name": "TelefonSeelsorge", "reach": "call 142", "hours": "day and night", "source": "telefonseelsorge.at"},
  {"region": "CH", "name": "Die Dargebotene Hand", "reach": "call 143", "hours": "day and night", "source": "143.ch"},
  {"region": "FR", "name": "3114, numéro national de prévention du suicide", "reach": "call 3114", "hours": "day and night", "source": "3114.fr"},
  {"region": "NL", "name": "113 Zelfmoordpreventie", "reach": "call 113 or 0800 0113", "hours": "day and night", "source": "113.nl"},
  {"region": "BE", "name": "Zelfmoordlijn 1813", "reach": "call 1813", "hours": "day and night", "source": "zelfmoord1813.be"},
  {"region": "ES", "name": "Línea 024", "reach": "call 024", "hours": "day and night", "source": "sanidad.gob.es"},
  {"region": "AU", "name": "Lifeline", "reach": "call 13 11 14", "hours": "day and night", "source": "lifeline.org.au"},
  {"region": "NZ", "name": "1737, need to talk?", "reach": "call or text 1737", "hours": "day and night", "source": "1737.org.nz"},
];
