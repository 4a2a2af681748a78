"""`python -m mesodash` is the same as the command `mesodash`."""

from mesodash.cli import main

if __name__ == "__main__":
    main()
