"""The front door: what Mayfly is, the way into the console, and the style guide for those who build on it."""
