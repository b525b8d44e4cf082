"""``python -m logitlint``."""

from logitlint.cli import main

if __name__ == "__main__":  # processes that are started for many files import this again
    main()
