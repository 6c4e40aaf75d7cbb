"""A field that people neither see nor reach, and that programs fill in with whatever they have.

What they send is answered as if it had been taken, so that they learn nothing. The field itself is `components/trap.html`.
"""

import structlog

from app.core.forms import FormModel

TRAP = "homepage"

log = structlog.get_logger()


class TrapForm(FormModel):
    """A form with the trap in it."""

    homepage: str = ""

    def from_robot(self, what: str) -> bool:
        """Whether a robot filled this in; `what` says in the log what it wanted."""
        if self.homepage:
            log.info("trap.robot", what=what)
        return bool(self.homepage)
