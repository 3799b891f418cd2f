"""The application, for gunicorn and for `flask`."""

import gc
import os
import sys

gc.disable()  # all that is loaded here stays: to look for garbage in it costs a tenth of a start

from sipokat import commands, create_app  # noqa: E402
from sipokat.starting import PRIVATE  # noqa: E402

os.umask(PRIVATE)
application = commands.without_settings() if sys.argv[1:2] == ["check-tls"] else create_app()
gc.enable()
