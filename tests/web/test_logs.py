"""The log tells where an error was, and not what it was about."""

import logging
import subprocess
import sys

import pytest

from statusqr_web.logs import Discreet

NAME = "Лебедева"


def fail() -> None:
    try:
        int(NAME)
    except ValueError as error:
        raise KeyError(NAME) from error


def logged(error: BaseException) -> str:
    found = logging.LogRecord("x", logging.ERROR, "", 0, "it failed", (), None)
    found.exc_info = (type(error), error, error.__traceback__)
    return Discreet("%(levelname)s %(message)s").format(found)


def test_type_and_place_of_an_error_and_of_its_cause() -> None:
    with pytest.raises(KeyError) as raised:
        fail()
    text = logged(raised.value)
    assert text.startswith("ERROR it failed\n")
    assert text.index("ValueError") < text.index("KeyError")
    assert "test_logs.py" in text
    assert "in fail" in text
    assert NAME not in text


def test_what_came_up_while_another_was_handled() -> None:
    try:
        try:
            raise OSError(NAME)
        except OSError:
            raise RuntimeError(NAME)  # noqa: B904 - as it happens by mistake
    except RuntimeError as error:
        text = logged(error)
    assert "OSError" in text
    assert "RuntimeError" in text
    assert NAME not in text


def test_groups_and_circles() -> None:
    group = ExceptionGroup(NAME, [ValueError(NAME), KeyError(NAME)])
    group.__cause__ = ValueError(NAME)
    group.__cause__.__cause__ = group
    text = logged(group)
    assert "ExceptionGroup" in text
    assert "of ValueError" in text
    assert "of KeyError" in text
    assert NAME not in text


def test_a_note_is_not_told() -> None:
    error = ValueError()
    error.add_note(NAME)
    assert NAME not in logged(error)


def test_a_message_alone_is_told_as_it_is() -> None:
    found = logging.LogRecord("x", logging.INFO, "", 0, "new %s data", ("trust",), None)
    assert Discreet("%(message)s").format(found) == "new trust data"


_PROGRAM = f"""
import logging
from statusqr_web import logs

logs.to_stderr()
logs.to_stderr(logging.DEBUG)
logging.getLogger("python_multipart.multipart").warning("Did not find {NAME}")
logging.getLogger("any").debug("{NAME}")
logging.getLogger("any").info("told once")
try:
    raise ValueError("{NAME}")
except ValueError:
    logging.getLogger("uvicorn.error").exception("it failed")
"""


def test_the_log_of_a_program() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    assert run.stdout == ""
    assert run.stderr.startswith("INFO told once\nERROR it failed\n")
    assert run.stderr.endswith("ValueError\n")
    assert NAME not in run.stderr.replace(f'raise ValueError("{NAME}")', "")


def test_the_addresses_that_a_login_asks_are_not_told() -> None:
    """A provider's may name a person, as `/rs/prns/1000001` does."""
    program = (
        "import logging; from statusqr_web import logs; logs.to_stderr(); "
        "logging.getLogger('httpx2').info('GET %s', '/rs/prns/1000001'); "
        "logging.getLogger('statusqr.login').warning('a login was refused')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "WARNING a login was refused\n")
