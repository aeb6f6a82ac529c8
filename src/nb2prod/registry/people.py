"""Who is at work, as far as the machine knows."""

import getpass
import os

USER_VARIABLE = "NB2PROD_USER"


def current_user() -> str:
    """Return the name that the environment sets, else the login name.

    It is what people say of themselves: the audit log proves that a line was not changed, not who typed it.
    """
    try:
        return os.environ.get(USER_VARIABLE) or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
