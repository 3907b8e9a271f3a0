"""Apple Health exports, packed and not."""

import io
import zipfile

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_US">\n'
TAIL = b"</HealthData>\n"


def document(*elements: str) -> bytes:
    return HEAD + "\n".join(elements).encode() + TAIL


def packed(xml: bytes, name: str = "apple_health_export/export.xml", **others: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        for other, body in others.items():
            made.writestr(other.replace("__", "/"), body)
        made.writestr(name, xml)
    return file.getvalue()


def sitting(start: str, end: str, source: str = "Breathe") -> str:
    return (
        f'<Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="{source}" startDate="{start} +0100" '
        f'endDate="{end} +0100"/>'
    )
