"""``python -m logitlint``."""

from logitlint.cli import main

main()
