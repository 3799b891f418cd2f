"""The application, for gunicorn and for `flask`."""

import sys

from sipokat import commands, create_app

application = commands.without_settings() if sys.argv[1:2] == ["check-tls"] else create_app()
