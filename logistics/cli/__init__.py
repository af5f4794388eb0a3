"""The command line `youdang`: one file a group of commands, each loaded only when it is called.

It wires processes together; it decides nothing.
"""

from __future__ import annotations

import importlib

import click

# command name -> module of this package that defines a click command of that name (dashes become underscores)
COMMANDS = {
    "run": "processes",
    "web": "processes",
    "scheduler": "processes",
    "sandbox": "processes",
    "postgres": "processes",
    "migrate": "processes",
    "demo": "demo",
    "verify": "verify",
    "check": "check",
    "deadline": "deadline",
    "calendar": "calendar",
    "courier-call": "courier",
    "couriers": "couriers",
    "waybill": "waybill",
    "paper": "paper",
    "administrator": "administrator",
    "directory": "directory",
    "regions": "directory",
    "client": "directory",
}


class _Lazy(click.Group):
    """A group that imports a command's module only when that command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        """All command names in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click gives it
        """The command, or None for a name that is not in the table."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = getattr(importlib.import_module(f"logistics.cli.{module}"), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """邮档 Youdang: mailing dossiers of original documents, from the window to the verified archive."""
