"""The pages of accounts."""

from litestar.types import ControllerRouterHandler

from app.auth.controllers.account import AccountController
from app.auth.controllers.addresses import ConfirmAddressController, UndoAddressController
from app.auth.controllers.logging_in import LogInController, log_out
from app.auth.controllers.own_log import OwnLogController
from app.auth.controllers.own_password import OwnPasswordController
from app.auth.controllers.own_sessions import OwnSessionsController
from app.auth.controllers.resetting import ForgotController, ResetController
from app.auth.controllers.second_step import CodeController, RecoveryController
from app.auth.controllers.signing_up import SignUpController
from app.auth.controllers.two_factor import TwoFactorController
from app.auth.controllers.two_factor_on import RecoveryCodesController, RemovalController
from app.auth.controllers.verifying import VerifyController

controllers: list[ControllerRouterHandler] = [
    SignUpController,
    LogInController,
    CodeController,
    RecoveryController,
    log_out,
    ForgotController,
    ResetController,
    VerifyController,
    ConfirmAddressController,
    UndoAddressController,
    AccountController,
    OwnPasswordController,
    TwoFactorController,
    RecoveryCodesController,
    RemovalController,
    OwnSessionsController,
    OwnLogController,
]
