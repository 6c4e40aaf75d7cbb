"""The staff area: what the people who run the installation see and do, and the log of it."""
