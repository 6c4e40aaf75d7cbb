"""The rows of the table. Each is a program of its own, so that one's memory and caches don't weigh on the next."""
