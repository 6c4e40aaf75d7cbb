"""Embedded servers for development and tests: Postgres, an S3 server, a Stripe sandbox, a mail inbox.

Nothing here is part of the application. Only `app.cli` and the tests import it.
"""
