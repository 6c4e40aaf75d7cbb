"""Discount codes: what one takes off, whether it is good now, and how they are made and found. A use of one is a unit of
its stock, held and sold with the basket. Nothing here knows what a page is: a code is for ids of pages."""
