"""The pages of accounts."""

from litestar.types import ControllerRouterHandler

from app.auth.controllers.account import AccountController
from app.auth.controllers.logging_in import LogInController, log_out
from app.auth.controllers.own_sessions import OwnSessionsController
from app.auth.controllers.resetting import ForgotController, ResetController
from app.auth.controllers.signing_up import SignUpController
from app.auth.controllers.verifying import VerifyController

controllers: list[ControllerRouterHandler] = [
    SignUpController,
    LogInController,
    log_out,
    ForgotController,
    ResetController,
    VerifyController,
    AccountController,
    OwnSessionsController,
]
