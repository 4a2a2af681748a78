"""The command `mesodash encrypt`: an encrypted copy of a plain clinic's file."""

from pathlib import Path

import click

from mesodash.cli.common import db_option, plain_errors
from mesodash.language import _
from mesodash.records.files.encryption import encrypt_copy, make_key


@click.command()
@db_option
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("The new, encrypted file."),
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("File of the encryption key, preferably on another disk; created if missing."),
)
def encrypt(db: Path, target: Path, key_file: Path) -> None:
    """Copy an unencrypted clinic's file into an encrypted one; stop the app first."""
    with plain_errors():
        if not key_file.exists():
            make_key(key_file)
            click.echo(
                _(
                    "Made the key {key_file}; without it nobody can open the clinic: copy it."
                ).format(key_file=key_file)
            )
        encrypt_copy(db, target, key_file)
    click.echo(
        _(
            "Made {target}. Start with MESODASH_DB={target} and"
            " MESODASH_DB_KEY_FILE={key_file}; then delete {db}, its side files and its"
            " plain backups."
        ).format(target=target, key_file=key_file, db=db)
    )


COMMANDS = (encrypt,)
