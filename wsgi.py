"""The application, for gunicorn and for `flask`."""

from sipokat import create_app

application = create_app()
