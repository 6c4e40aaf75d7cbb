"""Analytics' routes."""

from app.analytics.controllers.report import PageReportController, ReportController

controllers = [ReportController, PageReportController]
