"""What API tokens may be for."""

from typing import Final

SCOPES: Final = {
    "page": "open the checkpoint page (the access code of a device)",
    "verify": "check codes by the API",
    "scans": "listen to the scans",
    "metrics": "read the metrics",
}
