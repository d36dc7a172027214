"""What can be in the way on a machine. Each message says what is wrong, with the value, and a way on."""


class MachineError(Exception):
    """Something on this machine stops us; the message is written for the person at the keyboard."""


class WrongUsage(MachineError):
    """The command line cannot be understood (exit status 2)."""


class CommandFailed(MachineError):
    """A program that we called ended with an error; `output` is what it printed last."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message if not output.strip() else f"{message}\n{_indented(output)}")
        self.output = output


class NoSpace(MachineError):
    """The disk is full or too small for the next step."""


class WrongOwner(MachineError):
    """Another user set this clone up, or this user may not write where it must."""


class PortTaken(MachineError):
    """The address is in use by another program."""


class WrongDatabaseVersion(MachineError):
    """The data folder belongs to another major version of PostgreSQL than the ones installed."""


def _indented(output: str) -> str:
    return "\n".join(f"    {line}" for line in output.strip().splitlines()[-15:])
