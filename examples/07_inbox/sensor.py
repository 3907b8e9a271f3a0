"""A small device that sends a sitting: `python sensor.py ADDRESS 12`, with the secret in `MINDFUL_SECRET`.

It needs the standard library alone, and sends again until it is answered: the same sitting is taken in once.
"""

import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime

TRIES, PATIENCE_S = 5, 1.0


def request(address: str, secret: str, sitting: dict[str, object]) -> urllib.request.Request:
    """One sitting, signed."""
    body = json.dumps(sitting).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-signature": signature}
    return urllib.request.Request(address, body, headers)  # noqa: S310 - its owner says where


def send(address: str, secret: str, sitting: dict[str, object]) -> tuple[int, str]:
    """The status and the words of the answer; 0 where there was none."""
    for attempt in range(TRIES):
        try:
            with urllib.request.urlopen(request(address, secret, sitting), timeout=10) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            if refused.code not in {429, 500, 502, 503, 504}:
                return refused.code, refused.read().decode()
        except OSError:
            pass
        time.sleep(PATIENCE_S * (attempt + 1))
    return 0, "No answer."


def main() -> None:
    """Sends one sitting of today."""
    address, minutes = sys.argv[1:]
    on = datetime.now(UTC).astimezone().date().isoformat()
    sitting = {"id": str(uuid.uuid4()), "on": on, "minutes": int(minutes)}
    status, words = send(address, os.environ["MINDFUL_SECRET"], sitting)
    print(status, words)
    sys.exit(0 if status == 200 else 1)


if __name__ == "__main__":
    main()
