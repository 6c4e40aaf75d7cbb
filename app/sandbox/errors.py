"""What an embedded server may refuse with."""


class SandboxError(Exception):
    """An embedded server can't start or work; the message is one line, fit to be shown as it is."""
