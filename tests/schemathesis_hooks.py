"""For schemathesis: files of the kinds that the description of the API names, instead of noise."""

import io
from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from PIL import Image


def _picture(kind: str) -> bytes:
    output = io.BytesIO()
    Image.new("L", (40, 30), 200).save(output, kind)
    return output.getvalue()


for name in ("png", "jpeg", "webp"):
    schemathesis.openapi.media_type(f"image/{name}", st.just(_picture(name)))
schemathesis.openapi.media_type("application/pdf", st.just(_picture("pdf")))
HEIC = Path(__file__).with_name("data") / "photo.heic"
schemathesis.openapi.media_type("image/heic", st.just(HEIC.read_bytes()))
