"""The rules. Nothing here knows Flask, HTTP or the file system."""
