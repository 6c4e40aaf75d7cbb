"""Analytics' routes."""

from app.analytics.controllers.live import LiveController
from app.analytics.controllers.report import PageReportController, ReportController

controllers = [ReportController, PageReportController, LiveController]
