"""The words of FHIR R4 that Milepost's fields become, and back: tables and addresses alone, which know no thing of a journal.

Sources: the value sets that R4 binds (https://hl7.org/fhir/R4/goal.html, task.html, servicerequest.html, appointment.html,
observation.html), and the Person-Centered Outcomes guide 1.0.0 (https://hl7.org/fhir/us/pco/STU1/), for levels of goal
attainment scaling. LOINC codes are © Regenstrief Institute and used under https://loinc.org/license. There are no codes of
SNOMED CT here, as whoever uses those needs a licence of their own.
"""

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
URIS = "urn:ietf:rfc:3986"
"""The system of identifiers that are URIs themselves (https://hl7.org/fhir/R4/identifier-registry.html)."""
TERMS = "http://terminology.hl7.org/CodeSystem"
STRUCTURES = "http://hl7.org/fhir/StructureDefinition"

OWN = "urn:milepost:fhir:"
"""What R4 has no place for is under names of our own that begin so: every reader may pass them over."""
MEASURES, AREAS, INSTRUMENTS, REASONS = f"{OWN}measure", f"{OWN}area", f"{OWN}instrument", f"{OWN}reason"
FILE = (f"{OWN}file", "journal")
"""System and code of the tag of a Bundle that Milepost wrote as a file."""
GRANTED = "Granted by the person in Milepost, for this export or connection alone"
"""By what rule a Consent of ours is."""
LOOKS_LIKE = "looks-like"
"""What a target without a number is about: how one would see that it is so."""

ATTAINMENT = "http://hl7.org/fhir/us/pco/StructureDefinition/pco-goal-attainment-scaling"
LEVELS = {
    -2: ("LA34484-8", "Much less than expected"),
    -1: ("LA34483-0", "Less than expected"),
    0: ("LA34481-4", "Expected outcome"),
    1: ("LA34480-6", "Better than expected"),
    2: ("LA34479-8", "Much better than expected"),
}
"""Level of goal attainment scaling → answer in the LOINC list LL6900-6, as the guide has it."""
LEVEL_OF = {code: level for level, (code, _) in LEVELS.items()}
ATTAINED = ("107334-5", "Patient follow-up goal attainment scaling score")
ATTAINED_BY_PRACTITIONER = "107333-7"
PERTAINS_TO_GOAL, ZONE = f"{STRUCTURES}/resource-pertainsToGoal", f"{STRUCTURES}/tz-code"

GOAL_STATUS = {
    "active": "active",
    "later": "accepted",
    "paused": "on-hold",
    "achieved": "completed",
    "ended": "completed",
    "let_go": "cancelled",
}
"""Goal.status → Goal.lifecycleStatus. Achieved and ended are told apart by achievementStatus."""
GOAL_STATUS_OF = {
    "proposed": "active",
    "planned": "later",
    "accepted": "later",
    "active": "active",
    "on-hold": "paused",
    "completed": "ended",
    "cancelled": "let_go",
}
"""What a goal from elsewhere would begin with; what is `rejected` or `entered-in-error` there is none."""
DIRECTIONS = {"improving": "improving", "worsening": "worsening", "steady": "no-change"}
"""`direction` → Goal.achievementStatus."""
TASK_STATUS = {"planned": "accepted", "reached": "completed", "dropped": "cancelled"}
PRACTICE_STATUS = {"active": "active", "paused": "on-hold", "ended": "completed"}
SESSION_STATUS = {"planned": "booked", "held": "fulfilled", "cancelled": "cancelled", "not_held": "cancelled"}
NOT_HELD = "not_held"
PRIORITIES = (
    (8, "high-priority", "High Priority"),
    (4, "medium-priority", "Medium Priority"),
    (0, "low-priority", "Low Priority"),
)
"""From which importance (0 to 10) on a goal has which priority."""

SCORES = {"phq-9": ("44261-6", "PHQ-9 total score"), "gad-7": ("70274-6", "GAD-7 total score")}
"""Instrument → the LOINC code of its total; others have a code of our own alone."""
