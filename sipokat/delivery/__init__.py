"""The world outside the rules: files, pictures, and the worker's jobs."""
