"""The command `ketascreen`, also as `python -m ketascreen`.

It loads nothing before it can answer Ctrl-C: loading takes most of the time of a short command.
"""

import os


def main() -> None:
    """Runs the command, and ends the program with its status."""
    try:
        from ketascreen.cli.commands import main as command

        command(prog_name="ketascreen")
    except KeyboardInterrupt:
        from contextlib import suppress

        with suppress(OSError):
            os.write(2, b"interrupted; what was printed is not complete\n")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
