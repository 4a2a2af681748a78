"""The command `mesodash encrypt`: an encrypted copy of a plain clinic's file."""

from pathlib import Path

import click

from mesodash.cli.common import db_option, told_plainly
from mesodash.records.encryption import encrypt_copy, make_key


@click.command()
@db_option
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The new, encrypted file.",
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file of its key, best on another disk; made if there is none.",
)
def encrypt(db: Path, target: Path, key_file: Path) -> None:
    """Copy a plain clinic's file into an encrypted one; stop the app first."""
    with told_plainly():
        if not key_file.exists():
            make_key(key_file)
            click.echo(f"Made the key {key_file}; without it nobody can open the clinic: copy it.")
        encrypt_copy(db, target, key_file)
    click.echo(
        f"Made {target}. Start with MESODASH_DB={target} and MESODASH_DB_KEY_FILE={key_file}; then"
        f" delete {db}, its side files and its plain backups."
    )


COMMANDS = (encrypt,)
