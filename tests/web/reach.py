"""Serve a page by TLS on each of this machine's own addresses, and open it as another device would.

Run as a program, so that it can be run within a network namespace. Prints one line of JSON for each
address: the address, and what verifying the server's own certificate has given.
"""

import json
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
from served import served
from starlette.responses import PlainTextResponse

from statusqr_web.addresses import machine_addresses
from statusqr_web.hosts import AllowedHosts, hosts_for
from statusqr_web.tls import local_certificate, local_names

EVERYWHERE = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - what this is about


def reach(folder: Path) -> None:
    addresses = machine_addresses()
    made = local_certificate(folder, local_names(addresses), datetime.now(UTC))
    trusted = ssl.create_default_context(cafile=made.certificate)
    for address in addresses:
        host = f"[{address}]" if ":" in address else address
        everywhere = EVERYWHERE[6 if ":" in address else 4]
        page = AllowedHosts(PlainTextResponse("страница"), hosts_for(everywhere, addresses))
        pair = (made.certificate, made.key)
        with served(page, host=everywhere, certificate=pair) as port:
            url = f"https://{host}:{port}/"
            told = httpx.get(url, verify=trusted, trust_env=False).text
            try:
                httpx.get(url, verify=ssl.create_default_context(), trust_env=False)
            except httpx.ConnectError as error:
                refused = "CERTIFICATE_VERIFY_FAILED" in str(error)
            named = httpx.get(
                url, verify=trusted, trust_env=False, headers={"Host": "evil.example"}
            )
        found = {"address": address, "told": told, "refused": refused, "named": named.status_code}
        sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    reach(Path(sys.argv[1]))
