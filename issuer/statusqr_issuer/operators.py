"""Who works with the command line, as logs name them."""

import os
import pwd


def login_name() -> str:
    """The user that the system knows; the environment could name another."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
