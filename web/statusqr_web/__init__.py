"""What the checkpoint page and the citizen's account share: pages, languages, safety, login.

schema ← keys ← **web** ← issuer, verifier. Every middleware here is plain ASGI, because streams of
events must pass through unbuffered.
"""
