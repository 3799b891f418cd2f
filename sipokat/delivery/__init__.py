"""The world outside: files, pictures and what is sent."""
