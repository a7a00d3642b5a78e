"""`statusqr-verifier scan`: a camera without a browser, a video file, a serial scanner.

Sources (`cameras`, `serial_port`) give events, `in_view` decides which reading becomes a card,
`desk` checks it, and a screen (`lines`, `terminal_screen`, `window`) shows it; `loop` joins them.
"""
