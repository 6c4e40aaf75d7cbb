"""Notices: tell members by mail what happened on their group's pages: sales, refunds, registrations, disputes."""
