"""A turnstile that follows a scanner page: listen to the scans, open or not, listen again.

::

    python turnstile.py http://127.0.0.1:8653 token.txt ["name of the place"]
"""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SILENCE = 45.0  # seconds; the server says something every 15
AGAIN = 2.0  # seconds between two attempts


def scans(url: str, token: str) -> Iterator[dict[str, Any]]:
    """What is shown at the scanner pages from now on, until the connection ends."""
    request = urllib.request.Request(f"{url}/api/v1/scans")  # noqa: S310 - the caller's server
    request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=SILENCE) as stream:  # noqa: S310
        print("listening", file=sys.stderr, flush=True)
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def main(url: str, token_file: str, place: str = "") -> None:
    """Say `open` or `closed` for each scan at `place`, or at any."""
    token = Path(token_file).read_text(encoding="ascii").strip()
    while True:
        try:
            for scan in scans(url, token):
                if place in ("", scan["place"]):
                    print("open" if scan["accepted"] is True else "closed", flush=True)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                sys.exit(f"the token does not open the stream: HTTP {error.code}")
        except OSError as error:  # refused, lost, or silent for too long
            print(f"no connection: {type(error).__name__}", file=sys.stderr, flush=True)
        time.sleep(AGAIN)


if __name__ == "__main__":
    main(*sys.argv[1:])
