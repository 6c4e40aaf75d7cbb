"""The mail inbox of development: an SMTP server that keeps what it gets, and a page that shows it."""
