"""Discount codes in the console: their form, their figures, and what a change of one means for the pages it is for."""
