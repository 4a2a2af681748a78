"""Reading what a clinic hands out: PDF as text, tables as rows, pictures by their digest."""

import csv
import hashlib
import io
from typing import Any


def pdf_text(made: bytes) -> list[str]:
    """The text of each page of a PDF."""
    from pypdf import PdfReader  # noqa: PLC0415 - needed for documents only

    return [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]


def read_document(name: str, data: Any) -> Any:
    """A file by its name's ending; `data` is its content or what makes it."""
    made = data() if callable(data) else data
    made = made.read() if hasattr(made, "read") else made
    raw = made.encode() if isinstance(made, str) else bytes(made)
    if name.endswith(".pdf"):
        return pdf_text(raw)
    if name.endswith(".csv"):
        return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    if name.endswith(".xlsx"):
        from openpyxl import load_workbook  # noqa: PLC0415 - needed for this kind only

        book = load_workbook(io.BytesIO(raw))
        return {
            s.title: [[str(c) for c in row] for row in s.iter_rows(values_only=True)] for s in book
        }
    if name.endswith((".ics", ".svg", ".txt", ".json")):
        return raw.decode().splitlines()
    return {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
