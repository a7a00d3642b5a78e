"""The makers of the test vectors; see README.md beside this file."""
