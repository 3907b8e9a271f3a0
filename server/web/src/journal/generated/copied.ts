// Read off the core's data; `python -m tests.web.data_files` writes it anew.
import type { Json } from "../../core/generated/payloads";

/** Kind → what a copy of a journal says of each entity, and what stands where nothing was written. */
export const COPIED: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  "goal": {"id": "", "changed_at": "", "title": "(untitled)", "kind": "open", "status": "active", "on": null, "looks_like": null, "why": null, "helps": null, "area": null, "start": null, "due": null, "importance": null, "confidence": null, "measure": null, "rank": "", "reflection": null, "first": null, "latest": null, "steps": 0, "reached": 0},
  "measure": {"id": "", "changed_at": "", "goal": "", "type": "scale", "question": null, "low": null, "high": null, "unit": null, "better": null, "target": null, "weight": null, "levels": []},
  "milestone": {"id": "", "changed_at": "", "goal": "", "title": "(untitled)", "due": null, "status": "planned", "on": null, "progress": 0, "rank": "", "place": 0, "of": 0},
  "practice": {"id": "", "changed_at": "", "title": "(untitled)", "recurrence": "FREQ=DAILY", "start": "", "goal": null, "minutes": null, "status": "active", "on": null},
  "series": {"id": "", "changed_at": "", "start": null, "recurrence": "FREQ=WEEKLY", "minutes": null, "place": null, "ended": null},
  "session": {"id": "", "changed_at": "", "start": null, "minutes": null, "place": null, "status": "planned", "on": null, "series": null, "original": null},
  "checkin": {"id": "", "changed_at": "", "subject": null, "on": "", "at": null, "measure": null, "value": null, "baseline": false, "occurrence": null, "note": null, "source": null, "external_id": null},
  "topic": {"id": "", "changed_at": "", "text": null, "about": null, "session": null, "status": "open", "on": null},
  "reflection": {"id": "", "changed_at": "", "on": "", "text": "", "takeaway": null, "session": null, "goal": null},
  "assessment": {"id": "", "changed_at": "", "instrument": "", "version": "", "answers": [], "on": "", "score": null, "subscores": {}},
};
