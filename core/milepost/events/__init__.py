"""The event types: what each is called, which fields its payload may carry, and which registers they set.

One module for each kind of entity declares its types; `registry` makes a table of them, by which payloads are read and
checked. The fold, the published table of fields and the schemas are all read off these classes.
"""

from milepost.events.fields import COMPOSITES, Fields, Moment, Payload
from milepost.events.redaction import REDACTION, RedactionMade, emptied_register, redacted, redaction_of, retargeted
from milepost.events.registry import (
    EVENT_TYPES,
    NOT_FIELDS,
    PAYLOADS,
    Draft,
    EventType,
    by_register,
    check_payload,
    encode_payload,
    is_known,
    is_plugin_type,
    read_fields,
)

__all__ = [
    "COMPOSITES",
    "EVENT_TYPES",
    "NOT_FIELDS",
    "PAYLOADS",
    "REDACTION",
    "Draft",
    "EventType",
    "Fields",
    "Moment",
    "Payload",
    "RedactionMade",
    "by_register",
    "check_payload",
    "emptied_register",
    "encode_payload",
    "is_known",
    "is_plugin_type",
    "read_fields",
    "redacted",
    "redaction_of",
    "retargeted",
]
