"""Commands about accounts: `mesodash user ...`."""

import sys
from pathlib import Path

import click

from mesodash.access import passwords
from mesodash.cli.common import Failure, db_option, format_option, plain_errors, print_rows
from mesodash.language import N_, _
from mesodash.permissions import ROLES, role_name
from mesodash.records.accounts import accounts, learning, sign_ins
from mesodash.records.audit.actor import COMMAND_LINE

_TO_CHANGE = N_("They choose their own password at the next sign-in.")

role_option = click.option(
    "--role", type=click.Choice(ROLES), required=True, help=_("Role of the account.")
)
password_option = click.option(
    "--password-stdin",
    is_flag=True,
    help=_("Read the password from standard input instead of prompting."),
)
names_option = click.option(
    "--names/--no-names", default=None, help=_("Whether a manager may see patients' identities.")
)


@click.group("user")
def user() -> None:
    """Manage accounts and their roles."""


@user.command("add")
@click.argument("name")
@role_option
@names_option
@password_option
@click.option("--issuer", help=_("Address of the identity provider, instead of a password."))
@click.option("--subject", help=_("With --issuer: the account's subject at the identity provider."))
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
        raise Failure(_("Give --issuer and --subject together, or neither."))
    kept = None if issuer else _hashed(name, password_stdin)
    with plain_errors():
        # Who adds the first administrator is that administrator, and typed a password of their own.
        first = role == "administrator" and not accounts.accounts(db)
        made = accounts.add_account(
            db, name, role, COMMAND_LINE,
            password_hash=kept, issuer=issuer, subject=subject, sees_names=bool(names),
            given=not first,
        )  # fmt: skip
    done = _("{name} may sign in as {role}.").format(name=made.name, role=role_name(made.role))
    click.echo(f"{done} {_(_TO_CHANGE)}" if made.must_change else done)


@user.command("list")
@format_option("table", "csv", "json", default="table")
@db_option
def list_users(output: str, db: Path) -> None:
    """List the accounts."""
    with plain_errors():
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
    """Disable an account; takes effect at once."""
    with plain_errors():
        accounts.set_disabled(db, name, COMMAND_LINE)
    click.echo(_("{name} may not sign in any more.").format(name=name))


@user.command("enable")
@click.argument("name")
@db_option
def enable(name: str, db: Path) -> None:
    """Enable a disabled account."""
    with plain_errors():
        accounts.set_disabled(db, name, COMMAND_LINE, disabled=False)
    click.echo(_("{name} may sign in again.").format(name=name))


@user.command("role")
@click.argument("name")
@role_option
@names_option
@db_option
def role_command(name: str, role: str, names: bool | None, db: Path) -> None:
    """Change an account's role; it must sign in again."""
    with plain_errors():
        accounts.set_role(db, name, role, COMMAND_LINE, sees_names=names)
    click.echo(_("{name} is {role} now.").format(name=name, role=role_name(role)))


@user.command("link")
@click.argument("name")
@click.option("--issuer", required=True, help=_("Address of the identity provider."))
@click.option("--subject", required=True, help=_("The account's subject at the identity provider."))
@db_option
def link(name: str, issuer: str, subject: str, db: Path) -> None:
    """Link an account to an identity provider, in place of its password."""
    with plain_errors():
        accounts.set_subject(db, name, issuer, subject, COMMAND_LINE)
    click.echo(_("{name} signs in at {issuer} now.").format(name=name, issuer=issuer))


@user.command("reset")
@click.argument("name")
@password_option
@db_option
def reset(name: str, password_stdin: bool, db: Path) -> None:
    """Reset an account's password and second factor."""
    kept = _hashed(name, password_stdin)
    with plain_errors():
        accounts.set_password(db, name, kept, COMMAND_LINE, given=True)
    done = _("{name} has a new password.").format(name=name)
    click.echo(f"{done} {_(_TO_CHANGE)}")


@user.command("sign-out")
@click.argument("name", required=False)
@click.option("--all", "everybody", is_flag=True, help=_("All accounts."))
@db_option
def sign_out(name: str | None, everybody: bool, db: Path) -> None:
    """End the sessions of an account, or of all; they can sign in again."""
    if (name is None) != everybody:
        raise Failure(_("Name an account, or give --all."))
    with plain_errors():
        ended = sign_ins.end_all(db, COMMAND_LINE, name=name)
    click.echo(_("Ended: {ended}.").format(ended=ended))


@user.command("forget-flashcards")
@click.argument("name")
@db_option
def forget_flashcards(name: str, db: Path) -> None:
    """Erase what is kept of an account's flashcards."""
    with plain_errors():
        erased = learning.forget_learning(db, name, COMMAND_LINE)
    click.echo(_("Erased: {n} cards of {name}.").format(n=erased, name=name))


def _hashed(name: str, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(_("Password"), hide_input=True, confirmation_prompt=True)
    try:
        return passwords.hashed(password, name=name)
    except passwords.PasswordError as error:
        raise Failure(str(error)) from error


COMMANDS = (user,)
