"""Figures that anyone can repeat with `make bench`: sizes, speed, reading, memory.

Each section is a module with `measure() -> Section`. Speed is told as a ratio to a bare operation
or to a peer in the same run, because absolute times say more of the machine than of the program.
"""
