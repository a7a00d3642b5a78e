"""Fuzzing: hostile bytes for every reader, and hostile content under good signatures.

::

    make fuzz                            every target for a short while
    make fuzz SECONDS=600                … for ten minutes each
    PYTHONPATH=tests python -m fuzz.run --target check --seconds 60
    PYTHONPATH=tests python -m fuzz.engine check out/fuzz/check/crash-…     a find, once more

    targets/     one property a module: what must hold whatever the bytes
    corpus/      inputs that are kept, a folder a target; pytest runs each once
    cases        hostile credentials, each from one number, so that a find can be made again
    oracle       what may be VALID, worked out without our own code
    generic_cose the same messages before libraries of strangers
"""
