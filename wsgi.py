"""The application, for gunicorn and for `flask`."""

import os
import sys

from sipokat import commands, create_app
from sipokat.starting import PRIVATE

os.umask(PRIVATE)
application = commands.without_settings() if sys.argv[1:2] == ["check-tls"] else create_app()
