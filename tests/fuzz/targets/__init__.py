"""What is fuzzed, one property a module. `one_input(data)` raises where the property fails.

A target may have `mutate(data, max_size, seed, blind)`, which changes an input with knowledge of
its form; `blind` is libFuzzer's own mutation. No target imports the engine, so that pytest can run
the kept inputs without it.
"""

TARGETS = ("text", "content", "trust_list", "check", "signed", "image", "cose", "request")
