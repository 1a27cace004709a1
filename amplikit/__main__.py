"""``python -m amplikit``."""

from amplikit.cli import main

if __name__ == "__main__":
    main()
