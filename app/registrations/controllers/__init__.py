"""Routes of registrations: the visitor's form, the registrant's own link, and the creator's console."""

from litestar.types import ControllerRouterHandler

from app.registrations.controllers.confirming import ConfirmingController
from app.registrations.controllers.console import ConsoleRegistrationController
from app.registrations.controllers.door import DoorController
from app.registrations.controllers.managing import ManagingController
from app.registrations.controllers.messaging import MessagingController
from app.registrations.controllers.outbox import (
    OutboxController,
    OwnMessagesController,
    take_bounce,
)
from app.registrations.controllers.signing_up import SigningUpController
from app.registrations.controllers.unsubscribing import UnsubscribingController
from app.registrations.controllers.verbs import RegistrationVerbController
from app.registrations.controllers.waitlist import WaitlistController

controllers: list[ControllerRouterHandler] = [
    SigningUpController,
    ConfirmingController,
    ManagingController,
    ConsoleRegistrationController,
    RegistrationVerbController,
    DoorController,
    MessagingController,
    WaitlistController,
    UnsubscribingController,
    OutboxController,
    OwnMessagesController,
    take_bounce,
]
