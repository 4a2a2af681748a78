"""Commands about accounts: `mesodash user ...`."""

import sys
from pathlib import Path

import click

from mesodash.access import passwords
from mesodash.cli.common import Failure, db_option, format_option, print_rows, told_plainly
from mesodash.permissions import ROLES
from mesodash.records import accounts, sign_ins
from mesodash.records.actor import COMMAND_LINE

_TO_CHANGE = " They choose their own password at the next sign-in."

role_option = click.option(
    "--role", type=click.Choice(ROLES), required=True, help="What they may do."
)
password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else it asks."
)
names_option = click.option(
    "--names/--no-names", default=None, help="Whether a manager may see who a patient is."
)


@click.group("user")
def user() -> None:
    """Say who may sign in, and with which role."""


@user.command("add")
@click.argument("name")
@role_option
@names_option
@password_option
@click.option("--issuer", help="Instead of a password: the identity provider's address.")
@click.option("--subject", help="With --issuer: who this is to it.")
@db_option
def add(
    name: str,
    role: str,
    names: bool | None,
    password_stdin: bool,
    issuer: str | None,
    subject: str | None,
    db: Path,
) -> None:
    """Add an account."""
    if (issuer is None) != (subject is None):
        raise Failure("Give --issuer and --subject together, or neither.")
    kept = None if issuer else _hashed(name, password_stdin)
    with told_plainly():
        # Who adds the first administrator is that administrator, and typed a password of their own.
        first = role == "administrator" and not accounts.accounts(db)
        made = accounts.add_account(
            db, name, role, COMMAND_LINE,
            password_hash=kept, issuer=issuer, subject=subject, sees_names=bool(names),
            given=not first,
        )  # fmt: skip
    click.echo(f"{made.name} may sign in as {made.role}.{_TO_CHANGE if made.must_change else ''}")


@user.command("list")
@format_option("table", "csv", "json", default="table")
@db_option
def list_users(output: str, db: Path) -> None:
    """List the accounts."""
    with told_plainly():
        found = accounts.accounts(db)
    rows = [
        {
            "name": one.name,
            "role": one.role,
            "names": "yes" if one.sees_names else "no",
            "second_factor": "yes" if one.totp_secret else "no",
            "issuer": one.issuer,
            "disabled": "yes" if one.disabled else "no",
        }
        for one in found
    ]
    print_rows(("name", "role", "names", "second_factor", "issuer", "disabled"), rows, output)


@user.command("disable")
@click.argument("name")
@db_option
def disable(name: str, db: Path) -> None:
    """Shut an account out, at once."""
    with told_plainly():
        accounts.set_disabled(db, name, COMMAND_LINE)
    click.echo(f"{name} may not sign in any more.")


@user.command("enable")
@click.argument("name")
@db_option
def enable(name: str, db: Path) -> None:
    """Let a disabled account in again."""
    with told_plainly():
        accounts.set_disabled(db, name, COMMAND_LINE, disabled=False)
    click.echo(f"{name} may sign in again.")


@user.command("role")
@click.argument("name")
@role_option
@names_option
@db_option
def role_command(name: str, role: str, names: bool | None, db: Path) -> None:
    """Give an account another role; it must sign in anew."""
    with told_plainly():
        accounts.set_role(db, name, role, COMMAND_LINE, sees_names=names)
    click.echo(f"{name} is {role} now.")


@user.command("link")
@click.argument("name")
@click.option("--issuer", required=True, help="The identity provider's address.")
@click.option("--subject", required=True, help="Who this is to it.")
@db_option
def link(name: str, issuer: str, subject: str, db: Path) -> None:
    """Let an account sign in at an identity provider from now on, and no more by password."""
    with told_plainly():
        accounts.set_subject(db, name, issuer, subject, COMMAND_LINE)
    click.echo(f"{name} signs in at {issuer} now.")


@user.command("reset")
@click.argument("name")
@password_option
@db_option
def reset(name: str, password_stdin: bool, db: Path) -> None:
    """Give an account a new password and let it set up its second factor anew."""
    kept = _hashed(name, password_stdin)
    with told_plainly():
        accounts.set_password(db, name, kept, COMMAND_LINE, given=True)
    click.echo(f"{name} has a new password.{_TO_CHANGE}")


@user.command("sign-out")
@click.argument("name", required=False)
@click.option("--all", "everybody", is_flag=True, help="All accounts.")
@db_option
def sign_out(name: str | None, everybody: bool, db: Path) -> None:
    """End the sign-ins of an account, or of everybody; they may sign in again."""
    if (name is None) != everybody:
        raise Failure("Name an account, or give --all.")
    with told_plainly():
        ended = sign_ins.end_all(db, COMMAND_LINE, name=name)
    click.echo(f"Ended: {ended}.")


def _hashed(name: str, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        return passwords.hashed(password, name=name)
    except passwords.PasswordError as error:
        raise Failure(str(error)) from error


COMMANDS = (user,)
