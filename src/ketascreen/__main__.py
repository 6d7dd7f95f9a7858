"""`python -m ketascreen` is the command `ketascreen`."""

from ketascreen.cli.commands import main

if __name__ == "__main__":
    main(prog_name="ketascreen")
