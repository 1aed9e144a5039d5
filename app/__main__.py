"""`python -m app`: the command, without its script."""

from app.cli import main

main()
