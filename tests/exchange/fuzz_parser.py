"""Run as a program: coverage-guided fuzzing of what reads an exchange file, with atheris.

Arguments: a folder of seeds, then those of libFuzzer. The first byte chooses the exchange file.
What is read must add up, what is wrong must be one sentence; anything else stops the program.
"""

import re
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mesodash.exchange", "csv"]):
    from mesodash.exchange.contract.cells import vocabulary_of
    from mesodash.exchange.contract.files import EXCHANGE_FILES
    from mesodash.exchange.errors import BrokenFileError
    from mesodash.exchange.importing.batch import Batch, fill_batch
    from mesodash.exchange.sources.csv_file import CsvFile
    from mesodash.exchange.sources.folder import present_columns, required, text_rows

from mesodash.catalogue.load import load_catalogue
from mesodash.settings import load_settings

SENTENCE = re.compile(r"[^\n\r]{20,900}\.")
VOCABULARY = vocabulary_of(load_catalogue(load_settings().catalogue))
PLACE = Path(tempfile.mkdtemp())
BROKEN = "--broken"
"""The negative control: a reader that forgets a refused row must be found."""


def one_input(data: bytes) -> None:
    """Read one file of these bytes."""
    target = EXCHANGE_FILES[data[0] % len(EXCHANGE_FILES)] if data else EXCHANGE_FILES[0]
    path = PLACE / target.file_name
    path.write_bytes(data[1:])
    try:
        with CsvFile(path, required(target)) as source:
            batch = Batch(target, path.name, present_columns(source, target))
            read = sum(fill_batch(batch, text_rows(source, batch), VOCABULARY))
    except BrokenFileError as error:
        if not SENTENCE.fullmatch(str(error)):
            raise RuntimeError(f"no sentence: {error}") from error
        return
    refused = 0 if BROKEN in sys.argv else len(batch.rejects)
    if read != batch.read or read != len(batch.rows) + refused:
        raise RuntimeError(f"{read} rows read, {len(batch.rows)} kept, {refused} refused")
    for reject in batch.rejects:
        if not reject.reason or reject.line < 2:
            raise RuntimeError(f"a row refused without a reason: {reject}")


if __name__ == "__main__":
    atheris.Setup([one for one in sys.argv if one != BROKEN], one_input)
    atheris.Fuzz()
