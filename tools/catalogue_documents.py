"""Write what follows from the catalogue: the tables in its README and docs/catalogue-sources.md.

Run it after a column, its meaning, a source or a passage was changed:
python tools/catalogue_documents.py
"""

from pathlib import Path

from mesodash.catalogue.documents import sources_document, with_tables
from mesodash.catalogue.load import load_catalogue

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "catalogue"
SOURCES = ROOT / "docs" / "catalogue-sources.md"


def main() -> None:
    """Rewrite both in place."""
    readme = FOLDER / "README.md"
    readme.write_text(with_tables(readme.read_text(encoding="utf-8")), encoding="utf-8")
    SOURCES.write_text(sources_document(load_catalogue(FOLDER)), encoding="utf-8")


if __name__ == "__main__":
    main()
